import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Refused } from '../../src/state/dead-letter.ts';
import {
  countDeadLetters,
  deadLetterDestinations,
  keepDeadLetters,
  readDeadLetters,
  removeDeadLetters,
  reviseDeadLetters,
  summariseDeadLetters,
} from '../../src/state/dead-letters.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit } from '../helpers/child.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');
const LATER = new Date('2026-11-21T05:00:00.000Z');

let directory: string;
beforeEach(() => {
  directory = join(makeTempDirectory(), 'dead-letters');
});

function refusal(id: string, text?: string): Refused {
  return { record: recordOf(id, { text }), reason: 'status 400' };
}

/** Keeps records of about one KiB each, one after the other. */
function keepEach(ids: readonly string[], maxBytes: number): void {
  for (const id of ids) keepDeadLetters(directory, 'http', [refusal(id, 'x'.repeat(900))], NOW, { maxBytes });
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `r${String(index).padStart(3, '0')}`);
}

function idsOf(destination: string): string[] {
  return Array.from(readDeadLetters(directory, destination), ({ record }) => record.id);
}

function fileOf(destination: string): string {
  return join(directory, `${destination}.jsonl`);
}

function linesOf(destination: string): string[] {
  return readFileSync(fileOf(destination), 'utf8').split('\n');
}

describe('dead letters', () => {
  test('are kept one a line, whole, with an id, the time, the reason and where they are from', () => {
    const from = { source_file: '/projects/a.jsonl', source_offset: 120, line_bytes: 80 };
    const record = recordOf('a', { text: 'two\nlines', ...from });
    keepDeadLetters(directory, 'http', [{ record, reason: 'status 400', batch: 'b1' }, refusal('b')], NOW);
    keepDeadLetters(directory, 'http', [refusal('c')], NOW);
    const [a, b, c, end] = linesOf('http');
    expect(JSON.parse(a ?? '')).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      at: NOW.toISOString(),
      reason: 'status 400',
      from: { file: '/projects/a.jsonl', start: 120, end: 200 },
      batch: 'b1',
      record,
    });
    expect([JSON.parse(b ?? '').record.id, JSON.parse(c ?? '').record.id, end]).toEqual(['b', 'c', '']);
    expect(Array.from(readDeadLetters(directory, 'http'))).toEqual([a, b, c].map((line) => JSON.parse(line ?? '')));
  });

  test('have an id that stays and that no other destination uses', () => {
    const idAt = (destination: string): string | undefined => {
      keepDeadLetters(directory, destination, [refusal('a')], NOW);
      return [...readDeadLetters(directory, destination)][0]?.id;
    };
    expect(idAt('http')).toBe(idAt('http'));
    expect(idAt('http')).not.toBe(idAt('other'));
  });

  test('are counted by destination, without making anything', () => {
    expect(countDeadLetters(directory, 'http')).toBe(0);
    expect(deadLetterDestinations(directory)).toEqual([]);
    expect(existsSync(directory)).toBe(false);
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    keepDeadLetters(directory, 'file', [refusal('a')], NOW);
    expect([countDeadLetters(directory, 'http'), countDeadLetters(directory, 'file')]).toEqual([2, 1]);
    expect(deadLetterDestinations(directory)).toEqual(['file', 'http']);
  });

  test('are for their owner alone, also after a rewrite', () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf('http')).mode & 0o777).toBe(0o600);
    reviseDeadLetters(directory, 'http', (letter) => letter);
    expect(statSync(fileOf('http')).mode & 0o777).toBe(0o600);
  });

  test.each([
    '../../escape',
    '/etc/passwd',
    '..',
    '.',
    'two words',
    'a\0b',
    'Größe',
    'C:\\x',
    'x.jsonl',
    '%',
    '\ud800',
  ])('of a destination named %p stay in their folder, under that name', (name) => {
    keepDeadLetters(directory, name, [refusal('a')], NOW);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(statSync(join(directory, readdirSync(directory)[0] ?? '')).isFile()).toBe(true);
    expect(countDeadLetters(directory, name)).toBe(1);
    expect(deadLetterDestinations(directory)).toEqual([name.toWellFormed()]);
  });

  test('that are refused again are there once, as they were refused last', () => {
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    keepDeadLetters(directory, 'http', [{ ...refusal('a'), reason: 'status 422' }], LATER);
    expect(Array.from(readDeadLetters(directory, 'http'))).toMatchObject([
      { record: { id: 'b' }, at: NOW.toISOString() },
      { record: { id: 'a' }, at: LATER.toISOString(), reason: 'status 422' },
    ]);
    expect(summariseDeadLetters(directory, 'http')).toEqual({ letters: 2, evicted: 0, damaged: 0 });
  });

  test.each([
    ['no JSON', '{"id":"torn'],
    ['no object', '[1]'],
    ['a letter without its record', '{"id":"x","at":"2026-11-21T04:00:00.000Z","reason":"status 400"}'],
    ['a record without an id', '{"at":"2026-11-21T04:00:00.000Z","record":{"type":"user"}}'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
  ])('are read around a line that is %s, which is counted', (_title, line) => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    appendFileSync(fileOf('http'), line);
    keepDeadLetters(directory, 'http', [refusal('b')], NOW);
    appendFileSync(fileOf('http'), '\n\n');
    expect(idsOf('http')).toEqual(['a', 'b']);
    expect(summariseDeadLetters(directory, 'http')).toEqual({ letters: 2, evicted: 0, damaged: 1 });
  });

  test('longer than what is read at once are read whole', () => {
    const texts = [1, 262_143, 262_144, 262_145, 3_000_000].map((length) => 'ü'.repeat(length));
    keepDeadLetters(
      directory,
      'http',
      texts.map((text, index) => refusal(`r${index}`, text)),
      NOW,
    );
    const found = Array.from(readDeadLetters(directory, 'http'), ({ record }) => record.text);
    expect(found.map((text, index) => text === texts[index])).toEqual(texts.map(() => true));
  });
});

