/** Lines that were not written as one, and what everything behind `read` makes of hostile ones. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { emptyContext } from '../../src/fields/index.ts';
import { map } from '../../src/pipeline/map.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { cursorAfter } from '../../src/state/anchors.ts';
import { capture } from '../helpers/mapped.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { readAll } from '../helpers/transcripts.ts';

const MEBIBYTE = 1_048_576;
const A = '{"type":"user","uuid":"a","sessionId":"s","message":{"role":"user","content":"ä {\\"x\\":1}"}}';
const B = '{"type":"user","uuid":"b","sessionId":"s"}';
const MODE = '{"type":"mode"}';
const STUB = '{"type":"user","uuid":"c","message":{"content":[{"type":"text","text":"hel';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'session.jsonl');
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The parts of one line, as their text; `-` before one that is no record. */
async function partsOf(line: string | Buffer, maxLineBytes?: number): Promise<string[]> {
  const bytes = Buffer.concat([Buffer.from(line), Buffer.from('\n')]);
  writeFileSync(path, bytes);
  const { entries } = await readAll(path, undefined, { maxLineBytes });
  return entries.map(({ start, end, unparseable }) => {
    return `${unparseable ? '-' : ''}${bytes.toString('utf8', start, end).trimEnd()}`;
  });
}

