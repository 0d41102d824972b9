/** Facts about this machine, from the system's own calls and a few small files; no process is started. */
import { existsSync } from 'node:fs';
import * as nodeOs from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from './read-file.ts';

export interface Host {
  /** Undefined where the user has no name: a container can run under any number. */
  osUser?: string | undefined;
  hostName: string;
  /** OpenTelemetry's `os.type`: linux, darwin, windows and so on. */
  osType: string;
  /** The kernel's release. */
  osVersion: string;
  /** OpenTelemetry's `host.arch`: amd64, arm64 and so on. */
  arch: string;
  isContainer: boolean;
  /** Under the Windows Subsystem for Linux, or in a container there. */
  isWsl: boolean;
  /** Undefined where the environment does not say: a hook's is cut down to a few variables. */
  isCi?: boolean | undefined;
  /** Without the `v`. */
  nodeVersion: string;
  cpuModel?: string | undefined;
  /** Logical processors. */
  cpuCount: number;
  /** Of the machine; a container may get less. */
  memoryBytes: number;
}

export interface HostSources {
  /** Where `/proc` and the marks of container engines are looked for. */
  root: string;
  env: NodeJS.ProcessEnv;
  os: Pick<typeof nodeOs, 'arch' | 'availableParallelism' | 'hostname' | 'platform' | 'release' | 'totalmem'> & {
    cpus: () => { model: string }[];
    userInfo: () => { username: string };
  };
  nodeVersion: string;
}

const MAX_BYTES = 65_536;

/** Node's words for what OpenTelemetry's semantic conventions call otherwise. */
const OS_TYPES: { readonly [platform: string]: string } = { win32: 'windows', sunos: 'solaris', android: 'linux' };
const ARCHITECTURES: { readonly [arch: string]: string } = { x64: 'amd64', ia32: 'x86', arm: 'arm32', ppc: 'ppc32' };

/** Left by Docker, by Podman, and by Kubernetes in every pod that may speak to it. */
const CONTAINER_MARKS = ['.dockerenv', 'run/.containerenv', 'var/run/secrets/kubernetes.io'];
const CONTAINER_GROUPS = /docker|containerd|kubepods|libpod|lxc|buildkit|garden/;

/** Never throws: what the system does not tell is left out, or empty. */
export function readHost({
  root = '/',
  env = process.env,
  os = nodeOs,
  nodeVersion = process.versions.node,
}: Partial<HostSources> = {}): Host {
  const platform = os.platform();
  const cpus = attempt(() => os.cpus()) ?? [];
  return {
    osUser: attempt(() => os.userInfo().username) || env['USER'] || env['LOGNAME'] || undefined,
    hostName: attempt(() => os.hostname()) ?? '',
    osType: OS_TYPES[platform] ?? platform,
    osVersion: attempt(() => os.release()) ?? '',
    arch: ARCHITECTURES[os.arch()] ?? os.arch(),
    isContainer: isContainer(root, env),
    isWsl: platform === 'linux' && isWsl(root, attempt(() => os.release()) ?? ''),
    isCi: isCi(env['CI']),
    nodeVersion,
    cpuModel: cpus[0]?.model.trim() || undefined,
    // Node lists none where /proc is closed, as on Android.
    cpuCount: cpus.length || os.availableParallelism(),
    memoryBytes: os.totalmem(),
  };
}

/** By the marks of the engines, by the control groups of the first process, or by the variable that systemd knows. */
function isContainer(root: string, env: NodeJS.ProcessEnv): boolean {
  if (env['container'] || CONTAINER_MARKS.some((mark) => existsSync(join(root, mark)))) return true;
  return CONTAINER_GROUPS.test(readRegularFile(join(root, 'proc/1/cgroup'), MAX_BYTES) ?? '');
}

/** Microsoft's kernel says so in its release; one that was built from its sources, in the full version. */
function isWsl(root: string, release: string): boolean {
  return /microsoft/i.test(`${release} ${readRegularFile(join(root, 'proc/version'), MAX_BYTES) ?? ''}`);
}

/** `CI` is what nearly all services set. */
function isCi(value: string | undefined): boolean | undefined {
  return value === undefined || value === '' ? undefined : !/^(?:false|0|no)$/i.test(value);
}

/** The calls behind node:os can fail, for instance for a user without an entry in the password file. */
function attempt<Value>(ask: () => Value): Value | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
