import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  MAX_QUARANTINE_BYTES,
  openQuarantine,
  readQuarantine,
  type QuarantinedRange,
} from '../../src/state/quarantine.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'state', 'quarantine.jsonl');
});

function range(start: number, changes: Partial<QuarantinedRange> = {}): QuarantinedRange {
  const place = { file: '/home/dev/.claude/projects/p/s.jsonl', start, end: start + 10 };
  return { ...place, sha256: 'ab'.repeat(32), reason: 'no JSON', at: '2026-11-21T04:00:00.000Z', ...changes };
}

describe('the quarantine', () => {
  test('keeps one range a line, in order, for its owner alone', () => {
    const quarantine = openQuarantine(path);
    expect([quarantine.keep(range(0)), quarantine.keep(range(50))]).toEqual([true, true]);
    expect(readFileSync(path, 'utf8')).toBe(`${JSON.stringify(range(0))}\n${JSON.stringify(range(50))}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readQuarantine(path)).toEqual({ ranges: 2, newest: range(50) });
  });

  test('keeps the known fields and nothing that came with them', () => {
    openQuarantine(path).keep(Object.assign(range(0), { text: 'secret' }));
    expect(readFileSync(path, 'utf8')).not.toContain('secret');
  });

  test('makes nothing where there is nothing to keep', () => {
    openQuarantine(path);
    expect(readQuarantine(path)).toEqual({ ranges: 0 });
    expect(existsSync(join(directory, 'state'))).toBe(false);
  });

  test('keeps a range once, in this run and the next; another content in its place is another range', () => {
    const again = range(0, { at: '2026-11-22T04:00:00.000Z' });
    const first = openQuarantine(path);
    expect([first.keep(range(0)), first.keep(again)]).toEqual([true, true]);
    const second = openQuarantine(path);
    expect([second.keep(again), second.keep(range(0, { sha256: 'cd'.repeat(32) }))]).toEqual([true, true]);
    expect([second.keep(range(0, { file: '/other' })), second.keep(range(0, { end: 11 }))]).toEqual([true, true]);
    expect(readQuarantine(path).ranges).toBe(4);
  });

  test('goes on behind a line that was cut short, and passes over what is none of its own', () => {
    openQuarantine(path).keep(range(0));
    appendFileSync(path, '{"file":"/x","start":1}\nnull\n\0\0\n{"file":"/ho');
    expect(openQuarantine(path).keep(range(50))).toBe(true);
    expect(readQuarantine(path)).toEqual({ ranges: 2, newest: range(50) });
  });

  test('stops growing when it is full, and says so', () => {
    const quarantine = openQuarantine(path);
    const file = `/${'x'.repeat(60_000)}`;
    const kept = Array.from({ length: 200 }, (_, start) => quarantine.keep(range(start, { file })));
    const count = kept.indexOf(false);
    expect(kept).toEqual(kept.map((_, index) => index < count));
    expect(statSync(path).size).toBeGreaterThanOrEqual(MAX_QUARANTINE_BYTES);
    expect(statSync(path).size).toBeLessThan(MAX_QUARANTINE_BYTES + 61_000);
    expect(readQuarantine(path)).toMatchObject({ ranges: count, isFull: true });
    const next = openQuarantine(path);
    expect([next.keep(range(0, { file })), next.keep(range(0, { file: '/new' }))]).toEqual([true, false]);
  });

  test('holds far too large a file for full, without reading it', () => {
    openQuarantine(path).keep(range(0));
    truncateSync(path, 100 * MAX_QUARANTINE_BYTES);
    expect(openQuarantine(path).keep(range(50))).toBe(false);
    expect(readQuarantine(path)).toEqual({ ranges: 0, isFull: true });
  });

  test.each<[string, () => void]>([
    ['a folder stands in its place', () => mkdirSync(path, { recursive: true })],
    ['a file stands in the place of its folder', () => writeFileSync(join(directory, 'state'), '')],
  ])('answers false where %s', (_, make) => {
    make();
    expect(openQuarantine(path).keep(range(0))).toBe(false);
    expect(readQuarantine(path).ranges).toBe(0);
  });

  test('answers false where it may not be written', async () => {
    expect(await withoutPrivileges(async () => openQuarantine(path).keep(range(0)))).toBe(false);
  });
});
