/** What each level of redaction sends, as Markdown, from the declarations: what docs/privacy.md holds. */
import { fieldGroups, type Field, type Privacy } from '../src/fields/index.ts';
import { treatments, type Treatment } from '../src/pipeline/redact.ts';
import { redactionLevels } from '../src/privacy/levels.ts';
import { maintainedKinds } from '../src/privacy/maintained-rules.ts';
import { ownKinds } from '../src/privacy/secret-rules.ts';

const CLASSES: { readonly [Class in Privacy]: string } = {
  metric: 'a number, a time or a yes or no',
  enum: 'a word of a closed set, or the name of a tool, a model, a command',
  id: 'what the API and the client name things by',
  path: 'a place or a name of a person or machine: directory, branch, URL, OS user, host, account',
  content: 'what a human, the model or a tool wrote',
};

const SENT: { readonly [Name in Treatment]: string } = {
  keep: 'sent',
  check: 'sent',
  mask: 'sent, secrets masked',
  form: 'sent if it looks like one',
  hash: 'keyed hash',
  hide: 'hidden',
};

export function privacyPage(): { lead: string; sections: string[] } {
  return {
    lead: LEAD,
    sections: [
      `## Levels\n\n${table(['class', 'what it holds', ...redactionLevels], Object.entries(CLASSES).map(classRow))}\n\n${NOTES}`,
      `## Secrets\n\n${secretsText()}`,
      `## Left out\n\n${LEFT_OUT}`,
      ...Object.entries(fieldGroups).map(([group, fields]) => {
        return `## ${group}\n\n${table(['field', 'class', ...redactionLevels], Object.entries<Field>(fields).map(fieldRow))}`;
      }),
    ],
  };
}

const LEAD = `Each destination has a level of redaction. A level is a projection over the privacy classes that the fields of a
record are declared with: a field without a class does not compile, and what no field is declared for is never sent.`;

const NOTES = `- _Hidden_ is \`REDACTED\`; with \`hash\`, it is \`hmac:\`, 16 hex digits and the length of the text, so that equal texts can
  be counted without being known.
- A _keyed hash_ is HMAC-SHA-256 with a key of this installation (\`hash-key\` in the state directory, readable for its
  owner alone): the same place has the same hash in all records of this machine, and nobody without the key can guess it.
- A word that does not look like one becomes \`REDACTED\`, an id that does not look like one a keyed hash: text that
  somebody put in the place of a name is not sent.
- Of a line of an unknown kind, its type, the number of its keys and its length are sent at every level, and nothing else.
- At \`content\`, places are sent as they are, and a URL may hold text. Choose \`metadata\` where that is too much.`;

const LEFT_OUT = `Of a project that is left out, nothing is stored or sent to any destination. \`exclude\` and \`include\` in \`config.json\`
are lists of patterns for its path (\`stopwire exclude add '~/clients/*'\`), \`excludeBranches\` and \`excludeEntrypoints\` for
the branch and for how the client was started. \`~\` is the home directory, \`*\` and \`?\` stay within a part of the path,
\`**\` stands for any parts, and a pattern counts for all below what it matches. A project opts out by itself with a file
\`.stopwire-ignore\`, which may be empty, in its folder or in one above it, up to the home directory. That is all that is
looked for there: no file of a project can add a destination, lower a level or take the project in.

A line counts as written in the folder that its session was started in, and in the one that it was in by then; with either
left out, the line is. It is passed over for good. The totals of a session of which some lines are left out count them, as
numbers and as names of tools and models. \`stopwire preview\` shows the bytes that would leave for the newest turn or a
session.`;

function classRow([name, about]: [string, string]): string[] {
  return [`\`${name}\``, about, ...sentOf(name)];
}

function fieldRow([name, { privacy }]: [string, Field]): string[] {
  return [`\`${name}\``, privacy, ...sentOf(privacy)];
}

function sentOf(privacy: string): string[] {
  return redactionLevels.map((level) => {
    const treatment = Object.entries(treatments[level]).find(([name]) => name === privacy)?.[1];
    return treatment === undefined ? '' : SENT[treatment];
  });
}

function secretsText(): string {
  const kinds = [...new Set([...ownKinds, ...maintainedKinds])].toSorted();
  return `Secrets are masked in every text of every record at every level; at \`none\` alone that can be switched off. \`[secret:jwt]\`
stands where a JSON Web Token was, \`secrets_masked\` says how many were masked in the record, \`secret_kinds\` which. The
kinds are ${kinds.map((kind) => `\`${kind}\``).join(', ')}; \`custom\` for patterns of your own, and \`high-entropy\` for
random-looking words, where that is switched on. What is found is what these formats tell: a password in plain prose is
not told from any other word.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
