/**
 * Faults of the machine, for one process: `node --require faults.cjs <program>`. Operations that change storage below
 * FAULT_ROOT are counted as they come, and end the process or fail as the environment says.
 *
 * FAULT_KILL_AT=n: SIGKILL at the n-th operation; FAULT_KILL_MODE: `before` it, `after` it, or `torn`: in the middle of
 * the n-th write, of which half is on the disk.
 * FAULT_ERR=ENOSPC (EROFS, EACCES, EIO, EMFILE, …): operations of the kinds FAULT_ERR_OPS whose path matches the
 * pattern FAULT_MATCH fail, from the FAULT_ERR_FROM-th to the FAULT_ERR_TO-th; FAULT_SHORT=1: of the first write that
 * would, half is written, without an error, and the next one fails.
 * FAULT_CRASH=text: at the first operation, an error with this text that nobody catches, as a bug would throw it.
 * FAULT_RUN=command: another process that `sh -c` starts and waits for, before each of the first FAULT_RUN_TIMES (1)
 * files that are made and match the pattern FAULT_MATCH.
 * FAULT_CLOCK_OFFSET_MS: another time of day · FAULT_CLOCK_RATE=n: time that passes n times as fast, for the clock and
 * for waiting (`node:timers/promises`) · FAULT_DNS=1: no name resolves.
 * FAULT_REPORT: where the process writes at its end what it did: `{operations, injected, maxRssKb}`.
 */
'use strict';
const { execFileSync } = require('node:child_process');
const dns = require('node:dns');
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');
const { constants } = require('node:os');
const timers = require('node:timers/promises');
const { env } = process;

const real = { ...fs };
/** The kinds of operations, each with those of `node:fs` that are of it; `create` is an `open` that makes a file. */
const NAMES = {
  write: ['writeSync', 'writevSync'],
  fsync: ['fsyncSync', 'fdatasyncSync'],
  ftruncate: ['ftruncateSync'],
  chmod: ['chmodSync', 'fchmodSync', 'fchownSync'],
  utimes: ['utimesSync', 'futimesSync'],
  rename: ['renameSync'],
  link: ['linkSync'],
  unlink: ['unlinkSync', 'rmSync', 'rmdirSync'],
  mkdir: ['mkdirSync'],
};
const HANDLE_KINDS = { write: 'write', writev: 'write', sync: 'fsync', datasync: 'fsync', truncate: 'ftruncate' };
const CHANGES = ['create', 'open', ...Object.keys(NAMES)];
/** What fails for each reason, unless said otherwise. `read` is whatever needs a file descriptor and changes nothing. */
const KINDS_OF_ERROR = {
  ENOSPC: ['create', 'write', 'mkdir', 'link'],
  EIO: ['write', 'fsync'],
  EMFILE: ['create', 'open', 'read'],
  EACCES: ['create', 'open'],
};

const root = env.FAULT_ROOT ?? '/nowhere';
const killAt = Number(env.FAULT_KILL_AT ?? Infinity);
const killMode = env.FAULT_KILL_MODE ?? 'before';
const errorCode = env.FAULT_ERR;
const failing = new Set(env.FAULT_ERR_OPS?.split(',') ?? KINDS_OF_ERROR[errorCode] ?? CHANGES);
const [errorFrom, errorTo] = [Number(env.FAULT_ERR_FROM ?? 1), Number(env.FAULT_ERR_TO ?? Infinity)];
const match = new RegExp(env.FAULT_MATCH ?? '');
let runsLeft = env.FAULT_RUN === undefined ? 0 : Number(env.FAULT_RUN_TIMES ?? 1);
let shortWrites = env.FAULT_SHORT === '1' ? 1 : 0;

/** Of the descriptors that the program opened below the root, where they lead. */
const paths = new Map();
const operations = [];
let eligible = 0;
let injected = 0;
/** Node's own functions call each other: only the outermost one counts. */
let depth = 0;

/** Counts an operation that is about to be made. Ends the process, throws, or says how it is to be made. */
function begin(kind, path) {
  if (depth > 0 || typeof path !== 'string' || !path.startsWith(root)) return {};
  if (kind === 'create' && runsLeft > 0 && match.test(path)) {
    runsLeft -= 1;
    perform({}, () => execFileSync('sh', ['-c', env.FAULT_RUN]));
  }
  if (errorCode !== undefined && failing.has(kind) && match.test(path)) {
    eligible += 1;
    if (eligible >= errorFrom && eligible <= errorTo) {
      injected += 1;
      if (kind !== 'write' || shortWrites === 0) throw systemError(kind, path);
      shortWrites -= 1;
      return { isHalf: true };
    }
  }
  if (kind === 'read' || (killMode === 'torn' && kind !== 'write')) return {};
  operations.push(`${kind} ${path.slice(root.length)}`);
  if (operations.length === 1 && env.FAULT_CRASH !== undefined) setImmediate(crash);
  if (operations.length !== killAt) return {};
  if (killMode === 'before') die();
  return { isHalf: killMode === 'torn', isLast: true };
}

