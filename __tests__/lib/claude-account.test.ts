import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readAccount } from '../../src/lib/claude-account.ts';
import { claudeJsonPath } from '../../src/lib/claude-json.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let home: string;
let path: string;
beforeEach(() => {
  home = makeTempDirectory();
  path = join(home, '.claude.json');
});

const ACCOUNT = {
  accountUuid: '00000000-0000-4000-8000-000000000001',
  emailAddress: 'dev@example.com',
  organizationUuid: '00000000-0000-4000-8000-000000000002',
  organizationName: 'Acme',
  organizationRole: 'admin',
};

describe('readAccount', () => {
  test('takes four things of the account and nothing else', () => {
    writeFileSync(path, JSON.stringify({ numStartups: 3, oauthAccount: ACCOUNT, primaryApiKey: 'secret' }));
    expect(readAccount(path)).toEqual({
      email: 'dev@example.com',
      accountUuid: '00000000-0000-4000-8000-000000000001',
      organizationUuid: '00000000-0000-4000-8000-000000000002',
      organizationName: 'Acme',
    });
  });

  test('takes only text', () => {
    writeFileSync(path, '{"oauthAccount":{"emailAddress":7,"accountUuid":null,"organizationName":"\\ud800x"}}');
    expect(readAccount(path)).toEqual({ organizationName: '\ufffdx' });
  });

  test('reads a file of several megabytes, and not one of more than 16 MiB', () => {
    const history = 'x'.repeat(5_000_000);
    writeFileSync(path, JSON.stringify({ history, oauthAccount: ACCOUNT }));
    expect(readAccount(path)?.email).toBe('dev@example.com');
    writeFileSync(path, JSON.stringify({ history: history.repeat(4), oauthAccount: ACCOUNT }));
    expect(readAccount(path)).toBeUndefined();
  });

  test.each([
    ['there is no file', () => {}],
    ['there is no account', () => writeFileSync(path, '{"numStartups":3}')],
    ['the account is a list', () => writeFileSync(path, '{"oauthAccount":["x"]}')],
    ['the file is cut', () => writeFileSync(path, '{"oauthAccount":{"emailAddress":"a')],
    ['the file is a folder', () => mkdirSync(path)],
    ['the file is a pipe', () => execFileSync('mkfifo', [path])],
  ])('answers nothing where %s', (_, make) => {
    make();
    expect(readAccount(path)).toBeUndefined();
  });
});

describe('claudeJsonPath', () => {
  test('is beside the configuration root, unless the file is in it', () => {
    const root = join(home, '.claude');
    mkdirSync(root);
    expect(claudeJsonPath(root)).toBe(path);
    writeFileSync(join(root, '.claude.json'), '{}');
    expect(claudeJsonPath(root)).toBe(join(root, '.claude.json'));
  });
});
