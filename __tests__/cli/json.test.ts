/** What every command prints with --json, held against schema/cli.v1.json. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { declaredCommands } from '../../src/cli.ts';
import { withAllBelow } from '../../src/cli/declared.ts';
import { keepDeadLetters, readDeadLetters } from '../../src/state/dead-letters.ts';
import { describedCommands, outputErrors } from '../helpers/cli-schema.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const program = declaredCommands({ terminal: recordingTerminal({}), exit: () => {} });

/** What has no --json: transcripts and records are data as they stand, and a script is for a shell. */
const WITHOUT = ['export', 'anonymise', 'completion'];

let sandbox: Sandbox;
let server: LoopbackServer;
beforeAll(async () => {
  sandbox = makeSandbox(['2.1.329-simple', '2.1.329-subagent', '2.1.329-errors', '2.1.329-models']);
  server = await startLoopbackServer();
});
afterAll(async () => {
  sandbox.remove();
  await server.close();
});

test('every command that does something has --json and is described, but for what is data as it stands', () => {
  const commands = withAllBelow(program).filter((one) => one.commands.length === 0);
  const named = (isWith: boolean): string[] =>
    commands.filter(({ flags }) => flags.has('json') === isWith).map(({ path }) => path.join(' '));
  expect(named(false).toSorted()).toEqual(WITHOUT.toSorted());
  expect(describedCommands.toSorted()).toEqual(named(true).toSorted());
});

/** In this order, as each finds what those before it have left. */
const CALLS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['install', '--yes', '--local', '--dry-run'],
  ['install', '--yes', '--local'],
  ['install', '--yes', '--local'],
  ['run', '--dry-run'],
  ['run'],
  ['status'],
  ['doctor'],
  ['logs', '--since', 'DAY'],
  ['backfill', '--since', 'all'],
  ['preview'],
  ['demo'],
  ['destinations types'],
  ['destinations add', 'http', '--no-test', '--since', 'all', '--set', 'endpoint=SERVER'],
  ['destinations add', 'week', '--type', 'file', '--set', 'path=week.ndjson', '--only-types', 'turn', '--since', '30d'],
  ['destinations test', 'week'],
  ['destinations pause', 'week'],
  ['destinations resume', 'week', '--skip'],
  ['config get', 'destinations'],
  ['destinations remove', 'week', '--yes'],
  ['pause'],
  ['status'],
  ['resume', '--skip'],
  ['cost'],
  ['cost', '--by', 'branch', '--since', '2000-01-01', '--until', '2100-01-01'],
  ['cost', '--verify'],
  ['fields'],
  ['prices list'],
  ['prices set', 'acme-1', '--input', '3', '--output', '15'],
  ['prices list', '--model', 'acme-1'],
  ['prices check'],
  ['prices update', '--from', 'PRICES', '--sha256', 'SHA256'],
  ['prices set', 'acme-1', '--remove'],
  ['reprice', '--dry-run'],
  ['exclude add', 'drafts'],
  ['exclude list'],
  ['exclude remove', 'drafts'],
  ['include add', 'work'],
  ['include list'],
  ['include remove', 'work'],
  ['config get'],
  ['config list'],
  ['config get', 'account'],
  ['config set', 'account', 'true'],
  ['config path'],
  ['version'],
  ['destinations test', 'http'],
  ['destinations list'],
  ['dlq list'],
  ['dlq show', 'LETTER'],
  ['dlq retry', 'LETTER'],
  ['dlq purge', '--yes'],
  ['purge', '--dry-run'],
  ['purge', '--all', '--yes'],
  ['uninstall', '--yes'],
];

test('every output is as the schema says', async () => {
  const wrong: string[] = [];
  for (const [command, ...args] of CALLS) {
    if (command === 'logs') await sandbox.fireAndSettle();
    if (command === 'dlq list') refuse();
    const { stdout, stderr } = await sandbox.stopwire([...command.split(' '), ...args.map(filledIn), '--json']);
    const call = [command, ...args].join(' ');
    if (stdout === '') wrong.push(`${call}: printed nothing, and said: ${stderr}`);
    for (const line of stdout.split('\n').filter((one) => one !== '')) {
      wrong.push(...outputErrors(command, JSON.parse(line)).map((error) => `${call}: ${error}`));
    }
  }
  expect(wrong).toEqual([]);
});

test('no command is left out of that', () => {
  expect([...new Set(CALLS.map(([command]) => command))].toSorted()).toEqual(describedCommands.toSorted());
});

const PRICES = join(import.meta.dirname, '..', '..', 'pricing', 'anthropic.json');

function filledIn(arg: string): string {
  const filled: { readonly [name: string]: () => string } = {
    DAY: () => '24h',
    PRICES: () => PRICES,
    SHA256: () => createHash('sha256').update(readFileSync(PRICES)).digest('hex'),
    LETTER: () => letter,
    'endpoint=SERVER': () => `endpoint=${server.url}`,
  };
  return filled[arg]?.() ?? arg;
}

let letter = '';

/** The endpoint has refused a record for good. */
function refuse(): void {
  const directory = join(sandbox.state, 'dead-letters');
  keepDeadLetters(directory, 'http', [{ record: recordOf('a'), reason: 'status 400: no' }], new Date());
  for (const { id } of readDeadLetters(directory, 'http')) letter = id;
}
