import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { price } from '../../src/pipeline/price.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { hasStore, openStore, type Store } from '../../src/state/store.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit, startChild, type Child } from '../helpers/child.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const prices = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));

let path: string;
const opened: Store[] = [];
beforeEach(() => {
  path = join(makeTempDirectory(), 'records.db');
});
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

function open(): Store {
  const store = openStore(path);
  opened.push(store);
  return store;
}

function put(store: Store, ...records: MessageRecord[]): void {
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
}

function stored(store: Store): MessageRecord[] {
  return Array.from(store.export(), (json) => JSON.parse(json));
}

function idsIn(store: Store): string[] {
  return stored(store).map(({ id }) => id);
}

function integrity(): unknown[] {
  const database = openDatabase(path);
  try {
    return database.prepare('PRAGMA integrity_check').all();
  } finally {
    database.close();
  }
}

/** A line of an API response. */
function answerOf(id: string, message: string, more: Partial<MessageRecord> = {}): MessageRecord {
  return recordOf(id, { type: 'assistant', message_id: message, cost_status: 'priced', cost_usd: 0.25, ...more });
}

describe('the file', () => {
  test('is there once it was opened, and is for its owner alone, with its log and its index', () => {
    expect(hasStore(path)).toBe(false);
    put(open(), recordOf('a'));
    expect(hasStore(path)).toBe(true);
    const names = readdirSync(join(path, '..')).toSorted();
    expect(names).toEqual(['records.db', 'records.db-shm', 'records.db-wal']);
    for (const name of names) expect([name, statSync(join(path, '..', name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  test('keeps the permissions that its owner gave it', () => {
    open();
    chmodSync(path, 0o640);
    open();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('keeps its records when it is opened again', () => {
    const store = openStore(path);
    put(store, recordOf('a'));
    store.close();
    expect(idsIn(open())).toEqual(['a']);
  });
});

describe('records', () => {
  test('come back as the very text that was given, in the order in which they came', () => {
    const texts = ['{"id":"b","type":"user","x":"\\u0000\\ud800 ü\\n"}', '{ "id": "a", "type": "user" }'];
    const store = open();
    store.upsert([recordOf('b'), recordOf('a')], texts);
    expect([...store.export()]).toEqual(texts);
  });

  test('are there once, however often they come', () => {
    const store = open();
    const records = [recordOf('a'), answerOf('b', 'm', { output_tokens: 5 }), recordOf('c')];
    put(store, ...records);
    const totals = store.totals();
    put(store, ...records);
    put(store, ...records.toReversed());
    expect(stored(store)).toEqual(records);
    expect(store.totals()).toEqual(totals);
  });

  test('are renewed when the same file is read again', () => {
    const store = open();
    put(store, recordOf('a', { text: 'old' }), recordOf('b'));
    put(store, recordOf('a', { text: 'new', type: 'assistant', message_id: 'm', cost_status: 'priced' }));
    expect(stored(store)).toMatchObject([{ id: 'a', text: 'new' }, { id: 'b' }]);
    expect(store.totals().responses).toBe(1);
  });

  test('without a file are renewed as well', () => {
    const store = open();
    put(store, { id: 'a', type: 'user', text: 'old' });
    put(store, { id: 'a', type: 'user', text: 'new' });
    expect(stored(store)).toEqual([{ id: 'a', type: 'user', text: 'new' }]);
  });

  test('of a session keep what is newest, in whichever order it comes', () => {
    const store = open();
    const at = (timestamp: string, turns: number) =>
      recordOf('session', { type: 'session', timestamp, session_turns: turns });
    put(store, at('2026-01-01T02:00:00.000Z', 2));
    put(store, at('2026-01-01T01:00:00.000Z', 1));
    expect(stored(store)).toMatchObject([{ session_turns: 2 }]);
    put(store, at('2026-01-01T02:00:00.000Z', 3));
    expect(stored(store)).toMatchObject([{ session_turns: 3 }]);
  });

  test('are not taken away from their session by the copy in a fork', () => {
    const fork = { source_file: '/projects/fork.jsonl', session_id: 'fork' };
    const store = open();
    put(store, recordOf('a', { text: 'origin' }));
    put(store, recordOf('a', { text: 'copy', ...fork }), recordOf('b', fork));
    expect(stored(store)).toEqual([recordOf('a', { text: 'origin' }), recordOf('b', fork)]);
    expect(store.totals()).toMatchObject({ records: 2, sessions: 2 });
  });

  test('are written all or none', () => {
    const store = open();
    put(store, recordOf('a'));
    const broken: MessageRecord = JSON.parse('{"id":"c"}');
    expect(() => put(store, recordOf('b'), broken)).toThrow();
    expect(idsIn(store)).toEqual(['a']);
    put(store, recordOf('d'));
    expect(idsIn(store)).toEqual(['a', 'd']);
  });
});

describe('totals', () => {
  test('of nothing are nothing', () => {
    const { tools, ...numbers } = open().totals();
    expect(tools).toEqual([]);
    expect(new Set(Object.values(numbers))).toEqual(new Set([0]));
  });

  test('count each response once, by its largest values, whichever lines and sessions repeat it', () => {
    const store = open();
    const usage = { input_tokens: 3, cache_read_tokens: 100, cache_creation_tokens: 20 };
    put(
      store,
      answerOf('a', 'm1', { ...usage, output_tokens: 1, cost_usd: 0.1 }),
      answerOf('b', 'm1', { ...usage, output_tokens: 900, cost_usd: 0.5 }),
      answerOf('c', 'm1', { ...usage, output_tokens: 40, cost_usd: 0.2, session_id: 'fork' }),
      answerOf('d', 'm2', { ...usage, output_tokens: 7, cost_usd: 0.25 }),
    );
    expect(store.totals()).toMatchObject({
      records: 4,
      sessions: 2,
      responses: 2,
      inputTokens: 6,
      outputTokens: 907,
      cacheReadTokens: 200,
      cacheCreationTokens: 40,
      costUsd: 0.75,
      unpricedResponses: 0,
    });
  });

  test('tell responses without a price from those that cost nothing', () => {
    const store = open();
    put(
      store,
      answerOf('a', 'm1', { cost_status: 'unknown_model', cost_usd: undefined }),
      answerOf('b', 'm2', { cost_status: 'not_billed', cost_usd: 0 }),
      answerOf('c', 'm3'),
    );
    expect(store.totals()).toMatchObject({ responses: 3, unpricedResponses: 1, costUsd: 0.25 });
  });

  test('count what is no response as a record alone', () => {
    const store = open();
    put(
      store,
      recordOf('a'),
      recordOf('b', { type: 'assistant', message_id: 'm' }),
      recordOf('c', { message_id: 'm' }),
    );
    expect(store.totals()).toMatchObject({ records: 3, responses: 0, unpricedResponses: 0 });
  });

  test.each([
    ['under its name', { model: '<synthetic>' }],
    ['where redaction hid its name', { model: 'REDACTED', cost_flags: ['synthetic_model'] }],
  ])('leave out what the client wrote in the name of the model, %s, as questions of cost do', (_, written) => {
    const store = open();
    put(
      store,
      answerOf('a', 'm1', { ...written, cost_status: 'not_billed', cost_usd: 0 }),
      answerOf('b', 'm2', { cost_status: 'not_billed', cost_usd: 0, cost_flags: ['unbilled_refusal'] }),
      answerOf('c', 'm3'),
    );
    expect(store.totals()).toMatchObject({ records: 3, responses: 2, costUsd: 0.25 });
    expect(store.costs('session').map(({ responses }) => responses)).toEqual([2]);
  });

  test('count each tool call once, by its id, most called first, then by name', () => {
    const store = open();
    put(
      store,
      recordOf('a', { tool_names: ['Read', 'Bash', 'Bash'], tool_use_ids: ['t1', 't2', 't3'] }),
      recordOf('b', { tool_names: ['Bash', 'Edit'], tool_use_ids: ['t3', 't4'], source_file: '/fork.jsonl' }),
    );
    expect(store.totals()).toMatchObject({
      toolCalls: 4,
      tools: [
        { name: 'Bash', calls: 2 },
        { name: 'Edit', calls: 1 },
        { name: 'Read', calls: 1 },
      ],
    });
  });

  test.each(['2.0.76-multiturn', '2.1.329-parallel', '2.1.329-subagentnest', '2.1.329-errors', '1.0.128-multiturn'])(
    'of the real transcripts %s are those of its lines',
    (name) => {
      const records = mapFixture(name).map((record) => price(record, prices));
      const store = open();
      put(store, ...records);
      put(store, ...records);
      expect(store.totals()).toMatchObject(countLines(name));
      expect(store.totals().costUsd).toBeCloseTo(costOf(records), 9);
    },
  );
});

describe('several processes', () => {
  let storeModule: string;
  beforeEach(async () => {
    storeModule = JSON.stringify(await bundle('state/store.ts', makeTempDirectory()));
  });

  /** Writes batches of fifty for ever, or as many as it is told, and says each one's number when it is committed. */
  function startWriter(name: string, batches = Infinity): Child {
    return startChild(`
      import { openStore } from ${storeModule};
      process.once('message', async () => {
        const store = openStore(${JSON.stringify(path)});
        for (let batch = 0; batch < ${batches}; batch += 1) {
          const records = Array.from({ length: 50 }, (_, index) => {
            return { id: ['${name}', batch, index].join('-'), type: 'user', text: 'x'.repeat(500) };
          });
          store.upsert(records, records.map((record) => JSON.stringify(record)));
          await new Promise((resolve) => process.send(String(batch), resolve));
        }
        store.close();
        process.disconnect();
      });
      process.send('ready');
    `);
  }

  async function go(...writers: Child[]): Promise<void> {
    await Promise.all(writers.map((child) => child.next()));
    for (const writer of writers) writer.send('go');
  }

  test('eight write at once, and each waits for its turn', async () => {
    const writers = Array.from({ length: 8 }, (_, index) => startWriter(`w${index}`, 5));
    await go(...writers);
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual(writers.map(() => 0));
    expect(open().totals().records).toBe(8 * 5 * 50);
  });

  test('four open a new store at the same instant, again and again, and none is refused', async () => {
    const openers = Array.from({ length: 4 }, () =>
      startChild(`
        import { openStore } from ${storeModule};
        process.on('message', (path) => {
          try {
            openStore(path).close();
            process.send('opened');
          } catch (error) {
            process.send(error.message);
          }
        });
        process.send('ready');
      `),
    );
    await Promise.all(openers.map((child) => child.next()));
    for (let round = 0; round < 150; round += 1) {
      for (const child of openers) child.send(`${path}-${round}`);
      const answers = await Promise.all(openers.map((child) => child.next()));
      expect([round, ...answers]).toEqual([round, 'opened', 'opened', 'opened', 'opened']);
    }
  });

  test.each([1, 7, 20])('two write, one is killed after batch %i: nothing that was committed is lost', async (last) => {
    const [victim, survivor] = [startWriter('victim'), startWriter('survivor', 40)];
    await go(victim, survivor);
    for (let batch = 0; batch <= last; batch += 1) expect(await victim.next()).toBe(`${batch}`);
    await victim.kill();
    expect(await survivor.ended).toBe(0);
    expect(integrity()).toEqual([{ integrity_check: 'ok' }]);
    const sizes = sizesOf(idsIn(open()), (id) => id.replace(/-\d+$/, ''));
    for (let batch = 0; batch <= last; batch += 1) expect(sizes.has(`victim-${batch}`)).toBe(true);
    for (let batch = 0; batch < 40; batch += 1) expect(sizes.has(`survivor-${batch}`)).toBe(true);
    expect(new Set(sizes.values())).toEqual(new Set([50]));
  });

  test('a reader counts while a writer writes', async () => {
    const writer = startWriter('w', 30);
    await go(writer);
    const seen = [];
    for (let batch = 0; batch < 30; batch += 1) {
      await writer.next();
      seen.push(open().totals().records - (batch + 1) * 50);
    }
    for (const ahead of seen) expect(ahead).toBeGreaterThanOrEqual(0);
  });

  test('opening the store twice in one process takes nothing away from the first, whoever else comes and goes', async () => {
    const first = open();
    put(first, recordOf('a'));
    const second = open();
    const passerBy = startWriter('w', 1);
    await go(passerBy);
    expect(await passerBy.ended).toBe(0);
    put(first, recordOf('b'));
    put(second, recordOf('c'));
    const other = startChild(`
      import { openStore } from ${storeModule};
      const store = openStore(${JSON.stringify(path)});
      process.send(String(store.totals().records));
      store.close();
      process.disconnect();
    `);
    expect(await other.next()).toBe('53');
  });

  test('a full disk is said to be one, and the store goes on afterwards', async () => {
    const printed = await runWithFileLimit(
      800,
      `
        import { openStore } from ${storeModule};
        const store = openStore(${JSON.stringify(path)});
        let written = 0;
        try {
          for (; ; written += 1) {
            const record = { id: 'r' + written, type: 'user', text: 'x'.repeat(5000) };
            store.upsert([record], [JSON.stringify(record)]);
          }
        } catch (error) {
          console.log(JSON.stringify({ written, message: error.message }));
        }
      `,
    );
    const { written, message } = JSON.parse(printed);
    expect(written).toBeGreaterThan(5);
    expect(message).toMatch(/full|disk I\/O error/);
    expect(integrity()).toEqual([{ integrity_check: 'ok' }]);
    expect(idsIn(open())).toHaveLength(written);
  });
});

/** How many there are of each key. */
function sizesOf(ids: readonly string[], keyOf: (id: string) => string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const key of ids.map(keyOf)) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  return sizes;
}

/** The part of a line that counts. */
interface Answer {
  type: string;
  message?: { id: string; model?: string; content?: unknown; usage?: { [count: string]: number | undefined } };
}

/** The totals, worked out from the lines themselves. */
function countLines(name: string): object {
  const lines = fixtureFiles(name).flatMap((file) =>
    file.lines.map(({ bytes }): Answer => JSON.parse(bytes.toString())),
  );
  const largest = new Map<string, { [count: string]: number }>();
  const calls = new Set<string>();
  for (const { type, message } of lines) {
    for (const block of Array.isArray(message?.content) ? message.content : []) {
      if (block.type === 'tool_use') calls.add(block.id);
    }
    if (type !== 'assistant' || message?.usage === undefined || message.model === '<synthetic>') continue;
    const counts = largest.get(message.id) ?? {};
    for (const [count, value = 0] of Object.entries(message.usage)) counts[count] = Math.max(counts[count] ?? 0, value);
    largest.set(message.id, counts);
  }
  const sum = (count: string): number => [...largest.values()].reduce((total, one) => total + (one[count] ?? 0), 0);
  return {
    responses: largest.size,
    inputTokens: sum('input_tokens'),
    outputTokens: sum('output_tokens'),
    cacheReadTokens: sum('cache_read_input_tokens'),
    cacheCreationTokens: sum('cache_creation_input_tokens'),
    toolCalls: calls.size,
  };
}

function costOf(records: readonly MessageRecord[]): number {
  const costs = new Map<string, number>();
  for (const { message_id = '', cost_usd = 0 } of records) {
    costs.set(message_id, Math.max(costs.get(message_id) ?? 0, cost_usd));
  }
  return [...costs.values()].reduce((sum, one) => sum + one, 0);
}
