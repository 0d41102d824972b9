import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sweepLeftovers } from '../../src/state/leftovers.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR = 3_600_000;

function place(directory: string, name: string, ageMs: number): void {
  const path = join(directory, name);
  writeFileSync(path, '');
  utimesSync(path, new Date(NOW - ageMs), new Date(NOW - ageMs));
}

test('removes what a killed process left behind, after an hour, and nothing else', () => {
  const directory = makeTempDirectory();
  const old = [`lock.${randomUUID()}`, 'cursors.log.0123456789abcdef.tmp', 'config.json.fedcba9876543210.tmp'];
  const young = [`lock.${randomUUID()}`, 'cursors.log.aaaaaaaaaaaaaaaa.tmp'];
  const others = ['lock', 'cursors.log', 'owners', 'wake', 'notes.tmp', 'hook.log.1', 'lock.steal'];
  for (const name of [...old, ...others]) place(directory, name, 2 * HOUR);
  for (const name of young) place(directory, name, HOUR / 2);
  sweepLeftovers(directory, NOW);
  expect(readdirSync(directory).toSorted()).toEqual([...young, ...others].toSorted());
});

test('does not fail where there is nothing to look at, or a folder has such a name', () => {
  const directory = makeTempDirectory();
  expect(() => sweepLeftovers(join(directory, 'absent'), NOW)).not.toThrow();
  mkdirSync(join(directory, 'lock.0123456789abcdef.tmp'));
  expect(() => sweepLeftovers(directory, Date.now() + 2 * HOUR)).not.toThrow();
});
