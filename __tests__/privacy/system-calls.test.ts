/** What the hook and its worker ask of the system, by strace: the files that they open, and whom they connect to. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { git } from '../helpers/git.ts';
import { makeRig, type Rig } from '../helpers/fault-rig.ts';
import { appendDamaged, appendPlanted } from '../helpers/planted-transcript.ts';
import { runToEnd, stopPayload } from '../helpers/sandbox.ts';

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const traced = canTrace ? describe : describe.skip;

interface Call {
  name: string;
  text: string;
  /** Of the paths that it names, the last: where a file will be. */
  path: string;
  isWrite: boolean;
  hasFailed: boolean;
}

const NAMES = 'open,openat,openat2,creat,connect,sendto,bind,rename,renameat,renameat2,mkdir,mkdirat,link,linkat';
const MORE = 'symlink,symlinkat,unlink,unlinkat,rmdir,truncate,chmod,fchmodat,chown,fchownat,execve';
const QUIET = new Set(['open', 'openat', 'openat2', 'connect', 'sendto', 'bind', 'execve']);

/** One call a line; those that another thread has interrupted are put together first. */
function callsIn(trace: string): Call[] {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(pid, rest.slice(0, -'<unfinished ...>'.length));
      return [];
    }
    const [, end] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    const text = end === undefined ? rest : `${begun.get(pid) ?? ''}${end}`;
    const [, name] = /^(\w+)\(/.exec(text) ?? [];
    if (name === undefined) return [];
    const path = Array.from(text.matchAll(/"([^"]*)"/g), ([, one]) => one ?? '').at(name === 'execve' ? 0 : -1) ?? '';
    const isWrite = !QUIET.has(name) || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(text);
    return [{ name, text, path, isWrite, hasFailed: / = -1 E/.test(text) }];
  });
}

const within = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

traced('a fire, from the hook’s command to the end of its worker', () => {
  let rig: Rig;
  let project: string;
  let calls: Call[];

  beforeAll(async () => {
    rig = await makeRig({ destinations: ['http'] });
    project = join(rig.home, 'work', 'project');
    mkdirSync(project, { recursive: true });
    git(project, 'init', '--quiet');
    for (const name of ['.env', 'notes.txt', '.mcp.json']) writeFileSync(join(project, name), '{}');
    const transcript = join(rig.projects, '-work', '5e551040-0000-4000-8000-000000000000.jsonl');
    appendPlanted(transcript, { text: 'hello', fileName: 'notes.txt', cwd: project });
    appendDamaged(transcript, 'hello');
    await rig.install();
    const out = `${rig.home}.trace`;
    const ended = await runToEnd(
      'strace',
      [
        '-f',
        '-qq',
        '-s',
        '4096',
        '-e',
        `trace=${NAMES},${MORE}`,
        '-e',
        'signal=none',
        '-o',
        out,
        'sh',
        '-c',
        rig.hookCommand(),
      ],
      { cwd: project, env: rig.env, stdin: stopPayload(rig.home, { transcript_path: transcript, cwd: project }) },
    );
    expect(ended).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(rig.httpRecords().length).toBeGreaterThan(10);
    calls = callsIn(readFileSync(out, 'utf8'));
    await rig.close();
  });

  test('writes below its three directories alone', () => {
    const written = calls.filter(({ isWrite }) => isWrite).map(({ path }) => path);
    expect(written).toContain(join(rig.state, 'hook.log'));
    const own = [rig.state, rig.data, rig.config, '/dev/null'];
    expect(written.filter((path) => !within(path, own))).toEqual([]);
  });

  test('reads nothing but itself, the system, the client’s folder, its own ones, and what git and the client keep in the project', () => {
    const read = calls.filter(({ name, isWrite, hasFailed }) => name.startsWith('open') && !isWrite && !hasFailed);
    expect(read.map(({ path }) => path)).toContain(join(project, '.git', 'HEAD'));
    const node = dirname(dirname(realpathSync(process.execPath)));
    const system = ['/lib', '/lib64', '/usr', '/proc', '/sys', '/dev/null', '/dev/urandom', node];
    const basics = [
      'ld.so.cache',
      'ld.so.preload',
      'passwd',
      'group',
      'nsswitch.conf',
      'resolv.conf',
      'hosts',
      'host.conf',
    ]
      .concat(['gai.conf', 'localtime', 'timezone', 'os-release', 'machine-id', 'ssl', 'locale.alias'])
      .map((name) => `/etc/${name}`);
    const own = [rig.state, rig.data, rig.config];
    const client = [rig.claude, join(rig.home, '.claude.json')];
    const allowed = [
      ...system,
      ...basics,
      ...own,
      ...client,
      ...['.git', '.mcp.json', '.claude'].map((name) => join(project, name)),
    ];
    const outside = read.filter(({ path }) => path.startsWith('/') && !within(path, allowed));
    expect(outside.map(({ text }) => text)).toEqual([]);
    const relative = read.filter(({ path }) => !path.startsWith('/')).map(({ text }) => text);
    expect(relative).toEqual([]);
  });

  test('connects to the destination alone', () => {
    const connects = calls.filter(({ name }) => name === 'connect').map(({ text }) => text);
    const there = `sin_port=htons(${new URL(rig.server.url).port}), sin_addr=inet_addr("127.0.0.1")`;
    // The name service cache, and resolvers, where the system's libraries ask them.
    const asked = /nscd\/socket|sin6?_port=htons\(53\)/;
    expect(connects.some((text) => text.includes(there))).toBe(true);
    expect(connects.filter((text) => !text.includes(there) && !asked.test(text))).toEqual([]);
    expect(calls.filter(({ name, text }) => name === 'bind' && !text.includes('AF_NETLINK'))).toEqual([]);
  });

  test('starts nothing but the launcher’s own tools and node', () => {
    const programs = calls.filter(({ name, hasFailed }) => name === 'execve' && !hasFailed).map(({ path }) => path);
    const names = new Set(programs.map((path) => path.slice(path.lastIndexOf('/') + 1)));
    expect([...names].filter((name) => !['sh', 'env', 'setsid', 'node', 'dash'].includes(name))).toEqual([]);
  });
});
