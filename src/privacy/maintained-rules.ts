/** The rules of secretlint, which its project keeps up with the token formats of services. Loaded when needed. */
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintSourceCode } from '@secretlint/types';
import { PLACE } from './escapes.ts';
import type { Detector, Finding } from './finding.ts';

const PREFIX = '@secretlint/secretlint-rule-';

/**
 * Rules that do not run: one lets comments in the text switch the others off, and the text is not ours; one looks at
 * files by their names, and a text has none.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['filter-comments', 'gcp']);
/** What is reported but is no secret. */
const NO_SECRET: ReadonlySet<string> = new Set(['AWSAccountID']);

/** Our names, where a rule's own is not one. */
const KINDS: { readonly [rule: string]: string } = {
  aws: 'aws-secret-key',
  anthropic: 'anthropic-key',
  openai: 'openai-key',
  github: 'github-token',
  gitlab: 'gitlab-token',
  slack: 'slack-token',
  npm: 'npm-token',
  sendgrid: 'sendgrid-key',
  privatekey: 'private-key',
  basicauth: 'url-password',
  huggingface: 'huggingface-token',
  'database-connection-string': 'database-url',
};

/** The rules by their short names. */
export const maintainedRules = rules
  .map((rule) => ({ name: rule.meta.id.replace(PREFIX, ''), rule }))
  .filter(({ name }) => !LEFT_OUT.has(name));

/** The kinds that they find, for the reference. */
export const maintainedKinds: readonly string[] = maintainedRules.map(({ name }) => KINDS[name] ?? name);

/** What the rules find. A mask stays within quotes: some rules take them in, and some read up to the next blank. */
export const maintainedDetector: Detector = (text) => {
  const found: Finding[] = [];
  for (const { name, rule } of maintainedRules) {
    const context = contextOf(text, KINDS[name] ?? name, found);
    // The rules that are left are synchronous.
    void rule.create(context, {}).file?.(sourceOf(text));
  }
  return found;
};

/** What a rule asks of its surroundings: a place for what it finds. */
function contextOf(text: string, kind: string, found: Finding[]): SecretLintRuleContext {
  return {
    sharedOptions: {},
    createTranslator: () => (messageId, data) => ({ message: '', messageId: String(messageId), data }),
    ignore: () => {},
    report: ({ message, range: [start, end] }) => {
      if (NO_SECRET.has(message.messageId)) return;
      found.push(kind === 'private-key' ? { start, end, kind } : { ...withinQuotes(text, start, end), kind });
    },
  };
}

const QUOTE = new RegExp(`["'${PLACE}]`);
const UNQUOTED = new RegExp(`[^"'${PLACE}]`);

function withinQuotes(text: string, start: number, end: number): { start: number; end: number } {
  const range = text.slice(start, end);
  const before = range.search(UNQUOTED);
  const length = range.slice(before).search(QUOTE);
  return { start: start + before, end: length === -1 ? end : start + before + length };
}

function sourceOf(content: string): SecretLintSourceCode {
  const nowhere = { line: 0, column: 0 };
  return {
    hasBOM: false,
    content,
    filePath: undefined,
    physicalFilePath: undefined,
    ext: '',
    contentType: 'text',
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    locationToRange: () => [0, 0],
    rangeToLocation: () => ({ start: nowhere, end: nowhere }),
    positionToIndex: () => 0,
    indexToPosition: () => nowhere,
  };
}
