import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { keepDeadLetters, readDeadLetters, summariseDeadLetters } from '../../src/state/dead-letters.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeSandbox, type Ended, type Sandbox } from '../helpers/sandbox.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');
const KEY = 'key-that-must-not-show';

let sandbox: Sandbox;
let server: LoopbackServer;
let directory: string;
beforeEach(async () => {
  sandbox = makeSandbox();
  server = await startLoopbackServer();
  directory = join(sandbox.state, 'dead-letters');
});
afterEach(async () => {
  sandbox.remove();
  await server.close();
});

function configure(more: { redaction?: string; paused?: true } = {}, options: object = {}): void {
  mkdirSync(sandbox.config, { recursive: true });
  const http = {
    name: 'http',
    kind: 'http',
    redaction: 'none',
    options: { endpoint: server.url, apiKey: KEY, ...options },
  };
  const config = { version: 1, claudeDirectories: [], destinations: [{ ...http, ...more }] };
  writeFileSync(join(sandbox.config, 'config.json'), JSON.stringify(config));
}

function refuse(destination: string, ...records: MessageRecord[]): string[] {
  const before = new Set(lettersOf(destination).map(({ id }) => id));
  keepDeadLetters(
    directory,
    destination,
    records.map((record) => ({ record, reason: 'status 400: no' })),
    NOW,
  );
  return lettersOf(destination).flatMap(({ id }) => (before.has(id) ? [] : [id]));
}

const lettersOf = (destination: string) => Array.from(readDeadLetters(directory, destination));
const idsOf = (destination: string) => lettersOf(destination).map(({ record }) => record.id);
const sentIds = () => server.requests.map(({ body }) => JSON.parse(body).records.map((one: { id: string }) => one.id));
const dlq = (...args: string[]): Promise<Ended> => sandbox.stopwire(['dlq', ...args]);
const answer = ({ stdout }: Ended): unknown => JSON.parse(stdout);

describe('dlq list', () => {
  test('shows what was refused by whom and why, and counts it', async () => {
    refuse('http', recordOf('a', { session_id: 's1' }), recordOf('b', { type: 'assistant', session_id: 's2' }));
    refuse('other', recordOf('c'));
    const { code, stdout, stderr } = await dlq('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['id', 'refused at', 'destination', 'type', 'session', 'reason'],
      [
        expect.stringMatching(/^[0-9a-f]{12}$/),
        `${NOW.toISOString().slice(0, 16)}Z`,
        'http',
        'user',
        's1',
        'status 400: no',
      ],
      [
        expect.stringMatching(/^[0-9a-f]{12}$/),
        `${NOW.toISOString().slice(0, 16)}Z`,
        'http',
        'assistant',
        's2',
        'status 400: no',
      ],
      [
        expect.stringMatching(/^[0-9a-f]{12}$/),
        `${NOW.toISOString().slice(0, 16)}Z`,
        'other',
        'user',
        'session',
        'status 400: no',
      ],
      [''],
      ['destination', 'letters', 'evicted', 'unreadable lines'],
      ['http', '2', '0', '0'],
      ['other', '1', '0', '0'],
      [''],
    ]);
  });

  test('as JSON holds no text of a record', async () => {
    const [id] = refuse('http', recordOf('a', { text: 'private words' }));
    const ended = await dlq('list', '--json', '--destination', 'http');
    expect(ended.stdout).not.toContain('private words');
    expect(answer(ended)).toEqual({
      destinations: [{ destination: 'http', letters: 1, evicted: 0, damaged: 0 }],
      letters: [
        {
          id,
          at: NOW.toISOString(),
          destination: 'http',
          type: 'user',
          session: 'session',
          reason: 'status 400: no',
          recordId: 'a',
        },
      ],
    });
  });

  test('says that there is nothing, and knows a destination that has no letters', async () => {
    expect(await dlq('list')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('refused') });
    expect(answer(await dlq('list', '--json'))).toEqual({ destinations: [], letters: [] });
    refuse('http', recordOf('a'));
    expect(await dlq('list', '--destination', 'htp')).toMatchObject({ code: 1, stdout: '' });
  });

  const HOSTILE = '\u001b]0;owned\u0007\u009b2J\r\nsecond\u2028line';

  test('lets no record and no server steer the terminal', async () => {
    const record = recordOf('a', { session_id: HOSTILE, type: HOSTILE, text: HOSTILE });
    keepDeadLetters(directory, `http${HOSTILE}`, [{ record, reason: `status 400: ${HOSTILE}` }], NOW);
    const [letter] = lettersOf(`http${HOSTILE}`);
    const shown = await dlq('show', letter?.id ?? '');
    const shownJson = await dlq('show', letter?.id ?? '', '--json');
    for (const { stdout } of [await dlq('list'), await dlq('list', '--json'), shown, shownJson]) {
      // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028]/);
      expect(stdout).toContain('second');
    }
    expect(answer(shownJson)).toMatchObject({ record: { text: HOSTILE } });
  });
});