function crash() {
  throw new Error(env.FAULT_CRASH);
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function systemError(kind, path) {
  const error = new Error(`${errorCode}: injected, ${kind} '${path}'`);
  return Object.assign(error, { code: errorCode, errno: -constants.errno[errorCode], syscall: kind, path });
}

function perform(plan, action) {
  depth += 1;
  try {
    return action();
  } finally {
    depth -= 1;
    if (plan.isLast) die();
  }
}

for (const [kind, names] of Object.entries(NAMES)) {
  for (const name of names) {
    fs[name] = (target, ...rest) => {
      const path = typeof target === 'number' ? paths.get(target) : String(target);
      const plan = changes(kind, path) ? begin(kind, path) : {};
      return perform(plan, () => real[name](target, ...(kind === 'write' ? toWrite(plan, rest) : rest)));
    };
  }
}

/** To make a folder that is there, or to remove what is not, is nothing for a disk to refuse. */
function changes(kind, path) {
  if (kind !== 'mkdir' && kind !== 'unlink') return true;
  return (real.lstatSync(path, { throwIfNoEntry: false }) !== undefined) === (kind === 'unlink');
}

/** The arguments of a write behind the descriptor, cut by half where the plan says so. */
function toWrite({ isHalf }, [data, offset, length, position]) {
  if (!isHalf) return [data, offset, length, position].slice(0, length === undefined ? 2 : 4);
  const bytes = Buffer.concat([data].flat().map((part) => Buffer.from(part)));
  const start = typeof offset === 'number' ? offset : 0;
  const wanted = typeof length === 'number' ? length : bytes.length - start;
  return [bytes, start, Math.floor(wanted / 2), typeof position === 'number' ? position : null];
}

function kindOfOpen(path, flags = 'r') {
  const writes =
    typeof flags === 'number' ? (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0 : flags !== 'r';
  if (!writes) return 'read';
  return real.existsSync(path) ? 'open' : 'create';
}

fs.openSync = (path, flags, mode) => {
  const plan = begin(kindOfOpen(path, flags), String(path));
  return perform(plan, () => {
    const file = real.openSync(path, flags, mode);
    paths.set(file, String(path));
    return file;
  });
};
fs.closeSync = (file) => {
  paths.delete(file);
  real.closeSync(file);
};
fs.writeFileSync = (target, data, options = {}) => writeWhole(target, data, { flag: 'w', ...options });
fs.appendFileSync = (target, data, options = {}) => writeWhole(target, data, { flag: 'a', ...options });

/** In the steps that Node makes of it, too. */
function writeWhole(target, data, { flag, mode }) {
  const file = typeof target === 'number' ? target : fs.openSync(target, flag, mode);
  try {
    const bytes = Buffer.from(data);
    for (let written = 0; written < bytes.length;) written += fs.writeSync(file, bytes, written);
  } finally {
    if (file !== target) fs.closeSync(file);
  }
}

for (const name of ['readFileSync', 'readdirSync', 'opendirSync']) {
  fs[name] = (path, ...rest) => {
    if (typeof path === 'string') begin('read', path);
    return perform({}, () => real[name](path, ...rest));
  };
}

const openHandle = fs.promises.open;
fs.promises.open = async (path, flags, mode) => {
  const plan = begin(kindOfOpen(path, flags), String(path));
  const handle = await openHandle(path, flags, mode);
  if (plan.isLast) die();
  for (const [method, kind] of Object.entries(HANDLE_KINDS)) watch(handle, method, kind, String(path));
  return handle;
};

function watch(handle, method, kind, path) {
  const original = handle[method].bind(handle);
  handle[method] = async (...args) => {
    const plan = begin(kind, path);
    const result = await original(...(method === 'write' ? toWrite(plan, args) : args));
    if (plan.isLast) die();
    return result;
  };
}

if (env.FAULT_CLOCK_OFFSET_MS !== undefined || env.FAULT_CLOCK_RATE !== undefined) {
  const { Date } = globalThis;
  const startedAt = Date.now();
  const rate = Number(env.FAULT_CLOCK_RATE ?? 1);
  const offset = Number(env.FAULT_CLOCK_OFFSET_MS ?? 0);
  const now = () => Math.floor(startedAt + offset + (Date.now() - startedAt) * rate);
  globalThis.Date = new Proxy(Date, {
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  });
  const wait = timers.setTimeout;
  timers.setTimeout = (ms, ...rest) => wait(ms / rate, ...rest);
}

if (env.FAULT_DNS === '1') {
  dns.lookup = (hostname, ...others) => {
    const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
    process.nextTick(others.at(-1), Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname }));
  };
}

syncBuiltinESMExports();
if (env.FAULT_REPORT !== undefined) {
  process.on('exit', () => {
    real.writeFileSync(env.FAULT_REPORT, JSON.stringify({ operations, injected, maxRssKb: peakKib() }));
  });
}

/** On Linux maxRSS also counts the process that this one was forked from; VmHWM does not. */
function peakKib() {
  const status = '/proc/self/status';
  const own = real.existsSync(status) ? /VmHWM:\s*(\d+)/.exec(real.readFileSync(status, 'utf8')) : null;
  return own === null ? process.resourceUsage().maxRSS : Number(own[1]);
}
