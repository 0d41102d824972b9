/** The embedded store: every record once, in SQLite, readable while the worker writes. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { reasonOf } from '../errors.ts';
import type { MessageRecord } from '../fields/index.ts';
import type { CostGroup, Grouping } from '../insights/cost-breakdown.ts';
import type { Evidence } from '../insights/evidence.ts';
import { asNumber, asString, isObject } from '../lib/json.ts';
import { toUsd } from '../pricing/amount.ts';
import { openDatabase, transaction, type SqlRow } from './sqlite.ts';
import { allCosts, costGroups, costsSince, type CostFilter, type RecentCosts } from './store-costs.ts';
import { costEvidence, costEvidenceOf } from './store-evidence.ts';
import { selection, type RecordFilter } from './store-filter.ts';
import { openResponses } from './store-responses.ts';
import { unreconciled, type Unreconciled } from './store-unreconciled.ts';

export interface Store {
  /** Writes records in one transaction, all or none. `json[i]` is `records[i]` as text. */
  upsert(records: readonly MessageRecord[], json: readonly string[]): void;
  /** The records that pass the filter, else all, as JSON and in the order in which they came. */
  export(filter?: RecordFilter): Iterable<string>;
  totals(): Totals;
  /** What the responses that pass the filter cost; by day, the key is a moment in that quarter of an hour. */
  costs(by: Grouping, filter?: CostFilter): CostGroup[];
  /** What the responses from a moment on cost (ISO 8601); takes no longer the more there are from before. */
  costsSince(since: string): RecentCosts;
  /** What is known of the cost of the sessions whose last client's total passes the filter. */
  evidence(filter?: CostFilter): Evidence[];
  /** The same of these sessions, also where the client has written no total. */
  evidenceOf(sessionIds: readonly string[]): Evidence[];
  /** The sessions with a client's total; of `new`, those of which records have come since the last `settle`. */
  unreconciled(which: 'all' | 'new'): Unreconciled;
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
  CREATE INDEX IF NOT EXISTS records_unparseable ON records (source_file) WHERE type = 'unparseable';
`;

/**
 * A record that is there already is replaced by the same line read again, and left alone by a copy: a fork repeats
 * the lines of its origin under their ids, and must not take them away from it. The record of a session gives way to no
 * older one: a backfill sends what it was before after what it is now.
 */
const UPSERT = `
  INSERT INTO records (id, source_file, session_id, message_id, type, timestamp, json) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    session_id = excluded.session_id, message_id = excluded.message_id, type = excluded.type,
    timestamp = excluded.timestamp, json = excluded.json
  WHERE source_file IS excluded.source_file
    AND (type <> 'session' OR timestamp IS NULL OR excluded.timestamp >= timestamp)
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
  const responses = openResponses(database);
  const insert = database.prepare(UPSERT);
  const first = (sql: string): SqlRow => rows(database.prepare(sql).all())[0] ?? {};
  return {
    upsert(records, json) {
      transaction(database, () => {
        responses.catchUp();
        for (const [index, record] of records.entries()) {
          insert.run(...columns(record), json[index] ?? '');
          responses.add(record);
        }
        responses.settle();
      });
    },
    *export(filter = {}) {
      const { sql, values } = selection(filter);
      for (const row of database.prepare(sql).iterate(...values)) {
        if (isObject(row)) yield asString(row['json']) ?? '';
      }
    },
    totals() {
      const counts = first('SELECT count(*) AS records, count(DISTINCT session_id) AS sessions FROM records');
      const sums = allCosts(database);
      const tools = rows(database.prepare(TOOLS).all()).map((row) => {
        return { name: asString(row['name']) ?? '', calls: asNumber(row['calls']) ?? 0 };
      });
      return {
        records: asNumber(counts['records']) ?? 0,
        sessions: asNumber(counts['sessions']) ?? 0,
        responses: sums.responses,
        inputTokens: sums.inputTokens,
        outputTokens: sums.outputTokens,
        cacheReadTokens: sums.cacheReadTokens,
        cacheCreationTokens: sums.cacheCreationTokens,
        costUsd: toUsd(sums.costPicoUsd),
        unpricedResponses: sums.unpricedResponses,
        toolCalls: tools.reduce((sum, tool) => sum + tool.calls, 0),
        tools,
      };
    },
    costs: (by, filter = {}) => costGroups(database, by, filter),
    costsSince: (since) => costsSince(database, since),
    evidence: (filter = {}) => costEvidence(database, filter),
    evidenceOf: (sessionIds) => costEvidenceOf(database, sessionIds),
    unreconciled: (which) => unreconciled(database, which),
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

type Columns = [string, string | null, string | null, string | null, string, string | null];

function columns(record: MessageRecord): Columns {
  const { id, source_file, session_id, message_id, type, timestamp } = record;
  return [id, source_file ?? null, session_id ?? null, message_id ?? null, type, timestamp ?? null];
}

function rows(values: readonly unknown[]): SqlRow[] {
  return values.filter(isObject);
}
