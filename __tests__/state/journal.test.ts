import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { emptyContext } from '../../src/fields/index.ts';
import { decodeFacts, encodeFact, type Fact } from '../../src/state/facts.ts';
import { openJournal, readJournal, type Journal } from '../../src/state/journal.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit, startChild } from '../helpers/child.ts';
import { cursorAt } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');
const REST = { until: 1_795_000_000_000, failures: 3, reason: 'the server answered 503' };

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'cursors.log');
});

/** Opens the journal, does something with it, closes it. */
function withJournal(act: (journal: Journal) => void, now = 0): void {
  const journal = openJournal(path, now);
  try {
    act(journal);
  } finally {
    journal.close();
  }
}

function commitTo(journal: Journal, destination: string, offsets: { [path: string]: number }): void {
  const upTo = new Map(Object.entries(offsets).map(([file, offset]) => [file, cursorAt(offset)]));
  journal.commit(destination, { upTo, records: 2, refused: 1, at: NOW });
}

function offsetOf(file: string, destination = 'local'): number | undefined {
  return readJournal(path).cursor(destination, file)?.offset;
}

function facts(): Fact[] {
  return [...decodeFacts(readFileSync(path, 'utf8'))];
}

describe('what is written is there when it is read again', () => {
  test('cursors, whole, by destination and path', () => {
    const cursor = cursorAt(4711, { ...emptyContext, last: { project: '/home/dev/ä|\n"', gitBranch: 'main' } });
    withJournal((journal) => {
      journal.commit('local', { upTo: new Map([['/a', cursor]]), records: 1, refused: 0, at: NOW });
      expect(journal.cursor('local', '/a')).toEqual(cursor);
    });
    expect(readJournal(path).cursor('local', '/a')).toEqual(cursor);
    expect(readJournal(path).cursor('local', '/b')).toBeUndefined();
    expect(readJournal(path).cursor('http', '/a')).toBeUndefined();
  });

  test('the newest cursor of a file, be it a lower one, and those of the files of other batches', () => {
    withJournal((journal) => {
      commitTo(journal, 'local', { '/a': 10, '/b': 20 });
      commitTo(journal, 'local', { '/a': 30 });
    });
    withJournal((journal) => commitTo(journal, 'local', { '/b': 5 }));
    expect([offsetOf('/a'), offsetOf('/b')]).toEqual([30, 5]);
  });

  test('tallies, added up over runs', () => {
    withJournal((journal) => commitTo(journal, 'local', { '/a': 10 }));
    withJournal((journal) => commitTo(journal, 'local', { '/a': 20 }));
    expect(readJournal(path).tally('local')).toEqual({ records: 4, refused: 2, lastDeliveredAt: NOW.toISOString() });
    expect(readJournal(path).tally('http')).toBeUndefined();
  });

  test('a rest, until it is lifted or something is delivered', () => {
    withJournal((journal) => {
      for (const destination of ['lifted', 'delivered', 'resting']) journal.setRest(destination, REST);
      journal.setRest('lifted', undefined);
      commitTo(journal, 'delivered', { '/a': 1 });
    });
    const { rest } = readJournal(path);
    expect([rest('lifted'), rest('delivered'), rest('resting')]).toEqual([undefined, undefined, REST]);
  });

  test('an intent, until something is delivered, and across a compaction', () => {
    const intent = { id: 'batch', records: 5, parts: [{ path: '/ä|\n', from: 10, to: 4_711 }] };
    withJournal((journal) => journal.intend('local', intent));
    expect(readJournal(path).intent('local')).toEqual(intent);
    expect(readJournal(path).intent('http')).toBeUndefined();
    withJournal((journal) => journal.commit('local', { upTo: new Map(), records: 0, refused: 0, at: NOW }));
    expect(readJournal(path).intent('local')).toEqual(intent);
    withJournal((journal) => commitTo(journal, 'local', { '/a': 1 }));
    expect(readJournal(path).intent('local')).toBeUndefined();
  });

  test('how much a destination takes at once', () => {
    const capacity = { maxBytes: 20_000, at: NOW.toISOString() };
    withJournal((journal) => journal.setCapacity('http', capacity));
    expect(readJournal(path).capacity('http')).toEqual(capacity);
  });

  test('when the cursors were compared with their files', () => {
    withJournal((journal) => journal.setVerified('http', NOW));
    expect(readJournal(path).verifiedAt('http')).toBe(NOW.toISOString());
  });

  test('nothing of a destination that was forgotten', () => {
    withJournal((journal) => {
      for (const destination of ['http', 'local']) commitTo(journal, destination, { '/a': 10 });
      journal.setRest('http', REST);
      journal.forget('http');
    });
    const { rest, tally } = readJournal(path);
    expect([offsetOf('/a', 'http'), rest('http'), tally('http')]).toEqual([undefined, undefined, undefined]);
    expect(offsetOf('/a')).toBe(10);
  });

  test('cursors of lines that are not for the destination, which is not delivered to thereby', () => {
    withJournal((journal) => {
      journal.setRest('http', REST);
      journal.commit('http', { upTo: new Map([['/a', cursorAt(7)]]), records: 0, refused: 0, at: NOW });
    });
    const { rest, tally } = readJournal(path);
    expect([offsetOf('/a', 'http'), rest('http'), tally('http')]).toEqual([7, REST, undefined]);
  });

  test('an intent moves nothing', () => {
    withJournal((journal) => {
      commitTo(journal, 'local', { '/a': 10 });
      journal.setRest('local', REST);
      journal.intend('local', { id: 'batch', records: 5, parts: [] });
    });
    expect([offsetOf('/a'), readJournal(path).rest('local')]).toEqual([10, REST]);
    expect(readJournal(path).tally('local')?.records).toBe(2);
  });
});

