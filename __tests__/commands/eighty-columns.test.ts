/** What the tables and reports show in the smallest terminal, with long names and paths, with colours and without. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { keepDeadLetters } from '../../src/state/dead-letters.ts';
import { encodeFact } from '../../src/state/facts.ts';
import { textWidth } from '../../src/lib/text-width.ts';
import { makeSandbox, type Ended, type Sandbox } from '../helpers/sandbox.ts';

const LONG = 'a-destination-with-a-rather-long-name-日本語-and-a-few-wide-characters';
const FOLDER = '/srv/a-folder/'.concat('with-many-folders-below/'.repeat(5));

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-simple', '2.1.329-subagent']);
  await sandbox.stopwire(['install', '--yes']);
  await sandbox.stopwire(['run']);
  const config = join(sandbox.config, 'config.json');
  const known = JSON.parse(readFileSync(config, 'utf8'));
  const file = { name: LONG, kind: 'file', redaction: 'metadata', options: { path: `${FOLDER}records.ndjson` } };
  writeFileSync(config, JSON.stringify({ ...known, destinations: [...known.destinations, file] }));
  const rest = {
    until: Date.now() + 60_000,
    failures: 3,
    reason: `HTTP 503 from https://example.com/${'x'.repeat(120)}`,
  };
  appendFileSync(join(sandbox.state, 'cursors.log'), encodeFact({ k: 'b', d: LONG, rest }));
  const record = { id: 'a', type: 'user', session_id: 'e14e262c-788e-48bf-9d40-ef24fe69de5a', unknown: true } as const;
  keepDeadLetters(join(sandbox.state, 'dead-letters'), LONG, [{ record, reason: 'too odd '.repeat(30) }], new Date());
});
afterEach(async () => {
  await sandbox.settle();
  sandbox.remove();
});

const COMMANDS = [
  ['status'],
  ['doctor', '--offline'],
  ['cost'],
  ['cost', '--by', 'session'],
  ['destinations', 'list'],
  ['dlq', 'list'],
];

/** The same moment has other words a second later. */
const withoutTimes = (text: string): string => text.replaceAll(/\d+ (ms|s) ago|just now|\d+ s\b|T[\d:.]+Z/g, '');

describe.each(COMMANDS)('stopwire %s %s', (...args) => {
  const run = (env: NodeJS.ProcessEnv): Promise<Ended> => sandbox.stopwire(args.filter(Boolean), { env });

  test('has no line of more than 80 columns, but for a command that is to be copied', async () => {
    const { stdout, stderr } = await run({});
    const lines = `${stdout}${stderr}`.split('\n');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.filter((line) => textWidth(line) > 80 && !/^ +→ /.test(line))).toEqual([]);
  });

  test('says the same with colours as without, and takes only those that any background lets be read', async () => {
    const plain = await run({});
    const coloured = await run({ NO_COLOR: '', FORCE_COLOR: '1' });
    expect(coloured.stdout).toContain('\u001B[');
    expect(withoutTimes(stripVTControlCharacters(coloured.stdout))).toBe(withoutTimes(plain.stdout));
    expect(plain.stdout).not.toContain('\u001B');
    // oxlint-disable-next-line no-control-regex -- colours are made of these
    const codes = Array.from(coloured.stdout.matchAll(/\u001B\[(\d+)m/g), ([, code]) => Number(code));
    // Bold and dim with their end, red, green, yellow, cyan and theirs: neither black nor white nor grey.
    expect(codes.filter((code) => ![1, 2, 22, 31, 32, 33, 36, 39].includes(code))).toEqual([]);
  });

  test('takes the room that it has', async () => {
    const { stdout } = await run({ COLUMNS: '400' });
    if (args[0] === 'destinations') expect(stdout).toContain(`${FOLDER}records.ndjson`);
    if (args[0] !== 'cost') expect(stdout).toContain(LONG);
  });
});

test.each([
  ['cost', '--verify'],
  ['destinations', 'types'],
  ['destinations', 'types', 'otlp'],
  ['destinations', 'resume', 'local', '--skip'],
  ['fields'],
  ['pause'],
  ['prices', 'list', '--model', 'claude-opus-5-5'],
])('stopwire %s %s %s %s has no line of more than 80 columns', async (...args) => {
  const { code, stdout, stderr } = await sandbox.stopwire(args.filter(Boolean));
  expect(code).toBe(0);
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => !/^ +\//.test(line));
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
});

test('dlq list shows the whole reason, where it takes a line of its own', async () => {
  const { stdout } = await sandbox.stopwire(['dlq', 'list']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('too odd '.repeat(12));
});

test('doctor marks its checks without other characters than ASCII where the locale has none', async () => {
  mkdirSync(join(sandbox.home, 'bin'));
  writeFileSync(sandbox.settings, '{}');
  const { stdout } = await sandbox.stopwire(['doctor', '--offline'], { env: { LANG: 'en_US.ISO-8859-1' } });
  expect(stdout).toMatch(/^x hook-registered /m);
  expect(stdout).toMatch(/^ +-> npx stopwire install$/m);
  expect(stdout).toMatch(/^\+ launcher /m);
  expect(stdout).not.toMatch(/[✓✗→]/);
});
