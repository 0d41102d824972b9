/** The packed package, installed in a prefix of its own, and hosts with a bare environment that use it from there. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { TRANSCRIPTS } from './fixtures.ts';
import { type Ended, runToEnd, type RunOptions, stopPayload, untilIdle } from './sandbox.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What the program and its hook need of a system, besides Node. */
const PROGRAMS = ['sh', 'env'];
const NOBODY = 65_534;

/** The machine's registry settings, and nothing else of what npm sets for its scripts. */
export function npmEnvironment(): NodeJS.ProcessEnv {
  const npm = Object.entries(process.env).filter(([name]) => /^npm_config_(?!ignore|prefix|local)/i.test(name));
  return { ...Object.fromEntries(npm), HOME: process.env['HOME'], PATH: process.env['PATH'], NO_COLOR: '1' };
}

/** What `npm pack --json` says of the package. */
export interface Packed {
  filename: string;
  /** Bytes of the tarball. */
  size: number;
  unpackedSize: number;
  files: { path: string; size: number; mode: number }[];
}

/** Packs dist/ as it is. */
export async function pack(folder: string): Promise<Packed> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await runToEnd('npm', args, { cwd: ROOT, env: npmEnvironment() });
  const [packed] = JSON.parse(stdout);
  return packed;
}

export interface Prefix {
  folder: string;
  tarball: string;
  remove(): void;
}

/** Installs the tarball globally into a prefix that everyone may read, without any network. */
export async function makePrefix(): Promise<Prefix> {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-prefix-'));
  chmodSync(folder, 0o755);
  const { filename } = await pack(folder);
  const tarball = join(folder, filename);
  const args = ['install', '--global', '--prefix', folder, '--omit=optional', '--offline'];
  const { code, stderr } = await runToEnd('npm', [...args, tarball], { cwd: folder, env: npmEnvironment() });
  if (code !== 0) throw new Error(stderr);
  return { folder, tarball, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface HostOptions {
  prefix: Prefix;
  /** The last part of HOME. */
  name?: string;
  /** The text of `~/.claude/settings.json`; without it, there is none. */
  settings?: string | undefined;
  /** A user without root's rights, where root runs the tests. */
  unprivileged?: boolean;
}

export interface Host {
  home: string;
  settings: string;
  projects: string;
  /** Runs a command line by `sh -c` with nothing but HOME and a PATH of `stopwire`, `node`, `sh` and `env`. */
  run(command: string, options?: RunOptions): Promise<Ended>;
  /** Fires the registered hook, without Node on the PATH, and waits until its worker has gone. */
  fire(): Promise<Ended>;
  settle(): Promise<void>;
  /** Every file and folder below HOME, with its permissions and what is in it. */
  everything(): string[];
  remove(): void;
}

/** Makes a host with one session in `~/.claude/projects`. */
export function makeHost({ prefix, name = 'home', settings: text, unprivileged = false }: HostOptions): Host {
  const folder = mkdtempSync(join(tmpdir(), 'stopwire-host-'));
  chmodSync(folder, 0o755);
  const home = join(folder, name);
  const projects = join(home, '.claude', 'projects');
  const settings = join(home, '.claude', 'settings.json');
  cpSync(join(TRANSCRIPTS, '2.1.329-thinktool'), join(projects, '2.1.329-thinktool'), { recursive: true });
  if (text !== undefined) writeFileSync(settings, text);
  const user = unprivileged && process.getuid?.() === 0 ? { uid: NOBODY } : {};
  if ('uid' in user) for (const path of [home, ...below(home)]) chownSync(path, NOBODY, NOBODY);

  const system = folderOfLinks(join(folder, 'bin'), PROGRAMS.map(found));
  const node = folderOfLinks(join(folder, 'node'), [process.execPath]);
  const path = [join(prefix.folder, 'bin'), node, system].join(delimiter);
  const run: Host['run'] = (command, options = {}) => {
    const env = { HOME: home, PATH: path, ...options.env };
    return runToEnd('sh', ['-c', command], { cwd: home, ...user, ...options, env });
  };
  const settle = (): Promise<void> => untilIdle(join(home, '.local', 'state', 'stopwire'));
  return {
    home,
    settings,
    projects,
    run,
    settle,
    async fire() {
      const { hooks } = JSON.parse(readFileSync(settings, 'utf8'));
      const ended = await run(hooks.Stop.at(-1).hooks[0].command, { stdin: stopPayload(home), env: { PATH: system } });
      await settle();
      return ended;
    },
    everything: () => below(home).map((one) => described(home, one)),
    remove() {
      chmodSync(home, 0o755);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function folderOfLinks(folder: string, programs: readonly string[]): string {
  mkdirSync(folder);
  for (const program of programs) symlinkSync(program, join(folder, basename(program)));
  return folder;
}

function found(program: string): string {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`there is no ${program} on the PATH`);
  return path;
}

function below(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.toSorted().map((name) => join(directory, name));
}

function described(home: string, path: string): string {
  const stats = lstatSync(path);
  const hash = stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
  return `${path.slice(home.length)} ${(stats.mode & 0o777).toString(8)} ${hash}`;
}
