import { describe, expect, test } from '@jest/globals';
import { declaredCommands } from '../../src/cli.ts';
import { callOf, withAllBelow, type Command } from '../../src/cli/declared.ts';
import { helpPage } from '../../src/cli/help.ts';
import { textWidth } from '../../src/lib/text-width.ts';
import { paintFor } from '../../src/ui.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const plain = paintFor('stdout', { NO_COLOR: '1' });
const program = declaredCommands({ terminal: recordingTerminal({}), exit: () => {} });
const commands = withAllBelow(program).map((one): [string, Command] => [callOf(one), one]);

describe('the first page', () => {
  const page = helpPage(program, plain);

  test('names every command once, with a line for each', () => {
    for (const { path, about } of program.commands) {
      const lines = page.split('\n').filter((line) => line.startsWith(`  ${path.join(' ')} `));
      expect(lines).toEqual([expect.stringContaining(about)]);
    }
  });

  test('groups the commands under headings', () => {
    const headings = [...new Set(program.commands.map(({ section }) => section))];
    expect(headings.length).toBeGreaterThan(3);
    for (const heading of headings) expect(page).toContain(`\n${heading}\n`);
  });

  test('says what each exit code means', () => {
    for (const code of ['0', '1', '2', '3', '130']) expect(page).toMatch(new RegExp(`^  ${code} +[A-Z]`, 'm'));
  });
});

describe.each(commands)('the help of %s', (_, command) => {
  const page = helpPage(command, plain);
  const lines = page.split('\n');

  test('fits into 80 columns, with nothing behind the words', () => {
    expect(lines.filter((line) => textWidth(line) > 80 || line.endsWith(' '))).toEqual([]);
  });

  test('says what each flag and argument is for', () => {
    expect([...command.flags].filter(([, { describe: about = '' }]) => about === '')).toEqual([]);
    expect(command.positionals.filter(({ about }) => about === '')).toEqual([]);
  });

  test('has an example of this command, unless it is one of its own commands that does something', () => {
    if (command.commands.length > 0) return;
    expect(command.examples).not.toEqual([]);
    for (const { line } of command.examples) expect(`${line} `).toContain(`${callOf(command)} `);
  });

  test('is the same in colours, which are put around it', () => {
    const colours = { done: mark, warning: mark, error: mark, place: mark, dim: mark, bold: mark };
    // oxlint-disable-next-line no-control-regex -- these are the colours
    expect(helpPage(command, colours).replaceAll(/\u001B\[\d+m/g, '')).toBe(page);
  });
});

function mark(text: string): string {
  return `\u001B[1m${text}\u001B[0m`;
}