describe('a revision', () => {
  test('changes and removes letters, and damaged lines go with it', () => {
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b'), refusal('c')], NOW);
    appendFileSync(fileOf('http'), 'torn\n');
    reviseDeadLetters(directory, 'http', (letter) => {
      if (letter.record.id === 'b') return undefined;
      return letter.record.id === 'c' ? { ...letter, reason: 'status 422' } : letter;
    });
    expect(Array.from(readDeadLetters(directory, 'http'))).toMatchObject([
      { record: { id: 'a' }, reason: 'status 400' },
      { record: { id: 'c' }, reason: 'status 422' },
    ]);
    expect(summariseDeadLetters(directory, 'http').damaged).toBe(0);
    expect(readdirSync(directory)).toEqual(['http.jsonl']);
  });

  test('that removes them all removes the file', () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    reviseDeadLetters(directory, 'http', () => undefined);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that fails leaves every letter there', () => {
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => reviseDeadLetters(directory, 'http', fail)).toThrow('no');
    expect(idsOf('http')).toEqual(['a', 'b']);
    expect(deadLetterDestinations(directory)).toEqual(['http']);
    keepDeadLetters(directory, 'http', [refusal('c')], NOW);
    expect(idsOf('http')).toEqual(['a', 'b', 'c']);
    reviseDeadLetters(directory, 'http', (letter) => letter);
    expect([idsOf('http'), readdirSync(directory)]).toEqual([['a', 'b', 'c'], ['http.jsonl']]);
  });

  test('does not lose what another process appends meanwhile', () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    reviseDeadLetters(directory, 'http', (letter) => {
      keepDeadLetters(directory, 'http', [refusal('b')], LATER);
      return letter;
    });
    expect(idsOf('http').toSorted()).toEqual(['a', 'b']);
    expect(readdirSync(directory)).toEqual(['http.jsonl']);
  });

  test('forgets how many were evicted only where all of the destination is removed', () => {
    keepEach(numbered(12), 8_000);
    const { evicted } = summariseDeadLetters(directory, 'http');
    reviseDeadLetters(directory, 'http', () => undefined);
    expect(summariseDeadLetters(directory, 'http')).toEqual({ letters: 0, evicted, damaged: 0 });
    expect(evicted).toBeGreaterThan(0);
    removeDeadLetters(directory, 'http');
    expect(summariseDeadLetters(directory, 'http').evicted).toBe(0);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('the quota', () => {
  test('is kept: the oldest go, and are counted', () => {
    const ids = numbered(100);
    for (const [index, id] of ids.entries()) {
      keepEach([id], 20_000);
      expect(statSync(fileOf('http')).size).toBeLessThanOrEqual(20_000);
      const { letters, evicted } = summariseDeadLetters(directory, 'http');
      expect(letters + evicted).toBe(index + 1);
      expect(idsOf('http')).toEqual(ids.slice(evicted, index + 1));
    }
    expect(countDeadLetters(directory, 'http')).toBeGreaterThan(10);
  });

  test('does not count what was only there twice', () => {
    keepEach(
      Array.from({ length: 50 }, () => 'a'),
      5_000,
    );
    expect(summariseDeadLetters(directory, 'http')).toEqual({ letters: 1, evicted: 0, damaged: 0 });
  });

  test('never keeps out the letter that is new', () => {
    keepEach(['a', 'b'], 5_000);
    keepDeadLetters(directory, 'http', [refusal('giant', 'x'.repeat(9_000))], NOW, { maxBytes: 5_000 });
    expect(idsOf('http')).toEqual(['giant']);
    keepEach(['c'], 5_000);
    expect(idsOf('http')).toEqual(['c']);
    expect(summariseDeadLetters(directory, 'http').evicted).toBe(3);
  });

  test('is of each destination alone', () => {
    keepDeadLetters(directory, 'file', [refusal('a')], NOW);
    keepEach(numbered(30), 8_000);
    expect(summariseDeadLetters(directory, 'file')).toEqual({ letters: 1, evicted: 0, damaged: 0 });
  });
});

describe('what a rewrite that was cut off has left', () => {
  const ASIDE = `${'0'.repeat(28)}.old`;

  test('counts, with what came later', () => {
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    renameSync(fileOf('http'), `${fileOf('http')}.${ASIDE}`);
    expect([idsOf('http'), deadLetterDestinations(directory)]).toEqual([['a', 'b'], ['http']]);
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('c')], LATER);
    expect(idsOf('http')).toEqual(['b', 'a', 'c']);
  });

  test('does not count once its letters have been taken over', () => {
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    renameSync(fileOf('http'), `${fileOf('http')}.${ASIDE}`);
    keepDeadLetters(directory, 'http', [refusal('b')], NOW);
    appendFileSync(fileOf('http'), `${JSON.stringify({ evicted: 1, done: [`http.jsonl.${ASIDE}`] })}\n`);
    expect(idsOf('http')).toEqual(['b']);
    expect(summariseDeadLetters(directory, 'http')).toEqual({ letters: 1, evicted: 1, damaged: 0 });
  });

  test('is removed by the next one, whatever it was', () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    writeFileSync(`${fileOf('http')}.${'1'.repeat(28)}.tmp`, '{"id":"half');
    renameSync(fileOf('http'), `${fileOf('http')}.${ASIDE}`);
    writeFileSync(join(directory, 'http.jsonl.mine.old'), 'not ours');
    reviseDeadLetters(directory, 'http', (letter) => letter);
    expect(readdirSync(directory).toSorted()).toEqual(['http.jsonl', 'http.jsonl.mine.old']);
    expect(idsOf('http')).toEqual(['a']);
  });
});

