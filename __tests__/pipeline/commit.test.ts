import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commit, type Ledger } from '../../src/pipeline/commit.ts';
import { countDeadLetters } from '../../src/state/dead-letters.ts';
import { openJournal, readJournal, type Journal } from '../../src/state/journal.ts';
import { batchOf } from '../helpers/destination-contract.ts';
import { cursorAt, recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');
const whole = new Map([
  ['/one', cursorAt(10)],
  ['/two', cursorAt(20)],
]);
/** Two lines: the first has the records a and b, the second has c. */
const batch = {
  ...batchOf('a', 'b', 'c'),
  prefix: (settled: number) => {
    if (settled === 3) return { records: 3, upTo: whole };
    return settled < 2 ? { records: 0, upTo: new Map() } : { records: 2, upTo: new Map([...whole].slice(0, 1)) };
  },
};
const all = { settled: 3, refused: [] };
const [, b = recordOf('b')] = batch.records;
const refused = { settled: 3, refused: [{ record: b, reason: 'status 400' }] };

let path: string;
let ledger: Ledger;
let journal: Journal;
beforeEach(() => {
  const directory = makeTempDirectory();
  path = join(directory, 'cursors.log');
  journal = openJournal(path);
  ledger = { destination: 'http', name: 'http', journal, deadLetters: join(directory, 'dead-letters'), now: NOW };
});
afterEach(() => {
  try {
    journal.close();
  } catch {
    // Closed by the test.
  }
});

describe('a commit', () => {
  test('moves every cursor of the batch at once, of its destination alone, and counts what was delivered', () => {
    commit(batch, all, ledger);
    const { cursor, tally } = readJournal(path);
    expect([cursor('http', '/one'), cursor('http', '/two')]).toEqual([cursorAt(10), cursorAt(20)]);
    expect(cursor('local', '/one')).toBeUndefined();
    expect(tally('http')).toEqual({ records: 3, refused: 0, lastDeliveredAt: NOW.toISOString() });
    expect(existsSync(ledger.deadLetters)).toBe(false);
  });

  test('counts lines of unknown kinds by client version, over several commits', () => {
    const strange = { unknown: true, client_version: '2.2.0', subtype: 'new' };
    const records = [recordOf('a', strange), recordOf('b', strange), recordOf('c', { unknown: true }), recordOf('d')];
    const prefix = (count: number) => ({ records: count, upTo: whole });
    commit({ ...batch, records, prefix }, { settled: 4, refused: [] }, ledger);
    commit({ ...batch, records, prefix }, { settled: 1, refused: [] }, ledger);
    expect(readJournal(path).tally('http')?.unknown).toEqual({ '2.2.0 user/new': 3, 'unknown user': 1 });
  });

  test('keeps what was refused, and passes it', () => {
    commit(batch, refused, ledger);
    const letter = JSON.parse(readFileSync(join(ledger.deadLetters, 'http.jsonl'), 'utf8'));
    expect(letter).toMatchObject({ at: NOW.toISOString(), reason: 'status 400', record: b });
    expect(readJournal(path).cursor('http', '/two')).toEqual(cursorAt(20));
    expect(readJournal(path).tally('http')).toMatchObject({ records: 2, refused: 1 });
  });

  test('of a part of a batch goes no further than the last line that is settled whole', () => {
    expect(commit(batch, { settled: 1, refused: [] }, ledger)).toEqual({ delivered: 0, refused: 0 });
    expect(readJournal(path).tally('http')).toBeUndefined();
    expect(commit(batch, { ...refused, settled: 2 }, ledger)).toEqual({ delivered: 1, refused: 1 });
    const { cursor } = readJournal(path);
    expect([cursor('http', '/one'), cursor('http', '/two')]).toEqual([cursorAt(10), undefined]);
  });

  test('ends the rest of its destination', () => {
    journal.setRest('http', { until: 1, failures: 1, reason: 'status 503' });
    commit(batch, all, ledger);
    expect(readJournal(path).rest('http')).toBeUndefined();
  });
});

describe('where a refused record cannot be kept', () => {
  test.each([
    ['the folder is a file', (): void => writeFileSync(ledger.deadLetters, '')],
    [
      'the disk is full',
      (): void => {
        mkdirSync(ledger.deadLetters);
        symlinkSync('/dev/full', join(ledger.deadLetters, 'http.jsonl'));
      },
    ],
  ])('since %s, the journal is not touched', (_title, prepare) => {
    prepare();
    const before = readFileSync(path);
    expect(() => commit(batch, refused, ledger)).toThrow();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(journal.cursor('http', '/one')).toBeUndefined();
    expect(journal.tally('http')).toBeUndefined();
  });
});

test('where the journal cannot be written, what was refused has been kept before, and no cursor moves', () => {
  journal.close();
  expect(() => commit(batch, refused, ledger)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  expect(countDeadLetters(ledger.deadLetters, 'http')).toBe(1);
  expect(journal.cursor('http', '/one')).toBeUndefined();
  expect(readJournal(path).cursor('http', '/one')).toBeUndefined();
});
