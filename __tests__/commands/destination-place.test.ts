import { describe, expect, test } from '@jest/globals';
import { declarationsOf, isSamePlace, whereOf, withPlaced } from '../../src/commands/destination-place.ts';
import { emptyConfig, type ConfiguredDestination } from '../../src/config.ts';

const storePath = '/data/records.db';

function one(kind: string, options: object, more: object = {}): ConfiguredDestination {
  return { name: kind, kind, redaction: 'none', options: { ...options }, ...more };
}

describe('where a destination is', () => {
  test.each([
    [one('http', { endpoint: 'https://x.test:8443/v1?token=sk-1#sk-2' }), 'https://x.test:8443/v1'],
    [one('http', { endpoint: 'https://me:sk-1@x.test/v1' }), 'https://x.test/v1'],
    [one('file', { path: '/a/b.ndjson' }), '/a/b.ndjson'],
    [one('local', {}), storePath],
    [one('local', { path: '/x.db' }), '/x.db'],
    [one('later', { endpoint: 'https://x.test/' }), ''],
  ])('%j: %s', async (destination, where) => {
    expect(whereOf(destination, await declarationsOf([destination]), { storePath })).toBe(where);
  });
});

describe('the same place', () => {
  const http = (options: object): ConfiguredDestination => one('http', { endpoint: 'https://x.test/v1', ...options });
  test.each<[string, ConfiguredDestination, ConfiguredDestination, boolean]>([
    ['another key and limit', http({ apiKey: 'a' }), http({ apiKey: 'b', maxRecords: 1 }), true],
    ['another path', http({}), http({ endpoint: 'https://x.test/v2' }), false],
    ['another query', http({}), http({ endpoint: 'https://x.test/v1?team=b' }), false],
    ['another kind', one('file', { path: '/a' }), one('local', { path: '/a' }), false],
    ['another file', one('file', { path: '/a' }), one('file', { path: '/b' }), false],
    ['the store by default, and by name', one('local', {}), one('local', { path: '/x.db' }), false],
  ])('%s', async (_title, a, b, expected) => {
    const known = await declarationsOf([a, b]);
    expect([isSamePlace(a, b, known), isSamePlace(b, a, known)]).toEqual([expected, expected]);
  });

  test('keeps where it began, its pause and what other versions noted; another place has none of it', async () => {
    const old = { ...http({ apiKey: 'a' }), since: '2026-01-01T00:00:00.000Z', paused: true as const, color: 'red' };
    const config = { ...emptyConfig(), destinations: [old] };
    const known = await declarationsOf([old]);
    const mended = { ...http({ apiKey: 'b' }), redaction: 'content', since: '2026-11-01T00:00:00.000Z' };
    expect(withPlaced(config, mended, known).destinations).toEqual([
      { ...old, redaction: 'content', options: mended.options },
    ]);
    const elsewhere = { ...mended, options: { endpoint: 'https://y.test/' } };
    expect(withPlaced(config, elsewhere, known).destinations).toEqual([elsewhere]);
  });

  test('how secrets and hidden text are treated is as it is given now, as the level is', async () => {
    const old = one('local', {}, { maskSecrets: false, paused: true });
    const known = await declarationsOf([old]);
    const config = { ...emptyConfig(), destinations: [old] };
    const [hashed] = withPlaced(config, one('local', {}, { redaction: 'content', hash: true }), known).destinations;
    expect(hashed).toEqual(one('local', {}, { redaction: 'content', hash: true, paused: true }));
    const [plain] = withPlaced(config, one('local', {}), known).destinations;
    expect(plain).toEqual(one('local', {}, { paused: true }));
  });
});
