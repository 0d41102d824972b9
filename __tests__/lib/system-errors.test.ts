import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { systemReason, systemRefusal } from '../../src/lib/system-errors.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

function refusal(code: string, syscall: string, path?: string): string | undefined {
  const error = Object.assign(new Error(`${code}: text of Node's own, ${syscall}`), { code, syscall, path });
  return systemRefusal(error)?.message;
}

describe('systemRefusal', () => {
  test.each([
    ['ENOSPC', 'write', '/s/log', '/s/log could not be written: the disk is full (ENOSPC).'],
    ['ENOSPC', 'mkdir', '/s', '/s could not be written: the disk is full (ENOSPC).'],
    ['ENOSPC', 'write', undefined, 'A file could not be written: the disk is full (ENOSPC).'],
    ['EDQUOT', 'rename', '/s/a', '/s/a could not be written: the disk quota is used up (EDQUOT).'],
    ['EROFS', 'open', '/s/a', '/s/a could not be opened: the file system is read-only (EROFS).'],
    ['EIO', 'read', '/s/a', '/s/a could not be read: the disk reports an input/output error (EIO).'],
    ['EMFILE', 'open', '/s/a', '/s/a could not be opened: this process may not have more files open (EMFILE).'],
    ['ENFILE', 'scandir', '/s', '/s could not be read: this machine may not have more files open (ENFILE).'],
    ['EACCES', 'unlink', '/s/a', '/s/a could not be written: its permissions forbid it (EACCES).'],
    ['EPERM', 'fchmod', '/s/a', '/s/a could not be written: the system does not allow it (EPERM).'],
  ])('%s of %s on %s is a sentence', (code, syscall, path, sentence) => {
    expect(refusal(code, syscall, path)).toBe(sentence);
  });

  test('says what to do, and is a plain failure', () => {
    const error = Object.assign(new Error('x'), { code: 'ENOSPC', syscall: 'write' });
    expect(systemRefusal(error)).toMatchObject({ hint: 'Make room, and run the same command again.', exitCode: 1 });
  });

  test.each([
    ['a connection that was refused', Object.assign(new Error('x'), { code: 'EACCES', syscall: 'connect' })],
    ['a program that cannot be started', Object.assign(new Error('x'), { code: 'EACCES', syscall: 'spawn git' })],
    ['a file that is missing', Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' })],
    ['a bug', new TypeError('x is not a function')],
    ['no error at all', 'ENOSPC'],
    ['nothing', undefined],
  ])('is silent about %s', (_, error) => {
    expect(systemRefusal(error)).toBeUndefined();
  });

  test('knows the errors that Node throws for real files', async () => {
    const folder = makeTempDirectory();
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    writeFileSync(join(closed, 'file'), '');
    chmodSync(closed, 0);
    const thrown = await withoutPrivileges(() => thrownBy(() => readFileSync(join(closed, 'file'))));
    expect(systemRefusal(thrown)?.message).toBe(
      `${join(closed, 'file')} could not be opened: its permissions forbid it (EACCES).`,
    );
  });
});

test('systemReason has words for the codes that it knows', () => {
  expect([systemReason('ENOSPC'), systemReason('ESOMETHING')]).toEqual(['the disk is full', undefined]);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
