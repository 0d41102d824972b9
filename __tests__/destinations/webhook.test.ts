import { describe, expect, test } from '@jest/globals';
import { type Destination, unchecked } from '../../src/destinations/destination.ts';
import { encoder, webhook } from '../../src/destinations/webhook.ts';
import { fields } from '../../src/fields/index.ts';
import { batchOf, testRemoteDestinationContract } from '../helpers/destination-contract.ts';
import { startLoopbackServer, type Step } from '../helpers/loopback-server.ts';
import { mapFixture } from '../helpers/mapped.ts';

const KEY = 'hook-0123456789abcdef';
const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };
const never = new AbortController().signal;

const open = (options: object): Promise<Destination> => unchecked(webhook).open(options, surroundings);

const SHAPES = {
  array: (body: string) => JSON.parse(body),
  ndjson: (body: string) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  object: (body: string) => JSON.parse(body).records,
} satisfies { [shape: string]: (body: string) => { id: string }[] };

describe.each(Object.entries<(body: string) => { id: string }[]>(SHAPES))('in the shape %s', (shape, recordsIn) => {
  testRemoteDestinationContract(`webhook, ${shape}`, async () => {
    const server = await startLoopbackServer();
    return {
      destination: await open({ endpoint: `${server.url}/hook`, apiKey: KEY, timeoutMs: 500, shape }),
      server,
      secret: KEY,
      arrivedIds: async () => server.requests.flatMap(({ body }) => recordsIn(body).map(({ id }) => id)),
      tearDown: () => server.close(),
    };
  });
});

describe('a request', () => {
  test.each([
    [{}, 'POST', 'application/json', '[{"id":"a","type":"assistant"},{"id":"b","type":"assistant"}]'],
    [
      { method: 'PUT', shape: 'ndjson' },
      'PUT',
      'application/x-ndjson',
      '{"id":"a","type":"assistant"}\n{"id":"b","type":"assistant"}\n',
    ],
    [{ shape: 'object', fields: ['id'] }, 'POST', 'application/json', '{"records":[{"id":"a"},{"id":"b"}]}'],
    [
      { shape: 'object', member: 'events', members: ['team=web', 'env=a=b'], fields: ['type', 'id'] },
      'POST',
      'application/json',
      '{"team":"web","env":"a=b","events":[{"type":"assistant","id":"a"},{"type":"assistant","id":"b"}]}',
    ],
  ])('with %j', async (options, method, type, body) => {
    const server = await startLoopbackServer();
    const destination = await open({ endpoint: `${server.url}/hook`, ...options });
    await destination.deliver(batchOf('a', 'b'), never);
    await destination.close();
    await server.close();
    expect(server.requests).toMatchObject([{ method, path: '/hook', body, headers: { 'content-type': type } }]);
    expect(server.requests[0]?.headers).toMatchObject({ 'idempotency-key': 'batch-of-a-b' });
  });

  test.each<[string, Step, string]>([
    ['a word', { status: 200, body: 'ok\n' }, 'delivered'],
    ['JSON', { status: 202, body: '{"accepted":true}' }, 'delivered'],
    ['a web page', { status: 200, body: '<!doctype html>' }, 'retry'],
    ['a sentence', { status: 200, body: 'Please log in.' }, 'retry'],
  ])('is answered with %s', async (_title, step, kind) => {
    const server = await startLoopbackServer();
    server.script(step);
    const destination = await open({ endpoint: server.url });
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind });
    await destination.close();
    await server.close();
  });
});

describe('the fields', () => {
  const records = mapFixture('2.1.329-parallel');
  const json = records.map((record) => JSON.stringify(record));
  const ways = { shape: 'array', member: 'records' } as const;

  test('are all of them, as they go elsewhere, where none are asked for', () => {
    expect(encoder(ways)({ records, json })).toBe(`[${json.join(',')}]`);
  });

  test('are those that were asked for, in that order, where a record has them', () => {
    const asked = ['tool_names', 'id', 'incremental_cost_usd'];
    const rows: { id: string }[] = JSON.parse(encoder({ ...ways, fields: asked })({ records, json }));
    expect(rows.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
    const names = new Set(rows.map((row) => Object.keys(row).join()));
    expect(names).toEqual(new Set(['id', 'id,incremental_cost_usd', 'tool_names,id,incremental_cost_usd']));
    const bash = records.find(({ tool_names: tools }) => tools?.[0] === 'Bash');
    expect(rows).toContainEqual({ tool_names: ['Bash'], id: bash?.id, incremental_cost_usd: 0 });
  });

  test('can be each that the reference names', () => {
    const all = encoder({ ...ways, fields: Object.keys(fields) })({ records, json });
    expect(JSON.parse(all)).toEqual(JSON.parse(`[${json.join(',')}]`));
  });

  test.each([
    ['sesion_id', 'records have no field "sesion_id". Did you mean "session_id"?'],
    ['toString', 'records have no field "toString".'],
    ['nothing like it', 'records have no field "nothing like it".'],
  ])('cannot be %s', async (name, words) => {
    await expect(open({ endpoint: 'http://127.0.0.1:9', fields: ['id', name] })).rejects.toThrow(words);
  });
});

test.each([
  [{ members: ['team=web'] }, 'a body of the shape array has no members'],
  [{ shape: 'object', members: ['team'] }, 'each is to be written as name=text'],
  [{ shape: 'object', members: ['records=web'] }, '"records" holds the records'],
  [{ shape: 'object', members: ['a=1', 'a=2'] }, 'one name comes twice'],
  [{ shape: 'xml' }, '"shape" must be array or ndjson or object'],
])('is not opened with %j', async (options, words) => {
  await expect(open({ endpoint: 'http://127.0.0.1:9', ...options })).rejects.toThrow(words);
});