describe('dlq show', () => {
  test('shows the letter and its record', async () => {
    const origin = { source_file: '/projects/a.jsonl', source_offset: 1_200, line_bytes: 34 };
    const record = recordOf('a', { text: 'what was said', ...origin });
    const [id = ''] = refuse('http', record, recordOf('b'));
    const { code, stdout } = await dlq('show', id);
    expect(code).toBe(0);
    expect(stdout).toContain('/projects/a.jsonl, bytes 1,200 to 1,234');
    expect(JSON.parse(stdout.slice(stdout.indexOf('\n{')))).toEqual(record);
    expect(answer(await dlq('show', id, '--json'))).toMatchObject({ id, destination: 'http', record });
  });

  test.each(['000000000000', '123456789012', '1e5'])('says that there is no letter %s', async (id) => {
    refuse('http', recordOf('a'));
    expect(await dlq('show', id)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`letter ${id}`),
    });
  });
});

describe('dlq retry', () => {
  test('brings what a run gave up to the destination, once that takes it', async () => {
    sandbox.remove();
    sandbox = makeSandbox(['2.1.329-simple']);
    directory = join(sandbox.state, 'dead-letters');
    configure({}, { maxRecords: 1 });
    server.script({}, { status: 400 }, {});
    expect((await sandbox.stopwire(['run'])).code).toBe(0);
    const [letter] = lettersOf('http');
    expect([lettersOf('http').length, letter?.record.id]).toEqual([1, sentIds()[1][0]]);
    const sent = sentIds().length;
    const ended = await dlq('retry', '--json');
    expect(ended).toMatchObject({ code: 0 });
    expect(answer(ended)).toEqual({ destinations: [{ destination: 'http', delivered: 1, refused: 0, left: 0 }] });
    expect(sentIds().slice(sent)).toEqual([[letter?.record.id]]);
    expect(lettersOf('http')).toEqual([]);
    const key = (index: number) => server.requests.at(index)?.headers['idempotency-key'];
    expect(key(-1)).not.toBe(key(1));
    expect(JSON.stringify(ended)).not.toContain(KEY);
  });

  test('keeps what is refused again, with the new time and reason, and delivers the rest', async () => {
    configure();
    refuse('http', ...['a', 'b', 'c', 'd'].map((id) => recordOf(id)));
    server.script({ status: 400 }, { status: 400 }, { status: 422 }, {});
    const ended = await dlq('retry');
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('3 delivered, 1 refused again'),
    });
    expect(sentIds()).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['a'], ['b'], ['c', 'd']]);
    expect(lettersOf('http')).toMatchObject([{ record: { id: 'a' }, reason: expect.stringContaining('422') }]);
    expect(lettersOf('http')[0]?.at).not.toBe(NOW.toISOString());
  });

  test('goes on where all of them are refused again', async () => {
    configure({}, { maxRecords: 2 });
    refuse('http', ...['a', 'b', 'c', 'd', 'e'].map((id) => recordOf(id)));
    server.script({ status: 400 });
    expect(answer(await dlq('retry', '--json'))).toEqual({
      destinations: [{ destination: 'http', delivered: 0, refused: 5, left: 5 }],
    });
    expect(idsOf('http').toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('stops where the destination is down, with what it has taken before removed', async () => {
    configure({}, { maxRecords: 2 });
    refuse('http', ...['a', 'b', 'c', 'd', 'e'].map((id) => recordOf(id)));
    server.script({}, { status: 503 });
    const ended = await dlq('retry', '--json');
    expect(ended.code).toBe(1);
    expect(answer(ended)).toMatchObject({
      destinations: [{ delivered: 2, refused: 0, left: 3, reason: expect.stringContaining('503') }],
    });
    expect([sentIds().length, idsOf('http')]).toEqual([2, ['c', 'd', 'e']]);
    expect(lettersOf('http')[0]).toMatchObject({ at: NOW.toISOString(), reason: 'status 400: no' });
  });

  test('sends only what is named', async () => {
    configure();
    const [a = '', b = ''] = refuse('http', recordOf('a'), recordOf('b'));
    refuse('gone', recordOf('c'));
    expect((await dlq('retry', b, '--destination', 'http')).code).toBe(0);
    expect([sentIds(), idsOf('http'), idsOf('gone')]).toEqual([[['b']], ['a'], ['c']]);
    expect(await dlq('retry', a, 'ffffffffffff')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ffffffffffff'),
    });
    expect(sentIds()).toHaveLength(1);
  });

  test.each([
    ['is paused', { paused: true } as const, 'http', 'it is paused'],
    ['is not configured any more', {}, 'gone', 'it is not configured any more'],
    ['has an unknown level of redaction', { redaction: 'some' }, 'http', 'unknown redaction level'],
  ])('sends nothing to a destination that %s', async (_title, more, name, reason) => {
    configure(more);
    refuse(name, recordOf('a'));
    expect(await dlq('retry')).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    expect([server.begun(), idsOf(name)]).toEqual([0, ['a']]);
  });

  test('hides what the destination is not to see any more, and leaves what was hidden before', async () => {
    configure({ redaction: 'metadata' });
    const hash = 'hmac:0123456789abcdef';
    refuse('http', recordOf('a', { text: 'private words', project: hash, session_title: 'REDACTED' }));
    expect((await dlq('retry')).code).toBe(0);
    const [request] = server.requests;
    expect(request?.body).not.toContain('private words');
    expect(JSON.parse(request?.body ?? '').records[0]).toMatchObject({ project: hash, session_title: 'REDACTED' });
  });

  test('says that there is nothing to send', async () => {
    expect(await dlq('retry')).toMatchObject({ code: 0, stderr: expect.stringContaining('no dead letters') });
  });
});

