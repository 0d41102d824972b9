import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyContext } from '../../src/fields/index.ts';
import { asArray, asObject } from '../../src/lib/json.ts';
import { MAX_LINE_BYTES, read } from '../../src/pipeline/read.ts';
import { cursorAfter } from '../../src/state/anchors.ts';
import type { Cursor, Entry, Line } from '../../src/types.ts';
import { bundle } from '../helpers/bundle.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { runToEnd, type Ended } from '../helpers/sandbox.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { readAll, transcriptAt } from '../helpers/transcripts.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

const MEBIBYTE = 1_048_576;
/** The size of the pieces in which a file is read. */
const CHUNK_BYTES = 262_144;
const CONTEXT = { ...emptyContext, lines: 7 };
const START = { offset: 0, context: emptyContext };

const onLinux = process.platform === 'linux' ? test : test.skip;

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'session.jsonl');
});

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The lines that a file of these bytes gives. */
async function linesOf(bytes: string | Buffer, maxLineBytes?: number): Promise<(Line | 'unparseable')[]> {
  writeFileSync(path, bytes);
  const { entries } = await readAll(path, undefined, { maxLineBytes });
  return entries.map(({ line, unparseable }) => (unparseable ? 'unparseable' : line));
}

/** Lines as a client writes them: each with a uuid. */
function lines(count: number, word = 'line'): string[] {
  return Array.from({ length: count }, (_, index) => `{"uuid":"${word}-${index}","text":"${word.repeat(20)}"}\n`);
}

/** Reads a file and answers the cursor after its entry of that number, and all entries. */
async function cursorIn(number: number): Promise<{ cursor: Cursor; entries: Entry[] }> {
  const { file, entries } = await readAll(path);
  const entry = entries.at(number);
  if (file === undefined || entry === undefined) throw new Error('there is no such entry');
  return { cursor: { ...cursorAfter(file, entry, START), resume: { offset: entry.end, context: CONTEXT } }, entries };
}

describe('every transcript of the fixtures', () => {
  const files = fixtureFiles();

  test('gives its lines, where they stand and how they end', async () => {
    for (const { transcript, lines: expected } of files) {
      const { entries } = await readAll(transcript.path);
      const places = entries.map(({ line, start, end, tail }) => ({ line, start, end, tail }));
      expect(places).toEqual(
        expected.map(({ value, start, bytes }) => {
          return { line: value, start, end: start + bytes.length + 1, tail: bytes.subarray(-1024) };
        }),
      );
    }
  });

  test('names the lines without a uuid by their hash, and no others', async () => {
    for (const { transcript, lines: expected } of files) {
      const { entries } = await readAll(transcript.path);
      const hashes = expected.map(({ value, bytes }) => (value['uuid'] === undefined ? sha256(bytes) : undefined));
      expect(entries.map(({ hash }) => hash)).toEqual(hashes);
    }
  });

  test('gives the lines before the cursor once more where the fold needs them, and says how far they were delivered', async () => {
    writeFileSync(path, lines(10).join(''));
    const { file, entries } = await readAll(path);
    const entry = entries[6];
    if (file === undefined || entry === undefined) throw new Error('there are ten lines');
    const cursor = cursorAfter(file, entry, START);
    for await (const again of read(transcriptAt(path), cursor)) {
      expect(again.entries).toEqual(entries);
      expect(again.file).toMatchObject({ from: START, deliveredTo: entry.end });
    }
  });

  test('gives exactly the rest from the cursor of each of its lines', async () => {
    let resumed = 0;
    for (const { transcript } of files) {
      const { file, entries } = await readAll(transcript.path);
      for (const [index, entry] of entries.entries()) {
        if (file === undefined) throw new Error('entries come with their file');
        const rest = await readAll(transcript.path, {
          ...cursorAfter(file, entry, START),
          resume: { offset: entry.end, context: CONTEXT },
        });
        // Jest takes a minute to compare as much.
        expect(isDeepStrictEqual(rest.entries, entries.slice(index + 1))).toBe(true);
        expect(rest.file?.from.context).toEqual(rest.entries.length > 0 ? CONTEXT : undefined);
        resumed += 1;
      }
    }
    expect(resumed).toBeGreaterThan(1_500);
  });

  test('gives the same where every line is over the limit', async () => {
    for (const { transcript } of files) {
      const { entries } = await readAll(transcript.path);
      const { entries: streamed } = await readAll(transcript.path, undefined, { maxLineBytes: 0 });
      expect(streamed).toEqual(entries.map((entry) => ({ ...entry, oversized: true })));
    }
  });
});

