import { describe, expect, test } from '@jest/globals';
import yargs from 'yargs';
import { declaredCommands } from '../../src/cli.ts';
import { bareCall, callOf, withAllBelow, type Command } from '../../src/cli/declared.ts';
import { processTerminal } from '../../src/ui.ts';

const program = declaredCommands({ terminal: processTerminal({}), exit: () => undefined });
const commands = withAllBelow(program);

/** What a command is called with, where it is not parsed. */
function flagsOf(command: Command): unknown {
  let given: unknown;
  const noted = { ...command, run: (flags: object) => (given = flags) };
  bareCall({ ...program, commands: [{ ...noted, path: ['it'] }] }, ['it'])?.();
  return given;
}

describe('a command line of words alone', () => {
  const bare = commands.filter(({ path }) => bareCall(program, path) !== undefined);

  test.each(bare.map((command) => [callOf(command), command] as const))(
    '%s: is given what yargs gives',
    async (_, one) => {
      const parsed = await yargs([]).options(Object.fromEntries(one.flags)).parse();
      const named = Object.entries(parsed).filter(([name]) => !/^(_|\$0|.*-.*)$/.test(name));
      expect(flagsOf(one)).toEqual(Object.fromEntries(named));
    },
  );

  test.each([['status'], ['doctor'], ['run'], ['cost'], ['destinations list']])('%s: needs no parser', (call) => {
    expect(bareCall(program, call.split(' '))).toBeDefined();
  });

  test.each([
    ['nothing', []],
    ['a command of which one has to be chosen', ['destinations']],
    ['a command that does not exist', ['stauts']],
    ['a word too many', ['status', 'now']],
    ['a flag', ['status', '--json']],
    ['a command that takes arguments', ['dlq', 'retry']],
    ['a command that needs a flag', ['prices', 'update']],
  ])('%s: is parsed', (_title, argv) => {
    expect(bareCall(program, argv)).toBeUndefined();
  });
});
