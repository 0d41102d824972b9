/** What every destination owes its caller, as tests that each one runs; and what a remote one owes besides. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Batch, Delivery, Destination } from '../../src/destinations/destination.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import type { LoopbackServer, Step } from './loopback-server.ts';

export interface ContractSubject {
  destination: Destination;
  /** The ids of the records that arrived, in order; repetitions may be left out. */
  arrivedIds: () => Promise<readonly string[]>;
  /** A record that the destination sends something for; without it, one of hardly any fields. */
  recordOf?: (id: string) => MessageRecord;
  tearDown: () => Promise<void>;
}

export interface RemoteContractSubject extends ContractSubject {
  /** What the destination sends to. Its timeout must be one second or less. */
  server: LoopbackServer;
  /** The key in the destination's options. */
  secret: string;
}

/** A batch of small records with these ids. */
export function batchOf(...ids: string[]): Batch {
  return batchOfRecords(ids, smallRecord);
}

function smallRecord(id: string): MessageRecord {
  return { id, type: 'assistant' };
}

function batchOfRecords(ids: readonly string[], recordOf: (id: string) => MessageRecord): Batch {
  const records = ids.map(recordOf);
  return { id: `batch-of-${ids.join('-')}`, records, json: records.map((one) => JSON.stringify(one)), upTo: new Map() };
}

const never = new AbortController().signal;

