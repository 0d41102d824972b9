/** The embedded store: every record once, in SQLite, readable while the worker writes. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import type { MessageRecord } from '../fields/index.ts';
import { asNumber, asString, isObject } from '../lib/json.ts';
import { openDatabase, type Database, type SqlRow } from './sqlite.ts';
import { selection, type RecordFilter } from './store-filter.ts';

export interface Store {
  /** Writes records in one transaction, all or none. `json[i]` is `records[i]` as text. */
  upsert(records: readonly MessageRecord[], json: readonly string[]): void;
  /** The records that pass the filter, else all, as JSON and in the order in which they came. */
  export(filter?: RecordFilter): Iterable<string>;
  totals(): Totals;
  close(): void;
}

/** Sums over the store. Usage counts once per API response, whichever lines and forks repeat it. */
export interface Totals {
  records: number;
  sessions: number;
  responses: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  /** USD; the sum over the responses that have a price. */
  costUsd: number;
  /** Responses without a price: with any, `costUsd` is a lower bound. */
  unpricedResponses: number;
  toolCalls: number;
  /** The tools by number of calls, most first. */
  tools: { name: string; calls: number }[];
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source_file TEXT,
    session_id TEXT,
    message_id TEXT,
    type TEXT NOT NULL,
    timestamp TEXT,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS records_by_session ON records (session_id, timestamp);
  CREATE INDEX IF NOT EXISTS records_by_message ON records (message_id) WHERE message_id IS NOT NULL;
`;

/**
 * A record that is there already is replaced by the same line read again, and left alone by a copy: a fork repeats
 * the lines of its origin under their ids, and must not take them away from it.
 */
const UPSERT = `
  INSERT INTO records (id, source_file, session_id, message_id, type, timestamp, json) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    session_id = excluded.session_id, message_id = excluded.message_id, type = excluded.type,
    timestamp = excluded.timestamp, json = excluded.json
  WHERE source_file IS excluded.source_file
`;

/** Per message id the largest value of each field: early lines of older clients hold placeholders. */
const RESPONSES = `
  SELECT max(json ->> 'input_tokens') AS input, max(json ->> 'output_tokens') AS output,
    max(json ->> 'cache_read_tokens') AS cache_read, max(json ->> 'cache_creation_tokens') AS cache_creation,
    max(json ->> 'cost_usd') AS cost
  FROM records
  WHERE message_id IS NOT NULL AND type = 'assistant' AND json ->> 'cost_status' IS NOT NULL
  GROUP BY message_id
`;

const TOTALS = `
  SELECT count(*) AS responses, total(input) AS inputTokens, total(output) AS outputTokens,
    total(cache_read) AS cacheReadTokens, total(cache_creation) AS cacheCreationTokens,
    total(cost) AS costUsd, count(*) - count(cost) AS unpricedResponses
  FROM (${RESPONSES})
`;

const TOOLS = `
  SELECT names.value AS name, count(DISTINCT ids.value) AS calls
  FROM records, json_each(records.json, '$.tool_names') AS names
  JOIN json_each(records.json, '$.tool_use_ids') AS ids ON ids.key = names.key
  GROUP BY names.value ORDER BY calls DESC, name
`;

/** Opens the store and creates it where there is none, readable by its owner alone. */
export function openStore(path: string): Store {
  createPrivately(path);
  const database = openDatabase(path);
  database.exec(SCHEMA);
  const insert = database.prepare(UPSERT);
  const first = (sql: string): SqlRow => rows(database.prepare(sql).all())[0] ?? {};
  return {
    upsert(records, json) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const [index, record] of records.entries()) insert.run(...columns(record), json[index] ?? '');
        database.exec('COMMIT');
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
    *export(filter = {}) {
      const { sql, values } = selection(filter);
      for (const row of database.prepare(sql).iterate(...values)) {
        if (isObject(row)) yield asString(row['json']) ?? '';
      }
    },
    totals() {
      const counts = first('SELECT count(*) AS records, count(DISTINCT session_id) AS sessions FROM records');
      const sums = { ...counts, ...first(TOTALS) };
      const number = (name: string): number => asNumber(sums[name]) ?? 0;
      const tools = rows(database.prepare(TOOLS).all()).map((row) => {
        return { name: asString(row['name']) ?? '', calls: asNumber(row['calls']) ?? 0 };
      });
      return {
        records: number('records'),
        sessions: number('sessions'),
        responses: number('responses'),
        inputTokens: number('inputTokens'),
        outputTokens: number('outputTokens'),
        cacheReadTokens: number('cacheReadTokens'),
        cacheCreationTokens: number('cacheCreationTokens'),
        costUsd: number('costUsd'),
        unpricedResponses: number('unpricedResponses'),
        toolCalls: tools.reduce((sum, tool) => sum + tool.calls, 0),
        tools,
      };
    },
    close: () => database.close(),
  };
}

/** Whether there is a store at all, so that a question does not create one. */
export function hasStore(path: string): boolean {
  return existsSync(path);
}

/**
 * SQLite gives its -wal and -shm files the mode of the database file. One that is there is not even opened: by POSIX
 * rules, closing it would drop every lock that this process holds on it, and another could then take the log away.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (reasonOf(error) !== 'EEXIST') throw error;
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

type Columns = [string, string | null, string | null, string | null, string, string | null];

function columns(record: MessageRecord): Columns {
  const { id, source_file, session_id, message_id, type, timestamp } = record;
  return [id, source_file ?? null, session_id ?? null, message_id ?? null, type, timestamp ?? null];
}

function rows(values: readonly unknown[]): SqlRow[] {
  return values.filter(isObject);
}
