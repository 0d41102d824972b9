import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { captureGaps } from '../../src/health/gaps.ts';
import { findOrphans } from '../../src/state/store-gaps.ts';
import { openStore } from '../../src/state/store.ts';
import { fixtureCases, fixtureFiles } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');
const NOTHING = { unwritten: 0, damaged: 0, earlier: 0, deleted: 0, unseen: 0 };
const SINCE = { since: '2026-11-01T00:00:00.000Z', limit: 1_000_000 };

let folder: string;
let path: string;
beforeEach(() => {
  folder = makeTempDirectory();
  path = join(folder, 'records.db');
});

function store(records: readonly MessageRecord[]): void {
  const opened = openStore(path);
  opened.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
  opened.close();
}

/** The records of a case whose transcripts were copied to where they can be changed. */
function copied(name: string): { records: MessageRecord[]; files: string[] } {
  mkdirSync(join(folder, 'projects'));
  const files = fixtureFiles(name).map((file) => {
    const copy = join(folder, 'projects', basename(file.transcript.path));
    copyFileSync(file.transcript.path, copy);
    return { ...file, transcript: { ...file.transcript, path: copy } };
  });
  return { records: files.flatMap((file) => mapFile(file)), files: files.map(({ transcript }) => transcript.path) };
}

const lost = (records: readonly MessageRecord[], uuid: string) => records.filter((record) => record.uuid !== uuid);

/** The uuid of a line in the middle, which another one follows. */
function followed(records: readonly MessageRecord[]): string {
  const parents = records.flatMap(({ parent_uuid: parent }) => parent ?? []);
  return parents[Math.floor(parents.length / 2)] ?? '';
}

describe('a chain of lines', () => {
  test('has no gap in any case of the fixtures but what one client did not write: compaction, agents and forks included', () => {
    for (const name of fixtureCases()) {
      rmSync(path, { force: true });
      store(fixtureFiles(name).flatMap((file) => mapFile(file)));
      const { orphans } = findOrphans(path, SINCE);
      expect([name, orphans.length]).toEqual([name, name === '2.0.76-subagent' ? 4 : 0]);
    }
  });

  test('which that client did not write has no gap either', () => {
    store(copied('2.0.76-subagent').records);
    expect(captureGaps(path, NOW, 1_000)).toMatchObject({ gaps: 0, explained: { ...NOTHING, unwritten: 4 } });
  });

  test('without one of its lines has a gap, which is named', () => {
    const { records } = copied('2.1.329-tui');
    const uuid = followed(records);
    store(lost(records, uuid));
    const gaps = captureGaps(path, NOW, 1_000);
    expect(gaps).toMatchObject({ gaps: 1, examples: [uuid], explained: NOTHING });
    expect(gaps.checked).toBe(records.filter((record) => record.uuid !== undefined).length - 1);
  });

  test('whose line stands among older records has none', () => {
    store(copied('2.1.329-tui').records);
    const all = findOrphans(path, SINCE).checked;
    const { checked, orphans } = findOrphans(path, { ...SINCE, limit: 20 });
    expect(orphans).toEqual([]);
    expect(checked).toBeGreaterThan(0);
    expect(checked).toBeLessThan(all);
  });

  test('from before the thirty days is not looked at', () => {
    const { records } = copied('2.1.329-tui');
    store(lost(records, followed(records)));
    expect(captureGaps(path, new Date('2027-01-21T00:00:00.000Z'), 1_000)).toMatchObject({ checked: 0, gaps: 0 });
  });
});

describe('a line that is missing is explained', () => {
  test('by the place from which on the store has the transcript: it began later, or was purged', () => {
    const { records } = copied('2.1.329-tui');
    const uuid = followed(records);
    const at = records.find((record) => record.uuid === uuid)?.source_offset ?? 0;
    store(records.filter(({ source_offset: offset = 0 }) => offset > at));
    expect(captureGaps(path, NOW, 1_000)).toMatchObject({ gaps: 0, explained: { ...NOTHING, earlier: 1 } });
  });

  test('by a transcript that is gone', () => {
    const { records, files } = copied('2.1.329-tui');
    store(lost(records, followed(records)));
    for (const file of files) rmSync(file);
    expect(captureGaps(path, NOW, 1_000)).toMatchObject({ gaps: 0, explained: { ...NOTHING, deleted: 1 } });
  });

  test('by bytes of the same transcript that are no line', () => {
    const { records } = copied('2.1.329-tui');
    const uuid = followed(records);
    const file = records.find((record) => record.uuid === uuid)?.source_file ?? '';
    const lines = readFileSync(file, 'utf8').split('\n');
    const torn = lines.map((line) => (line.includes(`"uuid":"${uuid}"`) ? line.slice(0, 10) : line));
    writeFileSync(file, torn.join('\n'));
    const damaged = {
      ...records.find((record) => record.uuid === uuid),
      id: 'x',
      type: 'unparseable',
      uuid: undefined,
    };
    store([...lost(records, uuid), damaged]);
    expect(captureGaps(path, NOW, 1_000)).toMatchObject({ gaps: 0, explained: { ...NOTHING, damaged: 1 } });
  });
});
