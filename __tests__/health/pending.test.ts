import { appendFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { pendingOf } from '../../src/health/pending.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { transcriptAt } from '../helpers/transcripts.ts';

const ANCHOR = { length: 0, hash: '' };
const NOTHING = { transcripts: 0, bytes: 0, oldestMs: undefined };

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 's.jsonl');
  writeFileSync(path, '{"a":1}\n{"b":2}\n');
});

const pending = (offset?: number, since?: string) => {
  const cursor = offset === undefined ? undefined : { offset, head: ANCHOR, tail: ANCHOR, size: 0, mtimeMs: 0 };
  return pendingOf([transcriptAt(path)], since === undefined ? {} : { since }, () => cursor);
};

describe('what waits for a destination', () => {
  test('is all of a transcript that it has not got, with its time', () => {
    utimesSync(path, 1_000, 1_000);
    expect(pending()).toEqual({ transcripts: 1, bytes: 16, oldestMs: 1_000_000 });
  });

  test('is what stands behind the cursor', () => {
    expect(pending(8)).toMatchObject({ transcripts: 1, bytes: 8 });
    expect(pending(16)).toEqual(NOTHING);
  });

  test('is all of a transcript that was cut and written anew', () => {
    truncateSync(path, 8);
    expect(pending(16)).toMatchObject({ bytes: 8 });
  });

  test('is no line that has not ended, which may stay so for ever', () => {
    appendFileSync(path, '{"torn');
    expect(pending(16)).toEqual(NOTHING);
    appendFileSync(path, '":1}\n');
    expect(pending(16)).toMatchObject({ bytes: 11 });
  });

  test('is no blank line', () => {
    appendFileSync(path, '\n \r\n');
    expect(pending(16)).toEqual(NOTHING);
    appendFileSync(path, '{}\n');
    expect(pending(16)).toMatchObject({ transcripts: 1 });
  });

  test.each(['\n', '\r\n', '{"torn'])('is no transcript without a line, as older clients leave them: %j', (text) => {
    writeFileSync(path, text);
    expect(pending()).toEqual(NOTHING);
    appendFileSync(path, '{}\n{}\n');
    expect(pending()).toMatchObject({ transcripts: 1 });
  });

  test('is nothing of a transcript that was not written to since the start of the destination', () => {
    utimesSync(path, 1_000, 1_000);
    expect(pending(undefined, '1970-01-01T00:16:40.001Z')).toEqual(NOTHING);
    expect(pending(undefined, '1970-01-01T00:16:40.000Z')).toMatchObject({ bytes: 16 });
  });

  test('is as old as the oldest of several transcripts', () => {
    const other = `${path}.jsonl`;
    writeFileSync(other, '{}\n');
    utimesSync(path, 2_000, 2_000);
    utimesSync(other, 1_000, 1_000);
    const both = [path, other].map(transcriptAt);
    expect(pendingOf(both, {}, () => undefined)).toEqual({ transcripts: 2, bytes: 19, oldestMs: 1_000_000 });
  });
});
