import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RecordFilter } from '../../src/state/store-filter.ts';
import { openStore, type Store } from '../../src/state/store.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const RECORDS = [
  recordOf('a', { session_id: 's1', timestamp: '2026-05-01T00:00:00.000Z', project: '/home/dev/api' }),
  recordOf('b', { session_id: 's2', timestamp: '2026-05-02T00:00:00.000Z', project: '/home/dev/api/web' }),
  recordOf('c', { session_id: 's1', timestamp: '2026-05-03T00:00:00Z', type: 'assistant', project: '/home/dev/api2' }),
  recordOf('d', { session_id: "s'3", project: 'C:\\work\\über' }),
  recordOf('e', { session_id: 's4', timestamp: '2026-04-01T00:00:00.000Z', type: 'system' }),
  recordOf('f', { session_id: 's4', type: 'mode', project: '-home-dev-api' }),
];

let store: Store;
beforeEach(() => {
  store = openStore(join(makeTempDirectory(), 'records.db'));
  store.upsert(
    RECORDS,
    RECORDS.map((record) => JSON.stringify(record)),
  );
});
afterEach(() => store.close());

const found = (filter: RecordFilter): string =>
  Array.from(store.export(filter), (json) => String(JSON.parse(json).id)).join('');

test.each<[string, RecordFilter, string]>([
  ['nothing', {}, 'abcdef'],
  ['undefined conditions', { since: undefined, sessions: undefined, project: undefined }, 'abcdef'],
  ['the first moment', { since: '2026-05-02T00:00:00.000Z' }, 'bc'],
  ['the moment after the last', { until: '2026-05-02T00:00:00.000Z' }, 'ae'],
  ['both ends', { since: '2026-05-01T00:00:00.000Z', until: '2026-05-03T00:00:00.000Z' }, 'ab'],
  ['a session', { sessions: ['s1'] }, 'ac'],
  ['sessions, one of which has a quote in its name', { sessions: ['s2', "s'3"] }, 'bd'],
  ['a session that there is not', { sessions: ["' OR 1=1 --"] }, ''],
  ['no session at all', { sessions: [] }, ''],
  ['types', { types: ['assistant', 'system'] }, 'ce'],
  [
    'a directory, with what is below it or came before it was named, and not what is beside it',
    { project: '/home/dev/api' },
    'abf',
  ],
  ['a directory above', { project: '/home/dev' }, 'abc'],
  ['the name of a project', { project: 'api' }, 'a'],
  ['the name of a project on Windows', { project: 'über' }, 'd'],
  ['a directory on Windows', { project: 'C:\\work' }, 'd'],
  ['a pattern', { project: '*api?' }, 'c'],
  ['all conditions at once', { sessions: ['s1'], types: ['user'], project: 'api' }, 'a'],
])('%s select records in the order of their arrival', (_, filter, ids) => {
  expect(found(filter)).toBe(ids);
});
