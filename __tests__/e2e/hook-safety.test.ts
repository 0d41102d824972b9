import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { makeSandbox, runToEnd, stopPayload, type Sandbox } from '../helpers/sandbox.ts';

const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-thinktool']);
  await sandbox.stopwire(['install', '--yes']);
});
afterEach(() => sandbox.remove());

/** A PATH with the few tools the launcher needs, and no node. */
function pathWithoutNode(): string {
  const bin = join(sandbox.home, 'bin');
  mkdirSync(bin);
  for (const tool of ['sh', 'env', 'setsid']) symlinkSync(join('/usr/bin', tool), join(bin, tool));
  return bin;
}

const launcher = (): string => join(sandbox.data, 'hook');
const rewriteLauncher = (edit: (text: string) => string): void =>
  writeFileSync(launcher(), edit(readFileSync(launcher(), 'utf8')));

describe('the hook exits 0 and says nothing', () => {
  test('when the recorded node has gone and none is on PATH', async () => {
    rewriteLauncher((text) => text.replace(/^node=.*$/m, "node='/gone/node'").replaceAll('/usr', '/gone'));
    rewriteLauncher((text) => text.replace('/gone/bin:/bin', '/gone/bin'));
    expect(await sandbox.fire({ env: { PATH: pathWithoutNode() } })).toEqual(SILENT);
    const log = join(sandbox.state, 'hook.log');
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('no other from 20.19 up')) await sleep(5);
    expect(existsSync(join(sandbox.data, 'records.db'))).toBe(false);
  });

  test('when the recorded node has gone but another is on PATH, and then it still works', async () => {
    rewriteLauncher((text) => text.replace(/^node=.*$/m, "node='/gone/node'"));
    expect(await sandbox.fireAndSettle()).toEqual(SILENT);
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(join(sandbox.claude, 'projects')));
  });

  test.each([
    ['the launcher', (): void => rmSync(launcher())],
    ['the program', (): void => rmSync(join(sandbox.data, programFolder()), { recursive: true })],
    ['the whole data directory', (): void => rmSync(sandbox.data, { recursive: true })],
    ['the configuration', (): void => rmSync(sandbox.config, { recursive: true })],
    ['the state directory', (): void => rmSync(sandbox.state, { recursive: true })],
    [
      'every folder of stopwire',
      (): void => [sandbox.data, sandbox.config, sandbox.state].forEach((path) => rmSync(path, { recursive: true })),
    ],
  ])('when %s is gone', async (_, remove) => {
    remove();
    expect(await sandbox.fire()).toEqual(SILENT);
  });

  test.each([
    ['the configuration is not JSON', (): void => writeFileSync(join(sandbox.config, 'config.json'), '{"version":1,')],
    [
      'the state was written by a newer version',
      (): void => writeFileSync(join(sandbox.state, 'cursors.log'), newerJournal()),
    ],
    [
      'the state directory is a file',
      (): void => {
        rmSync(sandbox.state, { recursive: true });
        writeFileSync(sandbox.state, '');
      },
    ],
    [
      'the program is not JavaScript',
      (): void => writeFileSync(join(sandbox.data, programFolder(), 'dist', 'main.js'), 'oh no('),
    ],
    ['the launcher is empty', (): void => writeFileSync(launcher(), '')],
    ['the launcher has an unbalanced quote', (): void => writeFileSync(launcher(), "echo 'oh")],
    ['the launcher cannot be read', (): void => chmodSync(launcher(), 0)],
  ])('when %s', async (_, spoil) => {
    spoil();
    expect(await sandbox.fire()).toEqual(SILENT);
  });

  test('when transcripts cannot be read, and the others still arrive', async () => {
    const folder = join(sandbox.claude, 'projects', '2.1.329-thinktool');
    mkdirSync(join(folder, 'folder.jsonl'));
    symlinkSync('/etc/passwd', join(folder, 'link.jsonl'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling.jsonl'));
    await runToEnd('mkfifo', [join(folder, 'pipe.jsonl')], {});
    writeFileSync(join(folder, 'noise.jsonl'), Buffer.from([0, 1, 255, 10, 200]));
    expect(await sandbox.fireAndSettle()).toEqual(SILENT);
    const stored = await sandbox.exported();
    expect(stored.filter(({ type }) => type === 'unparseable')).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain('root:');
    expect(stored.length).toBeGreaterThan(30);
  });

  test('when the disk of the state directory is full: then nothing is sent, and all of it when there is room', async () => {
    // No file may grow: every write fails as on a full disk (EFBIG in the place of ENOSPC).
    const full = await runToEnd('sh', ['-c', `ulimit -f 0; ${sandbox.hookCommand()}`], {
      env: sandbox.env,
      stdin: stopPayload(sandbox.home),
    });
    expect(full).toEqual(SILENT);
    await sandbox.fireAndSettle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(join(sandbox.claude, 'projects')));
  });

  test('with STOPWIRE_DISABLED=1, and then it does nothing', async () => {
    expect(await sandbox.fire({ env: { STOPWIRE_DISABLED: '1' } })).toEqual(SILENT);
    expect(readdirSync(sandbox.state)).toEqual([]);
  });

  test.each([
    ['empty', ''],
    ['garbage', 'not json at all'],
    ['five megabytes', `{"last_assistant_message":"${'x'.repeat(5_000_000)}"}`],
    ['a path outside', JSON.stringify({ transcript_path: '/etc/passwd' })],
  ])('whatever is on standard input: %s', async (_, stdin) => {
    expect(await sandbox.fireAndSettle({ stdin })).toEqual(SILENT);
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(join(sandbox.claude, 'projects')));
  });
});

