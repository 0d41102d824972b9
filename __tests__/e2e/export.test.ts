import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BIN, makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const SESSION = 'e14e262c-788e-48bf-9d40-ef24fe69de5a';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = makeSandbox(['2.1.329-thinktool', '2.1.329-simple']);
  await sandbox.stopwire(['install', '--yes']);
  expect((await sandbox.stopwire(['run'])).code).toBe(0);
});
afterAll(() => sandbox.remove());

const rows = async (...args: string[]): Promise<string[][]> => {
  const { code, stdout } = await sandbox.stopwire(['export', '--format', 'csv', ...args]);
  expect(code).toBe(0);
  return stdout
    .split('\r\n')
    .slice(1, -1)
    .map((row) => row.split(','));
};

describe('stopwire export', () => {
  test('takes every flag', async () => {
    const all = await rows('--fields', 'session_id,type');
    const wanted = all.filter(([session, type]) => session === SESSION && type !== 'attachment');
    const types = [...new Set(wanted.map(([, type = '']) => type))];
    const [first = '', ...others] = types;
    const flags = ['--session', SESSION, '--session', 'none', '--type', first, '--type', others.join(',')];
    const spans = ['--since', '2020-01-01', '--until', '2100-01-01T00:00Z'];
    expect(await rows('--fields', 'session_id,type', ...flags, ...spans)).toEqual(wanted);
    const projects = await rows('--fields', 'project', '--project', '/home/dev');
    expect(projects).toEqual(Array.from(projects, () => ['/home/dev/project']));
    expect(projects).not.toHaveLength(0);
    expect(await rows('--fields', 'id', '--since', '1m')).toEqual([]);
  });

  test('writes a file', async () => {
    const path = join(sandbox.home, 'out.ndjson');
    const { code, stdout, stderr } = await sandbox.stopwire(['export', '--output', path]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe((await sandbox.stopwire(['export', '--output', '-'])).stdout);
    const again = await sandbox.stopwire(['export', '--output', path]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    expect((await sandbox.stopwire(['export', '--output', path, '--force'])).code).toBe(0);
  });

  test.each([
    [['--fields', 'sesion_id'], 'Did you mean session_id?'],
    [['--since', 'yesterday'], 'names no moment'],
    [['--format', 'parquet'], 'ndjson'],
  ])('%j ends with code 2', async (args, words) => {
    const { code, stdout, stderr } = await sandbox.stopwire(['export', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  test.each([
    ['export', () => ['export']],
    ['anonymise', () => ['anonymise', join(sandbox.claude, 'projects', '2.1.329-thinktool', `${SESSION}.jsonl`)]],
  ])('%s goes quietly when its reader has gone', async (_, args) => {
    const child = spawn(process.execPath, [BIN, ...args()], { env: sandbox.env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    const code = await new Promise((done) => void child.once('close', done));
    expect(code).toBe(0);
    expect(complaint).not.toContain('error');
  });
});

describe('stopwire anonymise', () => {
  test('writes to standard output what it writes to a file, and says what it kept on standard error', async () => {
    const transcript = join(sandbox.claude, 'projects', '2.1.329-thinktool', `${SESSION}.jsonl`);
    const { code, stdout, stderr } = await sandbox.stopwire(['anonymise', transcript]);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toHaveLength(readFileSync(transcript, 'utf8').split('\n').length);
    expect(stdout).not.toContain(SESSION);
    expect(stderr).toContain('Look through it');
    const path = join(sandbox.home, 'anonymous.jsonl');
    expect((await sandbox.stopwire(['anonymise', transcript, '--output', path])).stdout).toBe('');
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(stdout.split('\n').length);
  });
});
