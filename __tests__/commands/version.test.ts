import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'));

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
});
afterEach(() => sandbox.remove());

test('stopwire version tells what runs and where things are kept, and makes nothing', async () => {
  const { stdout } = await sandbox.stopwire(['version', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    stopwire: version,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    sqlite: {
      version: expect.stringMatching(/^3\.\d+\.\d+$/),
      driver: expect.stringMatching(/^(node:sqlite|libsql)$/),
    },
    paths: {
      config: join(sandbox.config, 'config.json'),
      state: sandbox.state,
      data: sandbox.data,
      log: join(sandbox.state, 'hook.log'),
      claude: sandbox.claude,
      node: process.execPath,
    },
  });
  expect(readdirSync(sandbox.home)).toEqual(['.claude']);
});

test('for people, the same in a table', async () => {
  const { stdout } = await sandbox.stopwire(['version']);
  expect(stdout).toMatch(new RegExp(`^stopwire +${version.replaceAll('.', '\\.')}\n`));
  expect(stdout).toContain(sandbox.state);
});
