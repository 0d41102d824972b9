import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Batch, Delivery, Destination } from '../../src/destinations/destination.ts';
import { deliver } from '../../src/pipeline/deliver.ts';
import { batchOf } from '../helpers/destination-contract.ts';
import { cursorAt } from '../helpers/samples.ts';

const always = { signal: new AbortController().signal, hasTakenBefore: true };
const atFirst = { ...always, hasTakenBefore: false };
const DELIVERED: Delivery = { kind: 'delivered' };
const REJECTED: Delivery = { kind: 'rejected', reason: 'status 400' };

interface Place {
  destination: Destination;
  /** Every batch that was sent, in order. */
  sent: Batch[];
  /** The ids that arrived, in order. */
  arrived: string[];
}

/** A destination in memory that answers as it is told to. */
function place(answer: (batch: Batch, request: number) => Delivery): Place {
  const sent: Batch[] = [];
  const arrived: string[] = [];
  const destination: Destination = {
    limits: { maxRecords: 1_000, maxBytes: 1_000_000 },
    async deliver(batch) {
      sent.push(batch);
      const delivery = answer(batch, sent.length);
      if (delivery.kind === 'delivered') arrived.push(...batch.records.map(({ id }) => id));
      return delivery;
    },
    async close() {},
  };
  return { destination, sent, arrived };
}

/** Refuses every batch that holds one of these records. */
function refusing(...poison: string[]): Place {
  return place(({ records }) => (records.some(({ id }) => poison.includes(id)) ? REJECTED : DELIVERED));
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `r${index}`);
}

describe('a batch that is taken', () => {
  test('is sent once, as it is', async () => {
    const { destination, sent } = refusing();
    const batch = { ...batchOf(...ids(500)), upTo: new Map([['/a', cursorAt(1)]]) };
    expect(await deliver(batch, destination, always)).toEqual({ settled: 500, refused: [] });
    expect(sent).toEqual([batch]);
  });
});

test('what a server drops of a batch that it takes is counted, over all parts of the batch, and not sent again', async () => {
  const { destination, sent } = place(({ records }) =>
    records.length > 1 ? REJECTED : { kind: 'delivered', dropped: { count: 2, reason: 'too old' } },
  );
  expect(await deliver(batchOf('a', 'b'), destination, always)).toEqual({
    settled: 2,
    refused: [],
    dropped: { count: 4, reason: 'too old' },
  });
  expect(sent).toHaveLength(3);
});

describe('a batch that is rejected', () => {
  test.each([
    ['first', 'r0'],
    ['last', 'r511'],
    ['middle', 'r255'],
  ])('gives up its %s record alone, after two requests for each halving', async (_title, poison) => {
    const { destination, sent, arrived } = refusing(poison);
    expect(await deliver(batchOf(...ids(512)), destination, always)).toEqual({
      settled: 512,
      refused: [{ record: { id: poison, type: 'assistant' }, reason: 'status 400' }],
    });
    expect(sent).toHaveLength(1 + 2 * Math.log2(512));
    expect(arrived).toEqual(ids(512).filter((id) => id !== poison));
  });

  test('gives up exactly the refused records, keeps the order, and needs few requests', async () => {
    const cases = fc
      .integer({ min: 2, max: 200 })
      .chain((count) => fc.tuple(fc.constant(count), fc.subarray(ids(count))));
    await fc.assert(
      fc.asyncProperty(cases, async ([count, poison]) => {
        const { destination, sent, arrived } = refusing(...poison);
        const { settled, refused, pause } = await deliver(batchOf(...ids(count)), destination, always);
        const prefix = ids(count).slice(0, settled);
        expect(pause).toBeUndefined();
        expect(settled).toBeGreaterThan(0);
        expect(refused.map(({ record }) => record.id)).toEqual(prefix.filter((id) => poison.includes(id)));
        expect(arrived).toEqual(prefix.filter((id) => !poison.includes(id)));
        const enough = 1 + 2 * poison.length * Math.ceil(Math.log2(count));
        expect(sent.length).toBeLessThanOrEqual(Math.min(enough, 33));
        if (enough <= 33) expect(settled).toBe(count);
      }),
    );
  });

  test('is halved into batches that carry their own JSON and id, and complete no cursor', async () => {
    const { destination, sent } = refusing('r3');
    const batch = { ...batchOf(...ids(9)), upTo: new Map([['/a', cursorAt(1)]]) };
    await deliver(batch, destination, always);
    const [whole, ...parts] = sent;
    expect(whole).toEqual(batch);
    for (const { records, json, upTo } of parts) {
      expect(json).toEqual(records.map((record) => JSON.stringify(record)));
      expect(upTo.size).toBe(0);
    }
    expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
  });

  test('is halved into the same batches, with the same ids, when it is sent again', async () => {
    const [one, again] = [refusing('r3', 'r7'), refusing('r3', 'r7')];
    for (const { destination } of [one, again]) await deliver(batchOf(...ids(20)), destination, always);
    expect(again.sent).toEqual(one.sent);
  });

  test('and is one record is given up, with the reason', async () => {
    const { destination, sent } = refusing('r0');
    expect(await deliver(batchOf('r0'), destination, always)).toMatchObject({
      refused: [{ record: { id: 'r0' }, reason: 'status 400' }],
    });
    expect(sent).toHaveLength(1);
  });

  test.each([1, 2, 3, 100])(
    'in all of its %i records, by a destination that never took one, is held',
    async (count) => {
      const { destination, arrived } = refusing(...ids(count));
      expect(await deliver(batchOf(...ids(count)), destination, atFirst)).toEqual({
        settled: 0,
        refused: [],
        pause: { kind: 'hold', reason: 'every record was refused: status 400' },
      });
      expect(arrived).toEqual([]);
    },
  );

  test('gives its records up where a destination that never took one takes another', async () => {
    const { destination } = refusing('r0');
    expect(await deliver(batchOf('r0', 'r1'), destination, atFirst)).toMatchObject({ settled: 2, refused: [{}] });
  });
});