describe('the file', () => {
  test('is made by opening it, for its owner alone, and not by reading it', () => {
    expect(readJournal(path).cursor('local', '/a')).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    withJournal(() => {});
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(facts()).toEqual([{ k: 'hdr', v: 1 }]);
  });

  test('gets its header once, also where a full disk had cut it off', () => {
    writeFileSync(path, '\n{"k":"h');
    withJournal(() => {});
    withJournal(() => {});
    expect(facts()).toEqual([{ k: 'hdr', v: 1 }]);
  });
});

describe('a journal cut at any byte', () => {
  const offsets = [10, 200, 3_000, 40_000];
  /** Bytes of the file after each commit; the cursor of `/a` is that of the last whole one. */
  function writeCommits(): { bytes: Buffer; ends: number[] } {
    const ends: number[] = [];
    withJournal((journal) => {
      for (const offset of offsets) {
        journal.intend('local', { id: 'batch', records: 1, parts: [] });
        commitTo(journal, 'local', { '/a': offset, '/b/ü': offset });
        ends.push(statSync(path).size);
        journal.setRest('http', REST);
      }
    });
    return { bytes: readFileSync(path), ends };
  }

  test('has the cursors of the commits before the cut, and never one beyond', () => {
    const { bytes, ends } = writeCommits();
    for (let length = 0; length <= bytes.length; length += 1) {
      writeFileSync(path, bytes.subarray(0, length));
      const known = offsets[ends.filter((end) => end <= length).length - 1];
      expect([length, offsetOf('/a'), offsetOf('/b/ü')]).toEqual([length, known, known]);
    }
  });

  test('takes the next commit, which the torn fact does not swallow', () => {
    const { bytes } = writeCommits();
    for (let length = 0; length <= bytes.length; length += 1) {
      writeFileSync(path, bytes.subarray(0, length));
      withJournal((journal) => commitTo(journal, 'local', { '/a': 77 }));
      expect([length, offsetOf('/a')]).toEqual([length, 77]);
    }
  });

  test('or with a bit flipped has only cursors that were committed', () => {
    const { bytes } = writeCommits();
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << (at & 7)), at);
      writeFileSync(path, damaged);
      expect([undefined, ...offsets]).toContain(offsetOf('/a'));
    }
  });
});

describe('a journal that holds something else is an empty one, and works', () => {
  test.each([
    ['nothing', ''],
    ['NULs', '\0'.repeat(8192)],
    ['garbage', Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 89 + 7) & 0xff))],
    ['an empty list', '[]'],
    ['JSON of another program', '{"version":1}'],
    ['an empty line with the checksum of one', '|00000000\n'],
  ])('%s', (_title, content) => {
    writeFileSync(path, content);
    withJournal((journal) => {
      expect(journal.cursor('local', '/a')).toBeUndefined();
      commitTo(journal, 'local', { '/a': 10 });
    });
    expect(offsetOf('/a')).toBe(10);
  });

  test('what stands before and after the damage still counts', () => {
    withJournal((journal) => commitTo(journal, 'local', { '/a': 10 }));
    appendFileSync(path, `\n${'\0'.repeat(100)}`);
    withJournal((journal) => commitTo(journal, 'local', { '/b': 20 }));
    expect([offsetOf('/a'), offsetOf('/b')]).toEqual([10, 20]);
  });
});