describe('what stands in a line', () => {
  const NULS = '\0'.repeat(4_096);

  test.each<[string, string | Buffer, (Line | 'unparseable')[]]>([
    ['nothing', '', []],
    ['no newline at all', '{"a":1}', []],
    ['CRLF', '{"a":1}\r\n{"b":2}\r\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark', '\ufeff{"a":1}\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark and nothing else', '\ufeff\n{"b":2}\n', [{ b: 2 }]],
    ['blank lines', '\n\r\n \t \n{"a":1}\n\n\n{"b":2}\n\n', [{ a: 1 }, { b: 2 }]],
    ['a block of NULs', `{"a":1}\n${NULS}\n{"b":2}\n`, [{ a: 1 }, { b: 2 }]],
    ['a record behind NULs', `{"a":1}\n${NULS}{"b":2}\n`, [{ a: 1 }, { b: 2 }]],
    ['a record before NULs', `{"a":1}${NULS}\n{"b":2}\n`, [{ a: 1 }, { b: 2 }]],
    ['NULs in a string', `{"a":"${NULS}"}\n{"b":2}\n`, ['unparseable', { b: 2 }]],
    ['half a record', '{"a":\n{"b":2}\n', ['unparseable', { b: 2 }]],
    ['no object', '[1]\n"x"\n1\nnull\ntrue\n{"b":2}\n', [...Array(5).fill('unparseable'), { b: 2 }]],
    ['a lone carriage return', '{"a":\r1}\n', [{ a: 1 }]],
    ['line separators in a string', '{"a":"x\u2028y\u2029z\u0085"}\n', [{ a: 'x\u2028y\u2029z\u0085' }]],
    ['invalid UTF-8', Buffer.from('{"a":"\xff\xfe\xc3"}\n', 'latin1'), [{ a: '\ufffd\ufffd\ufffd' }]],
    ['a surrogate in UTF-8', Buffer.from('{"a":"\xed\xa0\x80"}\n', 'latin1'), [{ a: '\ufffd\ufffd\ufffd' }]],
    ['an escaped lone surrogate', '{"a":"x\\ud800y\\udc00"}\n', [{ a: 'x\ud800y\udc00' }]],
    ['numbers beyond all bounds', '{"a":1e400,"b":-0}\n', [{ a: Infinity, b: -0 }]],
  ])('%s', async (_, bytes, expected) => {
    expect(await linesOf(bytes)).toEqual(expected);
    expect(await linesOf(bytes, 0)).toEqual(expected);
  });

  test.each([undefined, 0])('a key __proto__, which gets no power (limit %s)', async (limit) => {
    const json = '{"__proto__":{"uuid":"evil"},"constructor":{"prototype":{"evil":1}},"a":1}\n';
    const [line] = await linesOf(json, limit);
    expect(Object.keys(Object(line))).toEqual(['__proto__', 'constructor', 'a']);
    expect(Object.getPrototypeOf(line)).toBe(Object.prototype);
    expect(asObject(line)?.['uuid']).toBeUndefined();
    expect('evil' in {}).toBe(false);
  });

  test.each([undefined, 0])('200,000 levels, which do no harm to the next line (limit %s)', async (limit) => {
    const deep = `${'{"a":['.repeat(100_000)}${']}'.repeat(100_000)}`;
    const [first, second] = await linesOf(`${deep}\n{"b":2}\n`, limit);
    let levels = 0;
    for (let value: unknown = first; value !== undefined; value = asArray(asObject(value)?.['a'])?.[0]) levels += 1;
    // Of a line over the limit, the deepest levels may be left out.
    expect(levels).toBeGreaterThanOrEqual(limit === undefined ? 100_000 : 50_000);
    expect(second).toEqual({ b: 2 });
  });

  test.each([undefined, 0])('identical lines, which differ by their place alone (limit %s)', async (limit) => {
    writeFileSync(path, '{"type":"mode"}\n'.repeat(3));
    const { entries } = await readAll(path, undefined, { maxLineBytes: limit });
    expect(entries.map(({ start, end }) => [start, end])).toEqual([
      [0, 16],
      [16, 32],
      [32, 48],
    ]);
    expect(new Set(entries.map(({ hash }) => hash))).toEqual(new Set([sha256('{"type":"mode"}')]));
  });

  test.each([undefined, 0])(
    'everything up to the newline, which the hash and the tail cover (limit %s)',
    async (limit) => {
      const raw = ['\ufeff{"a":1}\r', '\0\0{"b":2} ', '{"c":', '[3]'];
      writeFileSync(path, raw.map((line) => `${line}\n`).join(''));
      const { entries } = await readAll(path, undefined, { maxLineBytes: limit });
      expect(entries.map(({ hash }) => hash)).toEqual(raw.map(sha256));
      expect(entries.map(({ tail }) => tail.toString())).toEqual(raw);
    },
  );

  test('multi-byte characters on every edge of what is read at a time', async () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const text = `${'x'.repeat(shift)}${'😀'.repeat((3 * CHUNK_BYTES) / 4)}`;
      expect(await linesOf(`{"a":"${text}"}\n{"b":2}\n`)).toEqual([{ a: text }, { b: 2 }]);
    }
  });

  test('any bytes: every newline ends a line, and no line gets lost', async () => {
    const anyByte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]":,1\\\n\r\0 ')), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(anyByte, { maxLength: 60 }), async (numbers) => {
        const bytes = Buffer.from(numbers);
        writeFileSync(path, bytes);
        const { entries } = await readAll(path);
        const ends = numbers.flatMap((byte, at) => (byte === 0x0a ? [at + 1] : []));
        expect(ends).toEqual(expect.arrayContaining(entries.map(({ end }) => end)));
        const { entries: streamed } = await readAll(path, undefined, { maxLineBytes: 0 });
        expect(streamed).toEqual(entries.map((entry) => ({ ...entry, oversized: true })));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps no more of the file than the line needs', async () => {
    writeFileSync(path, lines(5_000).join(''));
    const { entries } = await readAll(path);
    expect(Math.max(...entries.map(({ tail }) => tail.buffer.byteLength))).toBeLessThanOrEqual(Buffer.poolSize);
  });
});

