import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readHost, type Host, type HostSources } from '../../src/lib/host.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const CPU = { model: ' Model X ' };

/** A plain Linux machine. */
const PLAIN: HostSources['os'] = {
  arch: () => 'x64',
  availableParallelism: () => 3,
  cpus: () => [CPU, CPU],
  hostname: () => 'desk',
  platform: () => 'linux',
  release: () => '6.1.0-18-amd64',
  totalmem: () => 8_000_000_000,
  userInfo: () => ({ username: 'dev' }),
};

function fail(): never {
  throw new Error('ERR_SYSTEM_ERROR');
}

/** A root folder with files in it. */
function rootWith(files: { [path: string]: string }): string {
  const root = makeTempDirectory();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

interface Differences {
  os?: Partial<HostSources['os']>;
  env?: NodeJS.ProcessEnv;
  files?: { [path: string]: string };
}

/** The plain machine, but for these. */
function host(more: Differences = {}): Host {
  const sources = { os: { ...PLAIN, ...more.os }, env: more.env ?? {}, root: rootWith(more.files ?? {}) };
  return readHost({ ...sources, nodeVersion: '20.19.0' });
}

describe('readHost', () => {
  test('tells of this machine what the machine tells', () => {
    const found = readHost();
    expect(found).toMatchObject({
      osUser: execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
      hostName: execFileSync('uname', ['-n'], { encoding: 'utf8' }).trim(),
      osType: execFileSync('uname', ['-s'], { encoding: 'utf8' }).trim().toLowerCase(),
      osVersion: execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim(),
      nodeVersion: process.version.slice(1),
      memoryBytes: os.totalmem(),
    });
    expect(found.cpuCount).toBeGreaterThan(0);
  });

  test('tells everything of a plain machine', () => {
    expect(host()).toEqual({
      osUser: 'dev',
      hostName: 'desk',
      osType: 'linux',
      osVersion: '6.1.0-18-amd64',
      arch: 'amd64',
      isContainer: false,
      isWsl: false,
      isCi: undefined,
      nodeVersion: '20.19.0',
      cpuModel: 'Model X',
      cpuCount: 2,
      memoryBytes: 8_000_000_000,
    });
  });

  test.each([
    ['linux', 'linux'],
    ['darwin', 'darwin'],
    ['win32', 'windows'],
    ['sunos', 'solaris'],
    ['freebsd', 'freebsd'],
  ] as const)('calls %s %s, as OpenTelemetry does', (platform, osType) => {
    expect(host({ os: { platform: () => platform } }).osType).toBe(osType);
  });

  test.each([
    ['x64', 'amd64'],
    ['arm64', 'arm64'],
    ['arm', 'arm32'],
    ['ia32', 'x86'],
    ['s390x', 's390x'],
  ] as const)('calls %s %s, as OpenTelemetry does', (arch, expected) => {
    expect(host({ os: { arch: () => arch } }).arch).toBe(expected);
  });

  test.each<[string, Differences]>([
    ['by the mark of Docker', { files: { '.dockerenv': '' } }],
    ['by the mark of Podman', { files: { 'run/.containerenv': 'engine="podman-4"' } }],
    ['by the folder of Kubernetes', { files: { 'var/run/secrets/kubernetes.io/serviceaccount/token': 'x' } }],
    ['by the groups of Docker', { files: { 'proc/1/cgroup': '12:pids:/docker/0123abc\n0::/docker/0123abc\n' } }],
    ['by the groups of Kubernetes', { files: { 'proc/1/cgroup': '0::/kubepods.slice/kubepods-pod1.slice/cri-x\n' } }],
    ['by the variable', { env: { container: 'podman' } }],
  ])('knows a container %s', (_, more) => {
    expect(host(more).isContainer).toBe(true);
  });

  test.each(['0::/init.scope\n', '0::/\n', '0::/user.slice/user-1000.slice\n', ''])(
    'takes no container from the groups %j',
    (cgroup) => {
      expect(host({ files: { 'proc/1/cgroup': cgroup } }).isContainer).toBe(false);
    },
  );

  test.each<[string, Differences, boolean]>([
    ['by the release', { os: { release: () => '5.15.153.1-microsoft-standard-WSL2' } }, true],
    ['by the release of WSL 1', { os: { release: () => '4.4.0-19041-Microsoft' } }, true],
    ['by the version', { files: { 'proc/version': 'Linux version 6.6.1 (root@x) (Microsoft WSL2)' } }, true],
    ['not on Windows itself', { os: { release: () => '10.0 microsoft', platform: () => 'win32' as const } }, false],
    ['not by other kernels', { files: { 'proc/version': 'Linux version 6.1.0-18-amd64 (debian)' } }, false],
  ])('knows WSL %s', (_, more, expected) => {
    expect(host(more).isWsl).toBe(expected);
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['true', true],
    ['1', true],
    ['woodpecker', true],
    ['false', false],
    ['0', false],
  ])('takes CI=%j for %j', (CI, expected) => {
    expect(host({ env: { CI } }).isCi).toBe(expected);
  });

  test('names the user by the environment where the password file has none', () => {
    expect(host({ os: { userInfo: fail }, env: { USER: 'a', LOGNAME: 'b' } }).osUser).toBe('a');
    expect(host({ os: { userInfo: fail }, env: { LOGNAME: 'b' } }).osUser).toBe('b');
    expect(host({ os: { userInfo: fail } }).osUser).toBeUndefined();
  });

  test('lives with a system that tells nothing', () => {
    const silent = { userInfo: fail, hostname: fail, cpus: fail, release: fail };
    expect(host({ os: silent })).toMatchObject({ hostName: '', osVersion: '', cpuModel: undefined, cpuCount: 3 });
    expect(host({ os: { cpus: () => [] } })).toMatchObject({ cpuModel: undefined, cpuCount: 3 });
  });

  test('waits for no pipe', () => {
    const root = rootWith({ 'proc/1/x': '' });
    execFileSync('mkfifo', [join(root, 'proc/1/cgroup'), join(root, 'proc/version')]);
    expect(readHost({ root, os: PLAIN, env: {} })).toMatchObject({ isContainer: false, isWsl: false });
  });
});
