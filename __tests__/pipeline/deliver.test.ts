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

describe('a failure that may pass or not', () => {
  const FAULT: Delivery = { kind: 'retry', reason: 'status 500', doubt: 'server-error' };
  const since = Date.UTC(2026, 10, 20);
  const overdue = { ...always, overdue: { of: 'server-error', failures: 8, since } } as const;
  const GIVEN_UP = 'status 500 (failed 9 times since 2026-11-20T00:00:00.000Z, while others were taken)';

  function failingOver(...poison: string[]): Place {
    return place(({ records }) => (records.some(({ id }) => poison.includes(id)) ? FAULT : DELIVERED));
  }

  test.each([
    ['is not overdue', always],
    ['has another doubt than those before', { ...always, overdue: { ...overdue.overdue, of: 'conflict' } } as const],
  ])('keeps the batch for later where it %s', async (_title, options) => {
    const { destination, sent } = failingOver('r1');
    expect(await deliver(batchOf(...ids(4)), destination, options)).toEqual({ settled: 0, refused: [], pause: FAULT });
    expect(sent).toHaveLength(1);
  });

  test('keeps the batch for later where others are overdue that say nothing against it', async () => {
    const BUSY: Delivery = { kind: 'retry', reason: 'status 503' };
    const { destination } = place(() => BUSY);
    expect(await deliver(batchOf(...ids(4)), destination, overdue)).toEqual({ settled: 0, refused: [], pause: BUSY });
  });

  test.each([
    ['first', ['r0']],
    ['last', ['r511']],
    ['middle', ['r255']],
    ['first two', ['r0', 'r1']],
    ['first four', ['r0', 'r1', 'r2', 'r3']],
  ])('gives up the %s alone where it is overdue, and each other arrives once', async (_title, poison) => {
    const { destination, sent, arrived } = failingOver(...poison);
    expect(await deliver(batchOf(...ids(512)), destination, overdue)).toEqual({
      settled: 512,
      refused: poison.map((id) => ({ record: { id, type: 'assistant' }, reason: GIVEN_UP })),
    });
    expect(arrived.toSorted()).toEqual(
      ids(512)
        .filter((id) => !poison.includes(id))
        .toSorted(),
    );
    expect(sent.length).toBeLessThanOrEqual(33);
  });

  test.each([1, 2, 7, 512, 10_000])('over all of %i records costs none, and not many requests', async (count) => {
    const { destination, sent } = failingOver(...ids(count));
    expect(await deliver(batchOf(...ids(count)), destination, overdue)).toEqual({
      settled: 0,
      refused: [],
      pause: FAULT,
    });
    expect(sent.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(count)));
  });

  test.each(Array.from({ length: 19 }, (_, index) => index + 1))(
    'that the server is mended of after %i requests costs nothing',
    async (at) => {
      const { destination, arrived } = place((_batch, request) => (request <= at ? FAULT : DELIVERED));
      const { settled, refused, pause } = await deliver(batchOf(...ids(512)), destination, overdue);
      expect(refused).toEqual([]);
      if (at < 19) expect([settled, pause, arrived.toSorted()]).toEqual([512, undefined, ids(512).toSorted()]);
      else expect([settled, pause]).toEqual([0, FAULT]);
    },
  );

  test('gives up or delivers what it settles, and leaves the rest for later', async () => {
    const cases = fc
      .integer({ min: 1, max: 200 })
      .chain((count) => fc.tuple(fc.constant(count), fc.subarray(ids(count))));
    await fc.assert(
      fc.asyncProperty(cases, async ([count, poison]) => {
        const { destination, sent, arrived } = failingOver(...poison);
        const { settled, refused, pause } = await deliver(batchOf(...ids(count)), destination, overdue);
        const prefix = ids(count).slice(0, settled);
        const isGivenUp = new Set(refused.map(({ record }) => record.id));
        expect(prefix.filter((id) => isGivenUp.has(id))).toEqual(prefix.filter((id) => poison.includes(id)));
        for (const id of prefix) expect(arrived.filter((one) => one === id)).toHaveLength(isGivenUp.has(id) ? 0 : 1);
        expect(new Set(arrived).size).toBe(arrived.length);
        expect(sent.length).toBeLessThanOrEqual(33);
        if (settled === 0) expect(pause).toEqual(FAULT);
        if (arrived.length === 0) expect([settled, refused]).toEqual([0, []]);
      }),
    );
  });

  test('is the fault of no record while the destination says that it takes none of the kind', async () => {
    const { destination } = place(({ records }) =>
      records.some(({ id }) => id === 'r1' || id === 'r3') ? { ...FAULT, takesOthers: false } : DELIVERED,
    );
    expect(await deliver(batchOf(...ids(4)), destination, overdue)).toMatchObject({
      settled: 1,
      refused: [],
      pause: FAULT,
    });
  });

  test('is the fault of a lone record where the destination says that it takes others', async () => {
    const { destination, sent } = place(() => ({ ...FAULT, takesOthers: true }));
    expect(await deliver(batchOf('r0'), destination, overdue)).toMatchObject({ settled: 1, refused: [{}] });
    expect(sent).toHaveLength(1);
  });

  test('amid a halving that a refusal has begun leaves what is not settled', async () => {
    const { destination } = place(({ records }) => {
      if (records.some(({ id }) => id === 'r1')) return REJECTED;
      return records.some(({ id }) => id === 'r2') ? FAULT : DELIVERED;
    });
    expect(await deliver(batchOf(...ids(4)), destination, always)).toEqual({
      settled: 2,
      refused: [{ record: { id: 'r1', type: 'assistant' }, reason: 'status 400' }],
      pause: FAULT,
    });
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
