/** A sandbox with the destinations `file` and `http`, the program under faults in it, and what must hold afterwards. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { expectedIds, idsOf } from './expected.ts';
import { type LoopbackServer, type ReceivedRequest, startLoopbackServer } from './loopback-server.ts';
import { BIN, type Ended, makeSandbox, runToEnd, type Sandbox, stopPayload } from './sandbox.ts';

export const API_KEY = 'sk-rig-0f5bd9c84e7a12630fb1';
export const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };
/** Small, so that a short transcript makes several batches. */
export const BATCH_RECORDS = 13;
const PRELOAD = join(import.meta.dirname, 'faults.cjs');

/** The environment of `faults.cjs`. */
export interface Faults {
  readonly [name: `FAULT_${string}`]: string | number;
}

/** The two seconds in which a worker waits for late lines pass in 80 ms. */
export const FAST: Faults = { FAULT_CLOCK_RATE: 25 };
/** The same for the worker after it, so that its clock is not behind that of a fast one. */
export const LATER: Faults = { ...FAST, FAULT_CLOCK_OFFSET_MS: 600_000 };

export interface Report {
  operations: string[];
  injected: number;
  maxRssKb: number;
}

export interface RigOptions {
  /** Folders of fixtures/transcripts. */
  cases?: readonly string[];
  /** More options for the destination `http`. */
  http?: object;
  /** Which of `file`, `http` and `local` there are; the first two unless said otherwise. */
  destinations?: readonly ('file' | 'http' | 'local')[];
}

export interface ConfiguredRig {
  name: string;
  kind: string;
  redaction: string;
  since?: string;
  options: object;
}