describe('the worker', () => {
  test('inherits no credential of the client, and no NODE_OPTIONS', async () => {
    const seen = join(sandbox.home, 'environment');
    rewriteLauncher((text) => text.replace(/^node=.*$/m, `node='${join(sandbox.home, 'node')}'`));
    writeFileSync(join(sandbox.home, 'node'), `#!/bin/sh\nenv >'${seen}.part'; mv '${seen}.part' '${seen}'\n`, {
      mode: 0o755,
    });
    const env = {
      ANTHROPIC_API_KEY: 'sk-ant-1',
      AWS_SECRET_ACCESS_KEY: 'aws',
      NODE_OPTIONS: '--no',
      CLAUDE_CODE_MESSAGING_TOKEN: 't',
      STOPWIRE_API_KEY: 'k',
      TZ: "it's; $(here)",
    };
    await sandbox.fire({ env });
    while (!existsSync(seen)) await new Promise(setImmediate);
    const environment = readFileSync(seen, 'utf8');
    for (const name of ['ANTHROPIC', 'AWS', 'NODE_OPTIONS', 'TOKEN', 'API_KEY'])
      expect(environment).not.toContain(name);
    expect(environment).toContain(`HOME=${sandbox.home}`);
    expect(environment).toContain("TZ=it's; $(here)");
  });

  test('goes on where one that was killed stopped, and stores nothing twice', async () => {
    await sandbox.fire();
    const lock = join(sandbox.state, 'lock');
    while (!existsSync(lock)) await new Promise(setImmediate);
    process.kill(Number(readFileSync(lock, 'utf8').split(' ')[0]), 'SIGKILL');
    await sandbox.fireAndSettle();
    expect(idsOf(await sandbox.exported())).toEqual(expectedIds(join(sandbox.claude, 'projects')));
  });
});

function programFolder(): string {
  return readdirSync(sandbox.data).find((name) => /^\d/.test(name)) ?? 'missing';
}

function newerJournal(): string {
  const header = '{"k":"hdr","v":999}';
  return `\n${header}|${crc32(header).toString(16).padStart(8, '0')}`;
}
