/** SQLite from whichever driver this Node has: its own `node:sqlite` (22.13 and later), else the `libsql` package. */
import { createRequire } from 'node:module';
import { reasonOf, UserError } from '../errors.ts';
import { asString, isObject } from '../lib/json.ts';

export type SqlValue = string | number | null;
export type SqlRow = { readonly [column: string]: unknown };

/** The part of both drivers' API that stopwire uses; they agree on it. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  iterate(...values: SqlValue[]): Iterable<unknown>;
}

type Driver = new (path: string, options?: { readOnly?: boolean; readonly?: boolean }) => Database;

const BUSY_TIMEOUT_MS = 5_000;
const BUSY_POLL_MS = 10;

const require = createRequire(import.meta.url);

/**
 * Opens a database. Throws a UserError where this Node has no driver.
 * `busy_timeout` comes before `journal_mode`: a second process that opens at that moment would get SQLITE_BUSY.
 */
export function openDatabase(path: string): Database {
  const database = new (driver())(path);
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  useWriteAheadLog(database);
  database.exec('PRAGMA synchronous = NORMAL');
  return database;
}

/** Does work all or not at all. */
export function transaction(database: Database, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** After some faults, a full disk among them, SQLite has done so by itself; what counts is the fault before. */
function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // There was nothing left to roll back.
  }
}

/**
 * While one process turns a new database to this mode, SQLite refuses every other one at once, whatever the timeout:
 * it cannot tell whether waiting would help. It does.
 */
function useWriteAheadLog(database: Database): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return database.exec('PRAGMA journal_mode = WAL');
    } catch (error) {
      if (!/locked/.test(String(error)) || Date.now() > deadline) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_POLL_MS);
  }
}

function driver(): Driver {
  const [name, exported] = hasNodeSqlite() ? ['node:sqlite', 'DatabaseSync'] : ['libsql', ''];
  try {
    const loaded = quietly(() => require(name));
    return exported === '' ? loaded : loaded[exported];
  } catch (error) {
    throw new UserError('The embedded store needs SQLite, and this Node has no driver for it.', {
      hint: 'Use Node 22.13 or later, or install stopwire with its optional dependencies (without --omit=optional).',
      cause: error,
    });
  }
}

/** Why SQLite failed, by its code (`SQLITE_FULL`) or in its own words (`database or disk is full`); quotes no value. */
export function sqliteReasonOf(error: unknown): string {
  if (error instanceof UserError) return error.message.replace(/\.$/, '');
  return (isObject(error) ? asString(error['errstr']) : undefined) ?? reasonOf(error);
}

/** Whether this Node brings SQLite itself. */
export function hasNodeSqlite(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

/** Node 22 warns on standard error that its SQLite is experimental; that is no news to anyone who runs a hook. */
function quietly<Value>(load: () => Value): Value {
  const warn = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = warn;
  }
}