describe('a journal of a newer version', () => {
  test.each([
    ['with its header in front', '', ''],
    ['with its header after damage', '\0\0\0 garbage', ''],
    [
      'large enough to be compacted',
      '',
      encodeFact({ k: 'i', d: 'local', id: 'x'.repeat(1000), n: 1, p: [] }).repeat(2000),
    ],
  ])('%s is refused in words for people, and not one byte of it changes', (_title, before, after) => {
    const content = `${before}${encodeFact({ k: 'hdr', v: 999 })}${encodeFact({ k: 'b', d: 'local', rest: REST })}${after}`;
    writeFileSync(path, content);
    const { mtimeMs, ino } = statSync(path);
    expect(() => openJournal(path)).toThrow(UserError);
    expect(() => readJournal(path)).toThrow(/newer stopwire, so nothing is sent/);
    expect(readFileSync(path, 'utf8')).toBe(content);
    expect(statSync(path)).toMatchObject({ mtimeMs, ino });
    expect(readdirSync(directory)).toEqual(['cursors.log']);
  });
});

describe('compaction', () => {
  /** A journal in which most facts are out of date. */
  function fill(): void {
    withJournal((journal) => {
      for (let round = 0; round < 3_000; round += 1) {
        journal.intend('local', { id: 'x'.repeat(100), records: 1, parts: [] });
        commitTo(journal, 'local', { [`/file-${round % 20}`]: round });
      }
      commitTo(journal, 'rested', { '/a': 10 });
      journal.setRest('rested', REST);
      journal.setRest('only-rested', { ...REST, failures: 9 });
      journal.setRest('woken', REST);
      journal.setRest('woken', undefined);
      journal.intend('rested', { id: 'sent', records: 2, parts: [{ path: '/a', from: 10, to: 20 }] });
      journal.setVerified('rested', NOW);
      journal.setCapacity('rested', { maxBytes: 1_024, at: NOW.toISOString() });
    });
  }

  /** Everything a journal answers. */
  function answers(): unknown {
    const { cursor, rest, tally, intent, capacity, verifiedAt } = readJournal(path);
    const files = ['/a', ...Array.from({ length: 20 }, (_, index) => `/file-${index}`)];
    return ['local', 'rested', 'only-rested', 'woken', 'unknown'].map((destination) => ({
      destination,
      rest: rest(destination),
      tally: tally(destination),
      intent: intent(destination),
      capacity: capacity(destination),
      verifiedAt: verifiedAt(destination),
      cursors: files.map((file) => cursor(destination, file)),
    }));
  }

  test('keeps exactly what is in force, in a file of its size, for its owner alone', () => {
    fill();
    const before = answers();
    const { size } = statSync(path);
    expect(size).toBeGreaterThan(1_048_576);
    withJournal(() => {});
    expect(answers()).toEqual(before);
    expect(statSync(path).size).toBeLessThan(size / 100);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['cursors.log']);
  });

  test('drops the cursors of files that have been gone for a week, and no others', () => {
    fill();
    const here = join(directory, 'here.jsonl');
    writeFileSync(here, '');
    const { mtimeMs } = cursorAt(1);
    withJournal((journal) => commitTo(journal, 'local', { [here]: 5 }));
    fill();
    withJournal(() => {}, mtimeMs + 6 * 86_400_000);
    expect(offsetOf('/file-0')).toBeDefined();
    fill();
    withJournal(() => {}, mtimeMs + 8 * 86_400_000);
    expect([offsetOf('/file-0'), offsetOf(here)]).toEqual([undefined, 5]);
    expect(readJournal(path).tally('local')?.records).toBeGreaterThan(9_000);
  });

  test('is followed by commits to the new file', () => {
    fill();
    withJournal((journal) => commitTo(journal, 'local', { '/file-0': 77_777 }));
    expect(offsetOf('/file-0')).toBe(77_777);
    expect(readJournal(path).tally('local')?.records).toBe(6_002);
  });

  test('leaves each cursor in a fact of its own: damage to one costs no other', () => {
    fill();
    withJournal(() => {});
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.indexOf('/file-7"')) ^ 1, bytes.indexOf('/file-7"'));
    writeFileSync(path, bytes);
    const lost = Array.from({ length: 20 }, (_, index) => `/file-${index}`).filter(
      (file) => offsetOf(file) === undefined,
    );
    expect(lost).toEqual(['/file-7']);
  });

  test.each([
    ['a small journal', { commits: 1_000, files: 10 }, false],
    ['a large one that is mostly in force', { commits: 10_000, files: 5_000 }, true],
  ])('leaves %s as it is', (_title, { commits, files }, isLarge) => {
    withJournal((journal) => {
      for (let round = 0; round < commits; round += 1)
        commitTo(journal, 'local', { [`/file-${round % files}`]: round });
    });
    const before = readFileSync(path);
    expect(before.length > 1_048_576).toBe(isLarge);
    withJournal(() => {});
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('more than one process, or a disk that refuses', () => {
  let journalModule: string;
  beforeEach(async () => {
    journalModule = JSON.stringify(await bundle('state/journal.ts', makeTempDirectory()));
  });

  test('twenty processes that append at once tear no fact of each other', async () => {
    const children = Array.from({ length: 20 }, (_, number) =>
      startChild(`
        import { openJournal } from ${journalModule};
        const journal = openJournal(${JSON.stringify(path)});
        process.once('message', () => {
          for (let offset = 1; offset <= 100; offset += 1) {
            const anchor = { length: 1, hash: 'x'.repeat(offset * 7) };
            const cursor = { offset, head: anchor, tail: anchor, size: offset, mtimeMs: 0, resume: { offset, context: { version: 1 } } };
            journal.commit('${number}', { upTo: new Map([['/a', cursor]]), records: 1, refused: 0, at: new Date() });
          }
          journal.close();
          process.disconnect();
        });
        process.send('ready');
      `),
    );
    await Promise.all(children.map((child) => child.next()));
    for (const child of children) child.send('go');
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(children.map(() => 0));
    expect(facts().filter(({ k }) => k === 'c')).toHaveLength(2_000);
    for (const number of children.keys()) {
      expect(offsetOf('/a', `${number}`)).toBe(100);
      expect(readJournal(path).tally(`${number}`)?.records).toBe(100);
    }
  });

  test('a commit that cannot be written throws, and the cursor stays, in memory and in the file', async () => {
    withJournal((journal) => commitTo(journal, 'local', { '/a': 1 }));
    const printed = await runWithFileLimit(
      4,
      `
        import { openJournal } from ${journalModule};
        const journal = openJournal(${JSON.stringify(path)});
        const cursor = (offset) => {
          const anchor = { length: 1, hash: 'x'.repeat(40) };
          return { offset, head: anchor, tail: anchor, size: offset, mtimeMs: 0, resume: { offset, context: { version: 1 } } };
        };
        let committed = 1;
        const outcomes = [];
        for (let offset = 2; outcomes.length < 3; offset += 1) {
          try {
            const upTo = new Map([['/a', cursor(offset)]]);
            journal.commit('local', { upTo, records: 1, refused: 0, at: new Date() });
            committed = offset;
          } catch (error) {
            outcomes.push(error.code);
          }
        }
        try { journal.intend('local', { id: 'batch', records: 1, parts: [] }); } catch (error) { outcomes.push(error.code); }
        try { journal.setRest('local', { until: 1, failures: 1, reason: '' }); } catch (error) { outcomes.push(error.code); }
        console.log(JSON.stringify({
          outcomes, committed, remembered: journal.cursor('local', '/a').offset,
          records: journal.tally('local').records, rest: journal.rest('local'),
        }));
      `,
    );
    const { outcomes, committed, remembered, records, rest } = JSON.parse(printed);
    expect(outcomes).toEqual(Array(5).fill('EFBIG'));
    expect(committed).toBeGreaterThan(1);
    expect({ remembered, records, rest }).toEqual({ remembered: committed, records: committed + 1, rest: undefined });
    expect(offsetOf('/a')).toBe(committed);
    withJournal((journal) => commitTo(journal, 'local', { '/a': 9_999 }));
    expect(offsetOf('/a')).toBe(9_999);
  });
});
