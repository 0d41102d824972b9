import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hostId } from '../../src/state/host-id.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit, startChild } from '../helpers/child.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'host-id');
});

describe('the host id', () => {
  test('is made once and stays, in a file for its owner alone', () => {
    const id = hostId(path);
    expect(id).toMatch(UUID);
    expect(hostId(path)).toBe(id);
    expect(readFileSync(path, 'utf8')).toBe(`${id}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['host-id']);
  });

  test('differs between installations', () => {
    expect(hostId(path)).not.toBe(hostId(join(makeTempDirectory(), 'host-id')));
  });

  test.each([
    ['is empty', () => writeFileSync(path, '')],
    ['holds half an id', () => writeFileSync(path, '0123abcd-0123\n')],
    ['holds bytes', () => writeFileSync(path, Buffer.alloc(5000, 0xfe))],
    ['is a folder', () => mkdirSync(path)],
    ['is a pipe', () => execFileSync('mkfifo', [path])],
  ])('stands in a second file where the first %s', (_, spoil) => {
    spoil();
    const id = hostId(path);
    expect(id).toMatch(UUID);
    expect(hostId(path)).toBe(id);
    expect(readdirSync(directory).toSorted()).toEqual(['host-id', 'host-id.2']);
  });

  test.each([
    ['the folder is missing', () => join(directory, 'missing', 'host-id')],
    ['both files hold something else', spoilBoth],
  ])('is none where %s', (_, spoil) => {
    expect(hostId(spoil())).toBeUndefined();
  });

  test('is none where nothing may be written, and the one that can be read', async () => {
    chmodSync(directory, 0o555);
    expect(await withoutPrivileges(() => hostId(path))).toBeUndefined();
    writeFileSync(path, '00000000-0000-4000-8000-000000000001\n');
    expect(await withoutPrivileges(() => hostId(path))).toBe('00000000-0000-4000-8000-000000000001');
    chmodSync(directory, 0o755);
  });

  test('is none on a full disk, and leaves nothing behind there', async () => {
    const module = JSON.stringify(await bundle('state/host-id.ts', makeTempDirectory()));
    const code = `import { hostId } from ${module}; console.log(String(hostId(${JSON.stringify(path)})));`;
    expect(await runWithFileLimit(0, `process.on('SIGXFSZ', () => {}); ${code}`)).toBe('undefined');
    expect(readdirSync(directory)).toEqual([]);
    expect(hostId(path)).toMatch(UUID);
  });

  test.each([
    ['there is no file', () => {}, ['host-id']],
    ['the file is spoiled', () => writeFileSync(path, 'x'), ['host-id', 'host-id.2']],
  ])('is the same for processes that race where %s', async (_, prepare, left) => {
    const module = JSON.stringify(await bundle('state/host-id.ts', makeTempDirectory()));
    const children = Array.from({ length: 4 }, () => startChild(racer(module)));
    await Promise.all(children.map((child) => child.next()));
    for (let round = 0; round < 400; round += 1) {
      directory = makeTempDirectory();
      path = join(directory, 'host-id');
      prepare();
      for (const child of children) child.send(path);
      const ids = await Promise.all(children.map((child) => child.next()));
      expect(ids[0]).toMatch(UUID);
      expect(new Set(ids).size).toBe(1);
      expect(readdirSync(directory).toSorted()).toEqual(left);
    }
  });

  function spoilBoth(): string {
    writeFileSync(path, 'x');
    writeFileSync(`${path}.2`, 'x');
    return path;
  }

  function racer(module: string): string {
    return `
      import { hostId } from ${module};
      process.on('message', (path) => process.send(String(hostId(path))));
      process.send('ready');
    `;
  }
});
