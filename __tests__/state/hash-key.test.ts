import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hashKey } from '../../src/state/hash-key.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

test('is made once, of 32 random bytes, in a file for its owner alone', () => {
  const directory = makeTempDirectory();
  const path = join(directory, 'hash-key');
  const key = hashKey(path);
  expect(key).toHaveLength(32);
  expect(hashKey(path)).toEqual(key);
  expect(readFileSync(path, 'utf8')).toBe(`${Buffer.from(key ?? []).toString('hex')}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['hash-key']);
  expect(hashKey(join(makeTempDirectory(), 'hash-key'))).not.toEqual(key);
});

test('never takes half a key for one', () => {
  const path = join(makeTempDirectory(), 'hash-key');
  writeFileSync(path, 'ab'.repeat(31));
  const key = hashKey(path);
  expect(key).toHaveLength(32);
  expect(hashKey(path)).toEqual(key);
});

test('is none where it cannot be kept', () => {
  expect(hashKey(join(makeTempDirectory(), 'missing', 'hash-key'))).toBeUndefined();
});
