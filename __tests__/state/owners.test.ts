import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mark, openOwners } from '../../src/state/owners.ts';
import { runWithFileLimit } from '../helpers/child.ts';
import { bundle } from '../helpers/bundle.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'owners');
});

function claimAll(...names: string[]): void {
  const owners = openOwners(path);
  for (const name of names) owners.claim('local', name, '/first.jsonl');
  owners.keep();
}

describe('a name belongs to', () => {
  test('the transcript that claims it first, however often, in this run and in the next ones', () => {
    const owners = openOwners(path);
    expect(owners.claim('local', 'msg_1', '/a')).toEqual({ isOwner: true });
    expect(owners.claim('local', 'msg_1', '/a')).toEqual({ isOwner: true });
    expect(owners.claim('local', 'msg_1', '/b')).toEqual({ isOwner: false, owner: mark('/a') });
    owners.keep();
    const later = openOwners(path);
    expect(later.claim('local', 'msg_1', '/b')).toEqual({ isOwner: false, owner: mark('/a') });
    expect(later.claim('local', 'msg_1', '/a')).toEqual({ isOwner: true });
  });

  test('one transcript for each destination, which may have read other files', () => {
    const owners = openOwners(path);
    owners.claim('local', 'msg_1', '/a');
    expect(owners.claim('http', 'msg_1', '/b')).toEqual({ isOwner: true });
  });

  test('nobody, where the run that claimed it has committed nothing', () => {
    openOwners(path).claim('local', 'msg_1', '/a');
    expect(openOwners(path).claim('local', 'msg_1', '/b')).toEqual({ isOwner: true });
  });
});

describe('the file', () => {
  test('is the user’s alone, and grows by twenty bytes a name', () => {
    claimAll('a', 'b', 'c');
    expect([statSync(path).mode & 0o777, statSync(path).size]).toEqual([0o600, 60]);
  });

  test.each<[string, () => void]>([
    ['torn in its last entry', () => truncateSync(path, 47)],
    ['followed by half an entry', () => appendFileSync(path, 'half')],
    [
      'damaged in one entry',
      () => {
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(45) ^ 1, 45);
        writeFileSync(path, bytes);
      },
    ],
  ])('%s costs no more than that entry, and takes further ones', (_, damage) => {
    claimAll('a', 'b', 'c');
    damage();
    claimAll('d');
    const owners = openOwners(path);
    const kept = ['a', 'b', 'd'].map((name) => owners.claim('local', name, '/other.jsonl').isOwner);
    expect(kept).toEqual([false, false, false]);
  });

  test('that cannot be written throws, so that nothing is committed', async () => {
    const printed = await runWithFileLimit(
      1,
      `
        import { openOwners } from ${JSON.stringify(await bundle('state/owners.ts', makeTempDirectory()))};
        const owners = openOwners(${JSON.stringify(path)});
        for (let n = 0; n < 200; n += 1) owners.claim('local', 'msg_' + n, '/a');
        try {
          owners.keep();
          console.log('kept');
        } catch (error) {
          console.log(error.code);
        }
      `,
    );
    expect(printed.trim()).toBe('EFBIG');
  });
});
