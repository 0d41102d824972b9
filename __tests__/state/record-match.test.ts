import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MessageRecord } from '../../src/fields/index.ts';
import { matcher } from '../../src/state/record-match.ts';
import { openStore } from '../../src/state/store.ts';
import type { RecordFilter } from '../../src/state/store-filter.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const PROJECTS = [
  '/home/dev/api',
  '/home/dev/api/web',
  '/home/dev/api2',
  'C:\\work\\über',
  '-home-dev-api',
  'api',
  '/srv/[a]b',
  '/srv/a*b',
  '/srv/a\nb',
  '/srv/😀',
  'a^-]b',
];

const records: MessageRecord[] = PROJECTS.map((project, index) =>
  recordOf(`r${index}`, {
    project,
    session_id: `s${index % 3}`,
    type: index % 2 === 0 ? 'user' : 'assistant',
    timestamp: `2026-05-0${(index % 4) + 1}T00:00:00.000Z`,
  }),
);
records.push({ id: 'bare', type: 'mode' });

const pattern = fc
  .array(
    fc.constantFrom('*', '?', '[', ']', '[^', '^', '-', 'a', 'b', 'api', '/', '\\', 'z-a', 'a-z', '😀', '.', 'ü'),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

function optional<Value>(values: readonly Value[]): fc.Arbitrary<Value | undefined> {
  return fc.option(fc.constantFrom(...values), { nil: undefined });
}

const filters: fc.Arbitrary<RecordFilter> = fc.record({
  since: optional(['2026-05-02T00:00:00.000Z', '2026-05-03T00:00:00.000Z']),
  until: optional(['2026-05-03T00:00:00.000Z', '2026-05-04T00:00:00.000Z']),
  sessions: optional([[], ['s1'], ['s0', 's2']]),
  types: optional([['user'], ['assistant', 'mode']]),
  project: fc.option(fc.oneof(pattern, fc.constantFrom(...PROJECTS, '/home/dev', 'über', 'C:\\work', '*api*')), {
    nil: undefined,
  }),
});

describe('a filter', () => {
  test('lets the same records pass as the embedded store does', () => {
    const store = openStore(join(makeTempDirectory(), 'records.db'));
    store.upsert(
      records,
      records.map((record) => JSON.stringify(record)),
    );
    try {
      fc.assert(
        fc.property(filters, (filter) => {
          const found = Array.from(store.export(filter), (json) => JSON.parse(json).id);
          expect(records.filter(matcher(filter)).map(({ id }) => id)).toEqual(found);
        }),
        { numRuns: 3_000 },
      );
    } finally {
      store.close();
    }
  });
});