export interface Rig extends Sandbox {
  server: LoopbackServer;
  projects: string;
  /** The transcript that `addLines` writes to. */
  transcript: string;
  destinations: readonly ConfiguredRig[];
  configure(destinations: readonly ConfiguredRig[]): void;
  addLines(count: number): void;
  /** One line with this text; answers its uuid. */
  addLine(text: string): string;
  /** `stopwire run` to its end. */
  run(faults?: Faults, options?: { env?: NodeJS.ProcessEnv; args?: readonly string[] }): Promise<Ended>;
  /** The hook's worker to its end, as the launcher starts it. */
  work(faults?: Faults, env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Either of the two, not waited for. */
  start(command: 'run' | 'hook', faults?: Faults, stdin?: string): ChildProcess;
  /** What the last run or worker that came to its end reported. */
  report(): Report;
  /** Puts the launcher and its entry in settings.json in place. */
  install(): Promise<void>;
  fileRecords(): { [field: string]: unknown }[];
  httpRecords(): { [field: string]: unknown }[];
  close(): Promise<void>;
}

const open = new Set<Rig>();

afterEach(async () => {
  await Promise.all(Array.from(open, (rig) => rig.close()));
});

/** Makes a rig; it is closed with the test, where it was not before. */
export async function makeRig({
  cases = ['2.1.329-simple'],
  http = {},
  destinations: kinds = ['file', 'http'],
}: RigOptions = {}): Promise<Rig> {
  const sandbox = makeSandbox(cases);
  const server = await startLoopbackServer();
  const { home, env } = sandbox;
  const records = join(home, 'records.ndjson');
  const reportPath = `${home}.report`;
  const projects = join(sandbox.claude, 'projects');
  const transcript = join(projects, 'growing', '0a1b2c3d-0000-4000-8000-000000000000.jsonl');
  const maxRecords = BATCH_RECORDS;
  const options = {
    file: { path: records, maxRecords },
    http: { endpoint: `${server.url}/v1/records`, apiKey: API_KEY, maxRecords, ...http },
    local: {},
  };
  const destinations = kinds.map((kind) => ({ name: kind, kind, redaction: 'none', options: options[kind] }));
  const configure = (wanted: readonly ConfiguredRig[]): void => {
    mkdirSync(sandbox.config, { recursive: true, mode: 0o700 });
    const config = { version: 1, claudeDirectories: [sandbox.claude], destinations: wanted };
    writeFileSync(join(sandbox.config, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  };
  configure(destinations);
  const faulty = (faults: Faults): NodeJS.ProcessEnv => ({
    ...env,
    FAULT_ROOT: home,
    FAULT_REPORT: reportPath,
    ...Object.fromEntries(Object.entries(faults).map(([name, value]) => [name, String(value)])),
  });
  let lines = 0;
  const children = new Set<ChildProcess>();
  const rig: Rig = {
    ...sandbox,
    server,
    projects,
    transcript,
    destinations,
    configure,
    addLines(count) {
      const added = Array.from({ length: count }, () => lineOf((lines += 1)));
      append(transcript, added);
    },
    addLine(text) {
      const line = lineOf((lines += 1), text);
      append(transcript, [line]);
      return line.uuid;
    },
    run: (faults = {}, { env: more = {}, args = [] } = {}) =>
      runToEnd(process.execPath, ['--require', PRELOAD, BIN, 'run', ...args], {
        cwd: home,
        env: { ...faulty(faults), ...more },
      }),
    work(faults = {}, more = {}) {
      leaveWakeMark(sandbox.state);
      return runToEnd(process.execPath, ['--require', PRELOAD, BIN, 'hook'], {
        cwd: home,
        env: { ...faulty(faults), ...more },
        stdin: stopPayload(home),
      });
    },
    start(command, faults = {}, stdin = '') {
      if (command === 'hook') leaveWakeMark(sandbox.state);
      const child = spawn(process.execPath, ['--require', PRELOAD, BIN, command], {
        cwd: home,
        env: faulty(faults),
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      child.stdin.on('error', () => {}).end(stdin);
      children.add(child);
      return child;
    },
    report: () => JSON.parse(readFileSync(reportPath, 'utf8')),
    async install() {
      expect((await sandbox.stopwire(['install', '--yes', '--local'])).code).toBe(0);
      configure(destinations);
    },
    fileRecords: () => (existsSync(records) ? wholeLines(readFileSync(records, 'utf8')) : []),
    httpRecords: () => server.requests.flatMap(recordsOf),
    async close() {
      open.delete(rig);
      await Promise.all(Array.from(children, kill));
      await server.close();
      sandbox.remove();
      rmSync(reportPath, { force: true });
    },
  };
  open.add(rig);
  return rig;
}

/** Ends a process with SIGKILL; resolves when it has gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  child.kill('SIGKILL');
  await gone;
}

export function recordsOf({ body }: ReceivedRequest): { [field: string]: unknown }[] {
  return JSON.parse(body).records;
}

export const keyOf = ({ headers }: ReceivedRequest): unknown => headers['idempotency-key'];

/**
 * Each line that was written has arrived at `file` and `http`, under its id; at most one batch of each was repeated for
 * each crash, with the key and the body that it had; and the API key is where it belongs.
 */
export function expectWhole(rig: Rig, { crashes = 0 }: { crashes?: number } = {}): void {
  const wanted = expectedIds(rig.projects);
  const file = idsOf(rig.fileRecords());
  expect([...new Set(file)]).toEqual(wanted);
  expect(file.length - wanted.length).toBeLessThanOrEqual(crashes * BATCH_RECORDS);
  const batches = new Map<unknown, ReceivedRequest[]>();
  for (const request of rig.server.requests) {
    batches.set(keyOf(request), [...(batches.get(keyOf(request)) ?? []), request]);
  }
  const firsts = Array.from(batches.values(), ([first]) => first).filter((request) => request !== undefined);
  expect(idsOf(firsts.flatMap(recordsOf))).toEqual(wanted);
  expect(rig.server.requests.length - batches.size).toBeLessThanOrEqual(crashes);
  for (const [key, requests] of batches) {
    expect(new Set(requests.map((request) => request.body)).size).toBe(1);
    expect(JSON.parse(requests[0]?.body ?? '').batch_id).toBe(key);
  }
  expect(leaks(rig)).toEqual([]);
}

/** Where the API key stands and should not: files below HOME, and parts of requests. */
export function leaks({ home, config, server }: Rig, secret: string = API_KEY): string[] {
  const files = readdirSync(home, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== join(config, 'config.json') && readFileSync(path).includes(secret));
  const requests = server.requests
    .map(({ headers, ...request }) => JSON.stringify({ ...request, headers: { ...headers, authorization: undefined } }))
    .filter((text) => text.includes(secret));
  return [...files, ...requests];
}

/** What a failed command may say: a sentence, neither a stack nor the key. */
export function expectPlainWords({ code, signal, stdout, stderr }: Ended): void {
  expect(signal).toBeNull();
  expect([0, 1]).toContain(code);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain(API_KEY);
}

const MAX_POINTS = 400;

/**
 * Tries the points 1, 2, 3 … in two lanes until one leaves its run untouched; answers how many there were. Fails where
 * there is no end of them.
 */
export async function forEveryPoint(isTouched: (point: number) => Promise<boolean>): Promise<number> {
  let point = 0;
  let untouched = Infinity;
  const lane = async (): Promise<void> => {
    while (untouched === Infinity && point < MAX_POINTS) {
      const mine = (point += 1);
      if (!(await isTouched(mine))) untouched = Math.min(untouched, mine);
    }
  };
  await Promise.all([lane(), lane()]);
  expect(untouched).toBeLessThan(MAX_POINTS);
  return untouched - 1;
}

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Processes whose argument list names the path; Linux. */
export function processesNaming(path: string): { pid: number; args: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), args: argumentsOf(name) }))
    .filter(({ args }) => args.includes(path));
}

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has gone.
    return '';
  }
}

function append(path: string, lines: readonly object[]): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { flag: 'a' });
}

function lineOf(number: number, text = `line ${number}`): { uuid: string; [field: string]: unknown } {
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const message = { role: 'user', content: text };
  return { type: 'user', uuid, sessionId: 'growing', timestamp: '2026-01-01T00:00:00.000Z', message };
}

function leaveWakeMark(state: string): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  writeFileSync(join(state, 'wake'), '');
}

/** A crash or a full disk leaves a line that is cut short; what follows begins a new one. */
function wholeLines(text: string): { [field: string]: unknown }[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** Whether this machine has a command and lets it do what it is asked for. */
export function isPossible(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
