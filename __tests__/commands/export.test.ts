import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { exportRecords, filterFrom, type ExportFlags } from '../../src/commands/export.ts';
import { UserError } from '../../src/errors.ts';
import { fields } from '../../src/fields/index.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { openStore } from '../../src/state/store.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal, type RecordingTerminal } from '../helpers/terminal.ts';

const RECORDS = [
  recordOf('a', { timestamp: '2026-05-01T00:00:00.000Z', text: 'one, "two"\nthree', cost_usd: 0.0000001 }),
  recordOf('b', { timestamp: '2026-05-02T00:00:00.000Z', type: 'assistant', tool_names: ['Bash', 'Read'], text: '' }),
];

let home: string;
let output: string;
let terminal: RecordingTerminal;
beforeEach(() => {
  home = makeTempDirectory();
  output = join(home, 'out');
  terminal = recordingTerminal({ HOME: home });
  const { store: path } = pathsFrom(terminal.env);
  mkdirSync(dirname(path), { recursive: true });
  const store = openStore(path);
  store.upsert(
    RECORDS,
    RECORDS.map((record) => JSON.stringify(record)),
  );
  store.close();
});

async function exported(flags: Partial<ExportFlags> = {}): Promise<string> {
  expect(await exportRecords({ format: 'ndjson', output, force: false, ...flags }, terminal)).toBe(0);
  return readFileSync(output, 'utf8');
}

describe('as JSON lines', () => {
  test('every record comes as it was stored', async () => {
    expect(await exported()).toBe(RECORDS.map((record) => `${JSON.stringify(record)}\n`).join(''));
  });

  test('--fields leaves only those, in their order, and nothing for what a record does not have', async () => {
    expect(await exported({ fields: 'tool_names, id,type,id' })).toBe(
      '{"id":"a","type":"user"}\n{"tool_names":["Bash","Read"],"id":"b","type":"assistant"}\n',
    );
  });

  test('the filter is that of the flags', async () => {
    expect(await exported({ since: '2026-05-02', fields: 'id' })).toBe('{"id":"b"}\n');
  });
});

describe('as CSV', () => {
  test('a header stands above the rows', async () => {
    expect(await exported({ format: 'csv', fields: 'id,text,cost_usd,tool_names' })).toBe(
      'id,text,cost_usd,tool_names\r\na,"one, ""two""\nthree",0.0000001,\r\nb,"",,"[""Bash"",""Read""]"\r\n',
    );
  });

  test('without --fields the columns are all fields that are declared', async () => {
    const [header = '', row = ''] = (await exported({ format: 'csv', type: ['assistant'] })).split('\r\n');
    expect(header.split(',')).toEqual(Object.keys(fields));
    expect(row).toMatch(/^b,/);
  });

  test('a header comes even where no record does', async () => {
    expect(await exported({ format: 'csv', fields: 'id', session: ['none'] })).toBe('id\r\n');
  });
});

describe('the file', () => {
  test('is for its owner alone, and is replaced with --force alone', async () => {
    await exported();
    expect(statSync(output).mode & 0o777).toBe(0o600);
    await expect(exported()).rejects.toThrow(`${output} is there already.`);
    expect(await exported({ force: true, fields: 'id' })).toBe('{"id":"a"}\n{"id":"b"}\n');
  });

  test('is not made where something is wrong', async () => {
    await expect(exported({ fields: 'x' })).rejects.toThrow(UserError);
    await expect(
      exportRecords({ format: 'csv', output, force: false }, recordingTerminal({ HOME: '/none' })),
    ).rejects.toThrow(/no embedded store/);
    expect(existsSync(output)).toBe(false);
  });

  test('is announced where someone watches', async () => {
    await exported();
    expect(terminal.said).toEqual([]);
    terminal = { ...recordingTerminal({ HOME: home }), isTerminal: true };
    await exported({ force: true });
    expect(terminal.said.join('\n')).toContain(`2 records in ${output}`);
  });
});

describe('flags that are wrong', () => {
  test.each([
    [{ fields: 'sesion_id' }, '--fields: there is no field sesion_id.', /Did you mean session_id\?/],
    [{ fields: 'weather' }, '--fields: there is no field weather.', /^Every field of a record/],
    [{ fields: '__proto__' }, '--fields: there is no field __proto__.', /^Every field of a record/],
    [{ fields: ' , ' }, '--fields names no field.', /^Every field of a record/],
    [{ since: 'yesterday' }, '--since yesterday names no moment.', /90m, 12h, 30d, 2w/],
    [{ until: '2026-02-30' }, '--until 2026-02-30 names no moment.', /date/],
  ])('%j end with code 2 and say what to give', async (flags, message, hint) => {
    await expect(exported(flags)).rejects.toMatchObject({ message, exitCode: 2, hint: expect.stringMatching(hint) });
  });
});

describe('the filter', () => {
  const NOW = Date.parse('2026-05-31T12:00:00Z');

  test.each([
    [
      { since: '30d', until: '2026-05-31' },
      { since: '2026-05-01T12:00:00.000Z', until: '2026-05-31T00:00:00.000Z' },
    ],
    [
      { session: ['a,b', 'c'], type: ['user'] },
      { sessions: ['a', 'b', 'c'], types: ['user'] },
    ],
    [{ project: 'api' }, { project: 'api' }],
    [{ project: '*/api' }, { project: '*/api' }],
    [{ project: '.' }, { project: process.cwd() }],
    [{ project: './src/' }, { project: resolve('src') }],
    [{ project: '/home/dev/' }, { project: '/home/dev' }],
  ])('of %j is %j', (flags, filter) => {
    expect(filterFrom(flags, NOW)).toEqual(filter);
  });
});
