/** The page of all commands: what each says to --help, and what holds for every one. */
import { declaredCommands } from '../src/cli.ts';
import { callOf, withAllBelow } from '../src/cli/declared.ts';
import { exitCodes, helpPage } from '../src/cli/help.ts';
import { paintFor, processTerminal } from '../src/ui.ts';

export function commandPages(): { lead: string; sections: string[] } {
  const plain = paintFor('stdout', { NO_COLOR: '1' });
  const commands = withAllBelow(declaredCommands({ terminal: processTerminal(), exit: () => {} }));
  return {
    lead: LEAD,
    sections: [
      `## Exit codes\n\n${exitCodes.map(([code, about]) => `- \`${code}\`: ${about}.`).join('\n')}\n\n${INTERRUPTED}`,
      `## JSON\n\n${JSON_OUTPUT}`,
      ...commands.map((one) => `## ${callOf(one)}\n\n\`\`\`text\n${helpPage(one, plain)}\n\`\`\``),
    ],
  };
}

const LEAD = `What each command says to \`--help\`. Data goes to standard output, words to standard error. Every question has a flag
that answers it; without a terminal, with \`CI\` set or with \`--quiet\`, nothing is asked. Colours follow the terminal,
\`NO_COLOR\`, \`FORCE_COLOR\` and \`--color\` or \`--no-color\`, the last of which wins.`;

const INTERRUPTED = `\`stopwire run --watch\` goes on until it is interrupted, so for it Ctrl-C is no cancelling: it ends with \`0\` or \`1\`.`;

const JSON_OUTPUT = `With \`--json\`, what a command prints on standard output is one JSON value and nothing else; \`logs\`, \`preview\` and
\`run --watch\` print one a line. [schema/cli.v1.json](../schema/cli.v1.json) describes it for each command, as JSON Schema,
below \`$defs\` by the words that call it. What is wrong is still said in words on standard error, and by the exit code.
A later version may add members, and takes none away.`;