describe('dlq purge', () => {
  test('needs a yes, and removes everything with it', async () => {
    refuse('http', recordOf('a'), recordOf('b'));
    expect(await dlq('purge')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(idsOf('http')).toEqual(['a', 'b']);
    expect(answer(await dlq('purge', '--yes', '--json'))).toEqual({
      removed: 2,
      destinations: [{ destination: 'http', removed: 2 }],
    });
    expect(await dlq('list')).toMatchObject({ stdout: '' });
  });

  test('removes what is named, of one destination, or old', async () => {
    const [a = ''] = refuse('http', recordOf('a'), recordOf('b'));
    refuse('other', recordOf('c'));
    await dlq('purge', a, '--yes');
    expect([idsOf('http'), idsOf('other')]).toEqual([['b'], ['c']]);
    keepDeadLetters(directory, 'http', [{ record: recordOf('new'), reason: '' }], new Date());
    await dlq('purge', '--before', '2026-11-21T04:00:00.001Z', '--destination', 'http', '--yes');
    expect([idsOf('http'), idsOf('other')]).toEqual([['new'], ['c']]);
    await dlq('purge', '--before', '1h', '--yes');
    expect(summariseDeadLetters(directory, 'http').letters).toBe(1);
    expect(await dlq('purge', '--before', 'yesterday', '--yes')).toMatchObject({ code: 2 });
  });

  test('leaves no byte of the record', async () => {
    const [a = ''] = refuse('http', recordOf('a', { text: 'canary' }), recordOf('b'));
    await dlq('purge', a, '--yes');
    expect(readFileSync(join(directory, 'http.jsonl'), 'latin1')).not.toContain('canary');
  });
});
