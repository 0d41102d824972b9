/** Questions of cost to the embedded store, answered without reading its records. */
import { UNKNOWN_AGENT, type CostGroup, type Grouping } from '../insights/cost-breakdown.ts';
import type { CostSums } from '../insights/cost-sums.ts';
import { asNumber, asString, isObject } from '../lib/json.ts';
import type { Database, SqlRow, SqlValue } from './sqlite.ts';
import { conditionOf, type RecordFilter } from './store-filter.ts';

export type CostFilter = Omit<RecordFilter, 'types'>;

/** Of a day, the quarter of an hour: no time zone is further than that from another one. */
const KEYS: { readonly [By in Grouping]: string } = {
  session: 'session_id',
  project: 'project',
  branch: 'branch',
  model: 'model',
  day: "strftime('%Y-%m-%dT%H:%M:00Z', unixepoch(timestamp) / 900 * 900, 'unixepoch')",
  agent: `ifnull(agent_type, CASE WHEN agent_id IS NOT NULL THEN '${UNKNOWN_AGENT}' END)`,
  repository: 'repository',
  person: 'person',
};

/** Money in two whole numbers, neither of which can grow out of 64 bits. */
export const SUMS = `
  count(*) AS responses, count(*) - count(cost_pico) AS unpriced, total(input_tokens) AS input,
  total(output_tokens) AS output, total(cache_read_tokens) AS cache_read, total(cache_creation_tokens) AS cache_creation,
  ifnull(sum(cost_pico / 1000000), 0) AS micro, ifnull(sum(cost_pico % 1000000), 0) AS pico
`;

/** What the responses cost by group; where it is by day, the key is a moment of that quarter of an hour. */
export function costGroups(database: Database, by: Grouping, filter: CostFilter): CostGroup[] {
  const { sql, values } = conditionOf(filter, 'project');
  const place = by === 'branch' ? 'project' : 'NULL';
  const query = `SELECT ${KEYS[by]} AS key, ${place} AS place, ${SUMS} FROM responses WHERE ${sql} GROUP BY 1, 2`;
  return rows(database, query, values).map((row) => ({
    ...sumsOf(row),
    key: asString(row['key']),
    ...(by === 'branch' && { project: asString(row['place']) }),
  }));
}

/** All responses together. */
export function allCosts(database: Database): CostSums {
  const [row] = rows(database, `SELECT ${SUMS} FROM responses`, []);
  return sumsOf(row ?? {});
}

export interface RecentCosts extends CostSums {
  sessions: number;
}

/** The responses from a moment on (ISO 8601), and the sessions that they belong to; no other response is looked at. */
export function costsSince(database: Database, since: string): RecentCosts {
  const query = `SELECT count(DISTINCT session_id) AS sessions, ${SUMS} FROM responses WHERE timestamp >= ?`;
  const [row = {}] = rows(database, query, [since]);
  return { ...sumsOf(row), sessions: asNumber(row['sessions']) ?? 0 };
}

/** What `SUMS` gave. */
export function sumsOf(row: SqlRow): CostSums {
  const number = (name: string): number => asNumber(row[name]) ?? 0;
  return {
    responses: number('responses'),
    unpricedResponses: number('unpriced'),
    inputTokens: number('input'),
    outputTokens: number('output'),
    cacheReadTokens: number('cache_read'),
    cacheCreationTokens: number('cache_creation'),
    costPicoUsd: BigInt(number('micro')) * 1_000_000n + BigInt(number('pico')),
  };
}

export function rows(database: Database, sql: string, values: readonly SqlValue[]): SqlRow[] {
  return database
    .prepare(sql)
    .all(...values)
    .filter(isObject);
}