describe('glued lines', () => {
  test.each<[string, string, string[]]>([
    ['a stub and a record', `${STUB}${B}`, [`-${STUB}`, B]],
    ['a stub and a record without a uuid', `${STUB}${MODE}`, [`-${STUB}`, MODE]],
    ['a stub that ends before a value', `{"a":${B}`, ['-{"a":', B]],
    ['two stubs and a record', `${STUB}${STUB}${B}`, [`-${STUB}${STUB}`, B]],
    ['a record, a stub and a record', `${A}${STUB}${B}`, [A, `-${STUB}`, B]],
    ['two records', `${A}${B}`, [A, B]],
    ['three records and NULs', `${A}\0\0${B}\0${A}\0`, [A, `\0\0${B}`, `\0${A}\0`]],
    ['two objects that are no records elsewhere', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
    ['a record and a stub', `${A}${STUB}`, [A, `-${STUB}`]],
    ['a record and a stray byte', `${A}#`, [A, '-#']],
    ['stray bytes and a record', `#0"${B}`, ['-#0"', B]],
    ['NULs in a stub', `${STUB}\0\0\0${B}`, [`-${STUB}\0\0\0`, B]],
    ['a stub and an object that is no record', `${STUB}{"x":1}`, [`-${STUB}{"x":1}`]],
    ['a stub with a whole object at its end', '{"m":{"type":"text"}', ['-{"m":{"type":"text"}']],
    ['a record with a stray byte inside', A.replace(':{', ':#{'), [`-${A.replace(':{', ':#{')}`]],
  ])('%s', async (_, line, expected) => {
    expect(await partsOf(line)).toEqual(expected);
    expect(await partsOf(line, 0)).toEqual(expected);
  });

  test.each([undefined, 0])('leave no byte out, name what has no uuid, and end once (limit %s)', async (limit) => {
    const bytes = Buffer.from(`${MODE}\n\0${A}${STUB}${MODE} \r\n${B}\n`);
    writeFileSync(path, bytes);
    const { entries } = await readAll(path, undefined, { maxLineBytes: limit });
    const ends = [0, ...entries.map(({ end }) => end)];
    expect(entries.map(({ start }) => start)).toEqual(ends.slice(0, -1));
    expect(ends.at(-1)).toBe(bytes.length);
    expect(entries.map(({ continues }) => continues ?? false)).toEqual([false, true, true, false, false]);
    expect(entries.map(({ hash }) => hash)).toEqual([
      sha256(Buffer.from(MODE)),
      undefined,
      sha256(Buffer.from(STUB)),
      sha256(Buffer.from(`${MODE} \r`)),
      undefined,
    ]);
  });

  test('are read again from their start, and no further, where a cursor stands before them', async () => {
    writeFileSync(path, `${MODE}\n${STUB}${A}${B}\n${MODE}\n`);
    const { file, entries } = await readAll(path);
    for (const index of [0, 3]) {
      const entry = entries[index];
      if (file === undefined || entry === undefined) throw new Error('there is no such entry');
      const cursor = cursorAfter(file, entry, { offset: entry.end, context: emptyContext });
      expect((await readAll(path, cursor)).entries).toEqual(entries.slice(index + 1));
    }
  });

  test('the record behind a giant stub is whole, and the stub is not held', async () => {
    const stub = `${STUB}${'Z'.repeat(9 * MEBIBYTE)}`;
    writeFileSync(path, `${stub}${A}\n${B}\n`);
    const { entries } = await readAll(path);
    expect(entries).toMatchObject([
      { line: {}, start: 0, end: stub.length, hash: sha256(Buffer.from(stub)), unparseable: true, continues: true },
      { line: JSON.parse(A), start: stub.length },
      { line: JSON.parse(B) },
    ]);
    expect(entries[1]).not.toHaveProperty('oversized');
  });

  test('are taken apart into a thousand records and no more', async () => {
    const parts = await partsOf(MODE.repeat(1_200));
    expect(parts).toEqual([...Array<string>(1_000).fill(MODE), `-${MODE.repeat(200)}`]);
  });

  test('a key __proto__ gets no power in them', async () => {
    writeFileSync(path, `${STUB}{"__proto__":{"uuid":"evil"},"type":"user"}\n`);
    const line = (await readAll(path)).entries[1]?.line;
    expect(Object.keys(line ?? {})).toEqual(['__proto__', 'type']);
    expect(line?.['uuid']).toBeUndefined();
  });
});

describe('hostile lines', () => {
  const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
  const message = (content: string): string =>
    `{"type":"assistant","uuid":"u","sessionId":"s","message":{"id":"m","role":"assistant","content":${content}}}`;
  const lines: [string, string | Buffer][] = [
    ...[10_000, 1_000_000].flatMap((levels): [string, string][] => [
      [`${levels} levels of a content`, message(nested(levels))],
      [`${levels} levels of a call`, message(`[{"type":"tool_use","id":"t","name":"N","input":${nested(levels)}}]`)],
      [
        `${levels} levels of a result`,
        message(`[{"type":"tool_result","tool_use_id":"t","content":${nested(levels)}}]`),
      ],
      [`${levels} levels of toolUseResult`, `{"type":"user","uuid":"u","toolUseResult":${nested(levels)}}`],
      [`${levels} levels of a usage`, message('[]').replace('"id"', `"usage":${nested(levels)},"id"`)],
      [`${levels} levels of all else`, `{"type":${nested(levels)},"uuid":${nested(levels)},"x":${nested(levels)}}`],
    ]),
    ['4,000,000 levels', message(`${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`)],
    ['5,000,000 levels, which are too long to hold', message(`${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`)],
    ['4,000,000 levels that nobody closes', message('['.repeat(4_000_000))],
    ['4,000,000 levels that are no object', `${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`],
    ['a line that switches prototypes', message('[{"type":"text","__proto__":{"text":"evil"}}]')],
    ['keys of prototypes', '{"__proto__":{"type":"user"},"constructor":1,"toString":2,"uuid":"u","hasOwnProperty":3}'],
    ['a message of keys of prototypes', message('[]').replace('"id"', '"__proto__":{"usage":{}},"id"')],
    ['lone surrogates everywhere', message('[{"type":"text","text":"\\ud800"}]').replaceAll('"s"', '"\\udfff"')],
    ['invalid UTF-8', Buffer.from(message('"\xff\xfe\xc3\xed\xa0\x80"'), 'latin1')],
    ['numbers beyond all bounds', message('1e999').replace('"id"', '"usage":{"input_tokens":-1e999},"id"')],
  ];

  test.each(lines)('%s: become records that can be redacted and written', async (_, line) => {
    writeFileSync(path, Buffer.concat([Buffer.from(line), Buffer.from(`\n${B}\n`)]));
    const { file, entries } = await readAll(path);
    expect(entries).toHaveLength(2);
    let context = emptyContext;
    for (const entry of entries) {
      if (file === undefined) throw new Error('entries come with their file');
      const mapped = map(entry, file, context, capture);
      ({ context } = mapped);
      expect(mapped.records.length).toBeGreaterThan(0);
      for (const record of mapped.records) {
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
        expect(Object.keys(record)).not.toContain('__proto__');
        expect(JSON.stringify(record)).not.toMatch(/evil/);
        expect(JSON.stringify(redactor('content')(record))).not.toMatch(/evil/);
        expect(record.text?.isWellFormed()).not.toBe(false);
      }
      expect(JSON.stringify(context).length).toBeLessThan(100_000);
    }
  });
});