describe('a fault that may pass', () => {
  const BUSY: Delivery = { kind: 'retry', reason: 'status 503', afterMs: 3_000 };

  test('keeps the batch for later, as long as the destination asks', async () => {
    const { destination, sent } = place(() => BUSY);
    expect(await deliver(batchOf(...ids(9)), destination, always)).toEqual({ settled: 0, refused: [], pause: BUSY });
    expect(sent).toHaveLength(1);
  });

  test.each([2, 3, 4, 5, 6, 7])(
    'at request %i, amid the halving, keeps what is not settled, and nothing more is sent',
    async (at) => {
      const { destination, sent, arrived } = place((batch, request) => {
        if (request === at) return BUSY;
        return batch.records.some(({ id }) => id === 'r6') ? REJECTED : DELIVERED;
      });
      const { settled, refused, pause } = await deliver(batchOf(...ids(8)), destination, always);
      expect(pause).toEqual(BUSY);
      expect([...arrived, ...refused.map(({ record }) => record.id)].toSorted()).toEqual(ids(settled));
      expect(sent).toHaveLength(at);
    },
  );

  test('is a conflict with a request that is still at work, until that has been said for long enough', async () => {
    const CONFLICT: Delivery = { kind: 'retry', reason: 'status 409', conflict: true };
    const busy = place(({ records }) => (records.some(({ id }) => id === 'r1') ? CONFLICT : DELIVERED));
    expect(await deliver(batchOf(...ids(4)), busy.destination, always)).toMatchObject({ settled: 0, pause: CONFLICT });
    expect(await deliver(batchOf(...ids(4)), busy.destination, { ...always, isPatient: false })).toEqual({
      settled: 4,
      refused: [{ record: { id: 'r1', type: 'assistant' }, reason: 'status 409' }],
    });
  });

  test('hands the signal on to every request', async () => {
    const run = new AbortController();
    const seen: AbortSignal[] = [];
    const { destination } = refusing('r1');
    const deliverOnce = destination.deliver.bind(destination);
    destination.deliver = async (batch, signal) => {
      seen.push(signal);
      return deliverOnce(batch, signal);
    };
    await deliver(batchOf(...ids(4)), destination, { ...always, signal: run.signal });
    expect(seen).toHaveLength(5);
    for (const signal of seen) expect(signal).toBe(run.signal);
  });
});

describe('a batch that is too large', () => {
  /** Takes up to so many bytes of JSON. */
  function upTo(bytes: number): Place {
    const size = ({ json }: Batch): number => json.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return place((batch) =>
      size(batch) > bytes ? { kind: 'rejected', reason: 'status 413', tooLarge: true } : DELIVERED,
    );
  }

  test('arrives in halves, and says what was too much', async () => {
    const { destination, arrived } = upTo(200);
    const { settled, refused, tooLarge } = await deliver(batchOf(...ids(20)), destination, always);
    expect([settled, refused, arrived]).toEqual([20, [], ids(20)]);
    expect(tooLarge).toBeGreaterThan(200);
    expect(tooLarge).toBeLessThanOrEqual(400);
  });

  test('by one record alone arrives with its long texts cut', async () => {
    const { destination, sent } = upTo(10_000);
    const record = { id: 'long', type: 'user', text: '💸'.repeat(50_000), tool_input: 'short', models: ['m'] };
    const batch = { id: 'b', records: [record], json: [JSON.stringify(record)], upTo: new Map() };
    expect(await deliver(batch, destination, always)).toMatchObject({ settled: 1, refused: [] });
    const [, { id, records, json } = batch] = sent;
    expect(records).toEqual([{ ...record, text: '💸'.repeat(1_000), is_shortened: true }]);
    expect(json).toEqual(records.map((one) => JSON.stringify(one)));
    expect(id).not.toBe(batch.id);
  });

  test('by one record that is too large even so gives it up', async () => {
    const { destination } = upTo(10);
    expect(await deliver(batchOf('r0'), destination, always)).toMatchObject({
      settled: 1,
      refused: [{ record: { id: 'r0' }, reason: 'status 413' }],
    });
  });
});