describe('what cannot be kept is an error', () => {
  test('where the folder is a file', () => {
    writeFileSync(directory, '');
    expect(() => keepDeadLetters(directory, 'http', [refusal('a')], NOW)).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    );
  });

  const testOnLinux = process.platform === 'linux' ? test : test.skip;
  testOnLinux('where the disk is full', () => {
    mkdirSync(directory);
    symlinkSync('/dev/full', fileOf('http'));
    expect(() => keepDeadLetters(directory, 'http', [refusal('a')], NOW)).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
  });

  test('and a line that the full disk has torn does not swallow the next one', async () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    const module = await bundle('state/dead-letters.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      2,
      `
        import { keepDeadLetters } from ${JSON.stringify(module)};
        const record = { id: 'torn', type: 'user', text: 'x'.repeat(5000) };
        try {
          keepDeadLetters(${JSON.stringify(directory)}, 'http', [{ record, reason: 'status 400' }], new Date());
        } catch (error) {
          console.log(error.code);
        }
      `,
    );
    expect(printed).toBe('EFBIG');
    keepDeadLetters(directory, 'http', [refusal('b')], NOW);
    const [a, torn, b, end] = linesOf('http');
    expect([JSON.parse(a ?? '').record.id, JSON.parse(b ?? '').record.id, end]).toEqual(['a', 'b', '']);
    expect(() => JSON.parse(torn ?? '')).toThrow(SyntaxError);
  });

  test('but not where only an eviction finds no room: all letters stay, and the new one comes to them', async () => {
    keepEach(numbered(8), 1_000_000);
    const module = await bundle('state/dead-letters.ts', makeTempDirectory());
    // An eviction down to 6,000 bytes does not fit into 4,096; the file that is begun anew does.
    const printed = await runWithFileLimit(
      8,
      `
        import { keepDeadLetters, summariseDeadLetters } from ${JSON.stringify(module)};
        const refused = [{ record: { id: 'new', type: 'user' }, reason: 'status 400' }];
        keepDeadLetters(${JSON.stringify(directory)}, 'http', refused, new Date(), { maxBytes: 8000 });
        console.log(JSON.stringify(summariseDeadLetters(${JSON.stringify(directory)}, 'http')));
      `,
    );
    expect(JSON.parse(printed)).toEqual({ letters: 9, evicted: 0, damaged: 0 });
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    keepEach(['last'], 8_000);
    const { letters, evicted } = summariseDeadLetters(directory, 'http');
    expect([letters + evicted, idsOf('http').slice(-2)]).toEqual([10, ['new', 'last']]);
    expect(readdirSync(directory)).toEqual(['http.jsonl']);
  });
});