describe('a file that changes', () => {
  test('gives nothing of a last line until its newline is there, and then gives it once', async () => {
    writeFileSync(path, '{"a":1}\n');
    const { cursor } = await cursorIn(0);
    const given: Line[][] = [];
    for (const piece of ['{"b":', '"ä', '€"}', '\n']) {
      appendFileSync(path, piece);
      given.push((await readAll(path, cursor)).entries.map(({ line }) => line));
    }
    expect(given).toEqual([[], [], [], [{ b: 'ä€' }]]);
    const { cursor: last } = await cursorIn(1);
    expect((await readAll(path, last)).entries).toEqual([]);
  });

  test.each<[string, () => void]>([
    ['is as it was', () => {}],
    ['has grown', () => appendFileSync(path, lines(3, 'new').join(''))],
    ['was touched', () => utimesSync(path, 1, 1)],
    [
      'was moved and put back',
      () => {
        const text = readFileSync(path);
        rmSync(path);
        writeFileSync(path, text);
      },
    ],
  ])('is read on from the cursor where it %s', async (_, change) => {
    writeFileSync(path, lines(10).join(''));
    const { cursor } = await cursorIn(6);
    change();
    const { file, entries } = await readAll(path, cursor);
    expect(entries).toEqual((await readAll(path)).entries.slice(7));
    expect(file?.from.context).toEqual(CONTEXT);
  });

  /** More than an anchor holds. */
  const head = lines(40, 'head').join('');

  test.each<[string, () => void]>([
    ['was truncated and written again, shorter', () => writeFileSync(path, lines(3, 'new').join(''))],
    ['was cut off before the cursor', () => truncateSync(path, head.length)],
    ['was written again, longer', () => writeFileSync(path, lines(500, 'new').join(''))],
    ['begins as before and goes on differently', () => writeFileSync(path, head + lines(500, 'new').join(''))],
    [
      'was replaced by another',
      () => {
        rmSync(path);
        writeFileSync(path, lines(90, 'other').join(''));
      },
    ],
    [
      'lost a line in its middle',
      () => {
        const all = readFileSync(path, 'utf8').split('\n');
        writeFileSync(path, all.toSpliced(50, 1).join('\n'));
      },
    ],
    ['has become one endless line', () => writeFileSync(path, `{"a":"${'x'.repeat(100_000)}"}\n`)],
  ])('is read from its start where it %s', async (_, change) => {
    writeFileSync(path, head + lines(40).join(''));
    const { cursor } = await cursorIn(60);
    change();
    const { file, entries } = await readAll(path, cursor);
    expect(entries[0]?.start).toBe(0);
    expect(entries).toEqual((await readAll(path)).entries);
    expect(file?.from).toEqual({ offset: 0, context: emptyContext });
  });

  describe('and was left without a newline at its end', () => {
    const idle = { idleSince: Infinity };

    test('gives its last record once, and goes on behind it', async () => {
      for (const next of ['\n{"c":3}\n', '\n\n{"c":3}\n']) {
        writeFileSync(path, '{"a":1}\n{"b":"ä"}');
        const { file, entries } = await readAll(path, undefined, idle);
        expect(entries.map(({ line }) => line)).toEqual([{ a: 1 }, { b: 'ä' }]);
        const last = entries.at(-1);
        if (file === undefined || last === undefined) throw new Error('nothing was read');
        expect(last).toMatchObject({ end: readFileSync(path).length, unended: true });
        const cursor = cursorAfter(file, last, file.from);
        expect((await readAll(path, cursor, idle)).entries).toEqual([]);
        appendFileSync(path, next);
        expect((await readAll(path, cursor, idle)).entries.map(({ line }) => line)).toEqual([{ c: 3 }]);
        writeFileSync(path, '{"a":2}\n{"b":"ä"}');
        expect((await readAll(path, cursor, idle)).entries).toHaveLength(2);
      }
    });

    test.each(['{"b":"tor', '{"b":2}{"c"', 'garbage', '[1]', '\0\0', ' '])('does not give %j', async (tail) => {
      writeFileSync(path, `{"a":1}\n${tail}`);
      expect((await readAll(path, undefined, idle)).entries.map(({ line }) => line)).toEqual([{ a: 1 }]);
    });

    test('a moment ago gives nothing of it', async () => {
      writeFileSync(path, '{"a":1}');
      expect((await readAll(path, undefined, { idleSince: Date.now() - 600_000 })).entries).toEqual([]);
    });
  });

  describe('and has been silent', () => {
    const silent = { idleSince: Infinity, silentSince: Infinity };

    test.each([
      ['whole', ''],
      ['a part of a line', '{"c":"tor'],
      ['a line without its newline', '{"c":3}'],
    ])('ends in an entry without bytes, behind which a cursor holds: %s', async (_, tail) => {
      writeFileSync(path, `{"a":1}\n{"b":2}\n${tail}`);
      const { file, entries } = await readAll(path, undefined, silent);
      const [last, silence] = entries.slice(-2);
      if (file === undefined || last === undefined || silence === undefined) throw new Error('nothing was read');
      expect(silence).toMatchObject({ line: {}, start: last.end, end: last.end, tail: last.tail, silent: true });
      const resume = { offset: silence.end, context: CONTEXT };
      const cursor = cursorAfter(file, silence, resume);
      expect(cursor).toEqual(cursorAfter(file, last, resume));
      const again: Entry[] = [];
      for await (const reading of read(transcriptAt(path), { ...cursor, resume }, silent))
        again.push(...reading.entries);
      expect(again).toEqual([silence]);
    });

    test('and none where it was not for long, or is empty', async () => {
      writeFileSync(path, lines(2).join(''));
      expect((await readAll(path, undefined, { silentSince: Date.now() - 600_000 })).entries).toHaveLength(2);
      writeFileSync(path, '');
      expect((await readAll(path, undefined, silent)).entries).toEqual([]);
    });
  });

  test('gives nothing where it was emptied, and all that is written then', async () => {
    writeFileSync(path, lines(10).join(''));
    const { cursor } = await cursorIn(6);
    truncateSync(path, 0);
    expect((await readAll(path, cursor)).entries).toEqual([]);
    writeFileSync(path, '{"uuid":"n"}\n');
    expect((await readAll(path, cursor)).entries.map(({ line }) => line)).toEqual([{ uuid: 'n' }]);
  });

  /** Reads with something done after the first piece; answers the uuids. */
  async function uuidsWith(change: () => void): Promise<unknown[]> {
    const uuids: unknown[] = [];
    for await (const { entries } of read(transcriptAt(path), undefined)) {
      if (uuids.length === 0) change();
      uuids.push(...entries.map(({ line }) => line['uuid']));
    }
    return uuids;
  }

  const many = lines(20_000);
  const names = many.map((_, index) => `line-${index}`);

  test.each<[string, () => void]>([
    ['deleted', () => rmSync(path)],
    [
      'replaced by a folder',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    ['closed to everyone', () => chmodSync(path, 0)],
  ])('gives all that was there where it is %s meanwhile', async (_, change) => {
    writeFileSync(path, many.join(''));
    expect(await uuidsWith(change)).toEqual(names);
  });

  test('ends early, and without an error, where it is emptied meanwhile', async () => {
    writeFileSync(path, many.join(''));
    const uuids = await uuidsWith(() => truncateSync(path, 0));
    expect(uuids.length).toBeGreaterThan(0);
    expect(uuids).toEqual(names.slice(0, uuids.length));
  });

  test('loses nothing that is written while it is read, and gives nothing twice', async () => {
    writeFileSync(path, many.slice(0, 10_000).join(''));
    const uuids: unknown[] = [];
    let cursor: Cursor | undefined;
    for (let written = 10_000; ; written = Math.min(written + 2_500, many.length)) {
      const before = uuids.length;
      for await (const { file, entries } of read(transcriptAt(path), cursor)) {
        const last = entries.at(-1);
        if (last !== undefined) cursor = cursorAfter(file, last, { offset: last.end, context: emptyContext });
        uuids.push(...entries.map(({ line }) => line['uuid']));
        appendFileSync(path, many.slice(written, written + 2_500).join(''));
        written = Math.min(written + 2_500, many.length);
      }
      if (uuids.length === before) break;
    }
    expect(uuids).toEqual(names);
  });
});

describe('what cannot be read reads as empty, at once', () => {
  test.each<[string, () => void]>([
    ['nothing', () => {}],
    ['a folder', () => mkdirSync(path)],
    ['a FIFO that nobody writes to', () => void execFileSync('mkfifo', [path])],
    ['a link into nowhere', () => symlinkSync('/nowhere', path)],
    ['a link to itself', () => symlinkSync(path, path)],
    ['a link to a real transcript', () => symlinkSync(fixtureFiles()[0]?.transcript.path ?? '', path)],
  ])('%s', async (_, make) => {
    make();
    expect(await readAll(path)).toEqual({ file: undefined, entries: [] });
  });

  test('a device that never ends', async () => {
    expect((await readAll('/dev/zero')).entries).toEqual([]);
  });

  test('a file without permission', async () => {
    writeFileSync(path, '{"a":1}\n');
    chmodSync(path, 0);
    expect((await withoutPrivileges(() => readAll(path))).entries).toEqual([]);
    chmodSync(path, 0o644);
    expect((await withoutPrivileges(() => readAll(path))).entries).toHaveLength(1);
  });

  onLinux('a regular file that answers EIO', async () => {
    expect((await readAll('/proc/self/mem')).entries).toEqual([]);
  });

  onLinux('and whatever is read, it is closed afterwards, also where the reader leaves early', async () => {
    const isOpen = (): boolean =>
      readdirSync('/proc/self/fd').some((fd) => {
        const link = `/proc/self/fd/${fd}`;
        return existsSync(link) && readlinkSync(link) === path;
      });
    writeFileSync(path, lines(20_000).join(''));
    for await (const { entries } of read(transcriptAt(path), undefined)) {
      expect([entries.length > 0, isOpen()]).toEqual([true, true]);
      break;
    }
    expect(isOpen()).toBe(false);
    await readAll(path);
    expect(isOpen()).toBe(false);
    writeFileSync(path, '{"a":1}\n{"b":\n');
    await readAll(path, undefined, { maxLineBytes: 0 });
    expect(isOpen()).toBe(false);
  });
});

describe('a line over the limit', () => {
  /** Writes `before`, `bytes` times Z and `after`, a mebibyte at a time. */
  function writeAround(before: string, bytes: number, after: string): void {
    const file = openSync(path, 'w');
    writeSync(file, before);
    for (let left = bytes; left > 0; left -= MEBIBYTE) writeSync(file, 'Z'.repeat(Math.min(left, MEBIBYTE)));
    writeSync(file, after);
    closeSync(file);
  }

  const BEFORE = '{"type":"user","message":{"role":"user","content":"';
  const AFTER = '"},"uuid":"u","timestamp":"2026-11-21T00:00:00.000Z"}\n{"uuid":"next"}\n';
  const rest = { type: 'user', uuid: 'u', timestamp: '2026-11-21T00:00:00.000Z' };

  test('is held as it is up to 8 MiB, and shortened beyond', async () => {
    const room = MAX_LINE_BYTES - BEFORE.length - AFTER.indexOf('\n');
    writeAround(BEFORE, room, AFTER);
    const [whole] = (await readAll(path)).entries;
    expect(whole).toMatchObject({ line: rest, end: MAX_LINE_BYTES + 1 });
    expect(whole).not.toHaveProperty('oversized');
    writeAround(BEFORE, room + 1, AFTER);
    const [shortened] = (await readAll(path)).entries;
    expect(shortened).toMatchObject({ line: rest, end: MAX_LINE_BYTES + 2, oversized: true });
  });

  test.each([
    [1, 'Z'.repeat(MEBIBYTE)],
    [9, `[${9 * MEBIBYTE} characters left out]`],
    [64, `[${64 * MEBIBYTE} characters left out]`],
  ])('of %d MiB: all but its giant string is kept, and the next line is not touched', async (mebibytes, content) => {
    writeAround(BEFORE, mebibytes * MEBIBYTE, AFTER);
    const { entries } = await readAll(path);
    const end = BEFORE.length + mebibytes * MEBIBYTE + AFTER.indexOf('\n') + 1;
    expect(entries).toEqual([
      {
        line: { ...rest, message: { role: 'user', content } },
        start: 0,
        end,
        tail: Buffer.from(`${'Z'.repeat(1_024)}${AFTER.split('\n')[0]}`).subarray(-1_024),
        ...(mebibytes > 8 && { oversized: true }),
      },
      { line: { uuid: 'next' }, start: end, end: end + 16, tail: Buffer.from('{"uuid":"next"}') },
    ]);
  });

  /** Reads the file in a process of its own; answers what that says of it in the end. */
  async function readInChild(maxLineBytes: number, result: string): Promise<Ended> {
    const module = await bundle('pipeline/read.ts', directory);
    const code = `
      import { readFileSync } from 'node:fs';
      import { read } from ${JSON.stringify(module)};
      // Kibibytes at most so far; maxRSS would count those of the process that this one was forked from.
      const peak = () => Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      const before = process.platform === 'linux' ? peak() : 0;
      let count = 0;
      for await (const { entries } of read({ path: ${JSON.stringify(path)} }, undefined, { maxLineBytes: ${maxLineBytes} })) {
        count += entries.length;
      }
      console.log(${result});
    `;
    return runToEnd(process.execPath, ['--input-type=module', '-e', code], {});
  }

  onLinux('of 192 MiB takes less memory than it is long', async () => {
    writeAround(BEFORE, 192 * MEBIBYTE, AFTER);
    const { stdout } = await readInChild(MAX_LINE_BYTES, '(peak() - before) * 1024');
    expect(Number(stdout)).toBeGreaterThan(0);
    expect(Number(stdout)).toBeLessThan(192 * MEBIBYTE);
  });

  test('without a uuid is named by its hash', async () => {
    writeAround('{"text":"', 9 * MEBIBYTE, '"}\n');
    const { entries } = await readAll(path);
    expect(entries).toMatchObject([{ hash: sha256(readFileSync(path).subarray(0, -1)), oversized: true }]);
  });

  test.each([
    ['is broken', '{"text":"', ',"uuid":"u"}\n'],
    ['is no object', '"', '"\n'],
    ['ends in the middle', '{"uuid":"u","text":"', '\n'],
    ['is no JSON at all', '', '\n'],
  ])('that %s is unparseable, and stops nothing', async (_, before, after) => {
    writeAround(before, 200_000, `${after}{"uuid":"next"}\n`);
    const { entries } = await readAll(path, undefined, { maxLineBytes: 100_000 });
    const hash = sha256(readFileSync(path).subarray(0, before.length + 200_000 + after.length - 1));
    expect(entries).toMatchObject([{ line: {}, unparseable: true, oversized: true, hash }, { line: { uuid: 'next' } }]);
  });

  test.each([
    ['a giant key', `{"${'k'.repeat(100_000)}":1,"uuid":"u"}`, { '[100000 characters left out]': 1, uuid: 'u' }],
    ['NULs before it', `${'\0'.repeat(200_000)}{"uuid":"u"}`, { uuid: 'u' }],
  ])('with %s keeps the rest', async (_, json, line) => {
    expect(await linesOf(`{"a":1}\n${json}\n{"b":2}\n`, 50_000)).toEqual([{ a: 1 }, line, { b: 2 }]);
  });

  test('with a million small items keeps what names it', async () => {
    const items = '1234567,'.repeat(MEBIBYTE + 1);
    const [line] = await linesOf(`{"type":"user","toolUseResult":[${items}0],"uuid":"u"}\n`);
    expect({ ...asObject(line), toolUseResult: [] }).toEqual({ type: 'user', toolUseResult: [], uuid: 'u' });
    expect(asArray(asObject(line)?.['toolUseResult'])?.slice(0, 3)).toEqual([1234567, 1234567, 1234567]);
  });

  test('of nothing but NULs is blank', async () => {
    expect(await linesOf(`{"a":1}\n${'\0'.repeat(200_000)}\n{"b":2}\n`, 100_000)).toEqual([{ a: 1 }, { b: 2 }]);
  });

  test('may come often: sixty of them, every other one broken, raise no warning', async () => {
    const json = `{"uuid":"u","text":"${'Z'.repeat(100_000)}"}\n{"uuid":"u","text":"${'Z'.repeat(100_000)}\n`;
    writeFileSync(path, json.repeat(30));
    expect(await readInChild(50_000, 'count')).toEqual({ code: 0, signal: null, stdout: '60\n', stderr: '' });
  });
});
