/** The built program, called as one should not: exit code 2, what is wrong by its name, and what was meant. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = makeSandbox();
});
afterAll(() => sandbox.remove());

const WRONG: [line: string, words: string, meant: string][] = [
  ['instal', 'There is no command "stopwire instal".', 'Did you mean install?'],
  ['dlq shw 3', 'There is no command "stopwire dlq shw".', 'Did you mean show?'],
  ['frobnicate', 'There is no command "stopwire frobnicate".', 'npx stopwire --help'],
  ['status --jsn', 'stopwire status has no flag --jsn.', 'Did you mean --json?'],
  ['status --jsn=true', 'stopwire status has no flag --jsn.', 'Did you mean --json?'],
  ['destinations test --no-canry', 'stopwire destinations test has no flag --no-canry.', 'Did you mean --no-canary?'],
  ['status --verbos', 'stopwire status has no flag --verbos.', 'Did you mean --verbose?'],
  ['run --dryRunn', 'stopwire run has no flag --dryRunn.', 'npx stopwire run --help'],
  ['status -x', 'stopwire status has no flag -x.', 'npx stopwire status --help'],
  ['--bogus', 'stopwire has no flag --bogus.', 'npx stopwire --help'],
  ['status more', 'stopwire status takes no argument "more".', 'npx stopwire status --help'],
  ['dlq show', 'stopwire dlq show needs <id>: As dlq list shows it.', 'npx stopwire dlq show --help'],
  ['config set account', 'stopwire config set needs <value>', 'npx stopwire config set --help'],
  ['backfill', 'stopwire backfill needs --since: From this moment on', 'npx stopwire backfill --help'],
  ['cost --since', '--since needs a value.', 'npx stopwire cost --help'],
  ['cost --by modle', '--by cannot be "modle"; there are session, project,', 'npx stopwire cost --help'],
  ['cost --by projet', '--by cannot be "projet"', 'Did you mean project?'],
  ['run --once --watch', '--once and --watch cannot be used together.', 'npx stopwire run --help'],
  ['dlq', 'Say what to do: list, show, retry or purge.', 'npx stopwire dlq --help'],
];

test.each(WRONG)('stopwire %s', async (line, words, meant) => {
  const { code, stdout, stderr } = await sandbox.stopwire(line.split(' '));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const [first, second, ...others] = stderr.trimEnd().split('\n');
  expect(first).toContain(`error: ${words}`);
  expect(second).toContain(meant);
  expect(others).toEqual([]);
});

test('the words are the same whatever the language of the system', async () => {
  const { stderr } = await sandbox.stopwire(['instal'], { env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } });
  expect(stderr).toContain('There is no command "stopwire instal".');
});

describe('without a command', () => {
  test.each([[[]], [['--no-color']]])('stopwire %j shows all there are, as words, with exit code 2', async (args) => {
    const { code, stdout, stderr } = await sandbox.stopwire(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage  stopwire <command> [flags]');
  });
});

describe('the help', () => {
  test.each([
    [['--help'], 'Set up and check'],
    [['-h'], 'Set up and check'],
    [['help'], 'Set up and check'],
    [['run', '--help'], 'Usage  stopwire run [flags]'],
    [['help', 'run'], 'Usage  stopwire run [flags]'],
    [['dlq', 'show', '--help'], 'Usage  stopwire dlq show <id> [flags]'],
    [['dlq', 'show', '7', '-h'], 'Usage  stopwire dlq show <id> [flags]'],
    [['cost', '--by', '--help'], 'Usage  stopwire cost [flags]'],
  ])('%j is data, with exit code 0', async (args, words) => {
    const { code, stdout, stderr } = await sandbox.stopwire(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(words);
  });
});