/** Runs the contract against a destination that `setUp` makes anew for each test. */
export function testDestinationContract(name: string, setUp: () => Promise<ContractSubject>): void {
  describe(`the contract of a destination: ${name}`, () => {
    const subject = each(setUp);
    const batch = (...ids: string[]): Batch => batchOfRecords(ids, subject().recordOf ?? smallRecord);

    test('delivers every record, in order, over several batches', async () => {
      const { destination, arrivedIds } = subject();
      expect(await destination.deliver(batch('a', 'b', 'c'), never)).toEqual({ kind: 'delivered' });
      expect(await destination.deliver(batch('d', 'e'), never)).toEqual({ kind: 'delivered' });
      expect(await arrivedIds()).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    test('takes a batch that comes again, and its records keep their ids', async () => {
      const { destination, arrivedIds } = subject();
      await destination.deliver(batch('a', 'b'), never);
      expect(await destination.deliver(batch('a', 'b'), never)).toEqual({ kind: 'delivered' });
      expect(Array.from(new Set(await arrivedIds()))).toEqual(['a', 'b']);
    });

    test('leaves the batch as it was', async () => {
      const { destination } = subject();
      const sent = frozen(batch('a', 'b'));
      expect(await destination.deliver(sent, never)).toEqual({ kind: 'delivered' });
      expect(sent).toEqual(batch('a', 'b'));
    });

    test('delivers nothing once the signal is aborted', async () => {
      const { destination, arrivedIds } = subject();
      await destination.deliver(batch('a'), never);
      expect(await destination.deliver(batch('b'), AbortSignal.abort())).toMatchObject({ kind: 'retry' });
      expect(await arrivedIds()).toEqual(['a']);
    });

    test('can be closed twice, and without having delivered anything', async () => {
      const { destination } = subject();
      await destination.close();
      await expect(destination.close()).resolves.toBeUndefined();
    });

    test('says how much it takes at once', () => {
      const { limits } = subject().destination;
      expect(limits.maxRecords).toBeGreaterThan(0);
      expect(limits.maxBytes).toBeGreaterThan(0);
    });
  });
}

/** The contract, and what a destination that sends over HTTP must make of answers and faults. */
export function testRemoteDestinationContract(name: string, setUp: () => Promise<RemoteContractSubject>): void {
  testDestinationContract(name, setUp);

  describe(`the contract of a remote destination: ${name}`, () => {
    const subject = each(setUp);
    const batch = (...ids: string[]): Batch => batchOfRecords(ids, subject().recordOf ?? smallRecord);
    const deliverTo = async (step: Step, signal = never): Promise<Delivery> => {
      const { destination, server } = subject();
      server.script(step);
      return destination.deliver(batch('a', 'b'), signal);
    };

    test.each<[string, Step]>([
      ['500', { status: 500 }],
      ['502', { status: 502 }],
      ['503', { status: 503 }],
      ['408', { status: 408 }],
      ['a web page with status 200', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
      ['an answer that breaks off', 'cut'],
      ['a connection that breaks before the answer', 'lost'],
      ['a connection that breaks within the request', 'reset-before-body'],
      ['an answer that is not HTTP', { raw: 'SSH-2.0-OpenSSH_9.9\r\n' }],
    ])('%s: keeps the batch for later', async (_title, step) => {
      expect(await deliverTo(step)).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/\w/) });
    });

    test.each<[string, Step]>([
      ['401', { status: 401 }],
      ['403', { status: 403 }],
      ['404', { status: 404 }],
      ['301', { status: 301, headers: { location: 'http://127.0.0.1:9/' } }],
    ])('%s: keeps the batch until somebody has mended it', async (_title, step) => {
      expect(await deliverTo(step)).toMatchObject({ kind: 'hold', reason: expect.stringMatching(/\w/) });
    });

    test('429 with Retry-After: waits as long as it was asked to', async () => {
      expect(await deliverTo({ status: 429, headers: { 'retry-after': '3' } })).toMatchObject({
        kind: 'retry',
        afterMs: 3_000,
      });
    });

    test('400: rejects the batch', async () => {
      expect(await deliverTo({ status: 400 })).toMatchObject({ kind: 'rejected' });
    });

    test('a refused connection: keeps the batch for later', async () => {
      const { destination, server } = subject();
      await server.close();
      expect(await destination.deliver(batch('a'), never)).toMatchObject({ kind: 'retry' });
    });

    test.each<Step>(['hang', 'drip'])('a server that keeps it waiting (%s): gives up in time', async (step) => {
      const started = performance.now();
      expect(await deliverTo(step)).toMatchObject({ kind: 'retry' });
      expect(performance.now() - started).toBeLessThan(5_000);
    });

    test('ends at once when the signal is aborted while it waits', async () => {
      const run = new AbortController();
      const arrival = subject().server.nextRequest();
      const delivery = deliverTo('hang', run.signal);
      await arrival;
      const aborted = performance.now();
      run.abort();
      expect(await delivery).toMatchObject({ kind: 'retry' });
      expect(performance.now() - aborted).toBeLessThan(500);
    });

    test('delivers after a failure: the same bytes to the same place, with the same ids', async () => {
      expect(await deliverTo('lost')).toMatchObject({ kind: 'retry' });
      expect(await deliverTo({ status: 204 })).toEqual({ kind: 'delivered' });
      expect(Array.from(new Set(await subject().arrivedIds()))).toEqual(['a', 'b']);
      const [lost, again] = subject().server.requests;
      expect(again).toMatchObject({ method: lost?.method, path: lost?.path, body: lost?.body });
    });

    test.each([200, 302, 400, 401, 404, 422, 429, 500])(
      'status %i with the key in the answer: says nothing of it',
      async (status) => {
        const { secret } = subject();
        // The second one would be cut through by a limit on the length of what is shown.
        const body = `${secret} ${'x'.repeat(170)} ${secret}`;
        const delivery = await deliverTo({ status, body, headers: { 'content-type': 'text/plain' } });
        expect(delivery.kind).not.toBe('delivered');
        expect(JSON.stringify(delivery)).not.toContain(secret.slice(0, 8));
      },
    );

    test('keeps the key out of the address and the body', async () => {
      const { server, secret } = subject();
      await deliverTo({ status: 204 });
      const [request] = server.requests;
      expect(request?.path).not.toContain(secret);
      expect(request?.body).not.toContain(secret);
      expect(JSON.stringify(request?.headers)).toContain(secret);
    });
  });
}

/** Sets a subject up before each test and tears it down after it. */
function each<Subject extends ContractSubject>(setUp: () => Promise<Subject>): () => Subject {
  let current: Subject | undefined;
  beforeEach(async () => {
    current = await setUp();
  });
  afterEach(async () => {
    await current?.destination.close();
    await current?.tearDown();
  });
  return () => {
    if (current === undefined) throw new Error('setUp has not run');
    return current;
  };
}

function frozen(batch: Batch): Batch {
  for (const record of batch.records) Object.freeze(record);
  Object.freeze(batch.records);
  Object.freeze(batch.json);
  return Object.freeze(batch);
}
