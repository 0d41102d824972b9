/** What the embedded store knows of the cost of its sessions, for the reconciliation. */
import { COST_SIGNS } from '../insights/cost-signs.ts';
import type { ClientTotal, Evidence, ModelCosts, Part } from '../insights/evidence.ts';
import { asNumber, asString } from '../lib/json.ts';
import type { Database, SqlRow } from './sqlite.ts';
import { rows, SUMS, sumsOf, type CostFilter } from './store-costs.ts';
import { conditionOf, type Condition } from './store-filter.ts';

/** What is known of the cost of the sessions that have a client's total; a filter of time asks when it was written. */
export function costEvidence(database: Database, filter: CostFilter): Evidence[] {
  return evidence(database, withTotal(conditionOf(filter, 'project')));
}

/** The same of these sessions, also where the client has written no total. */
export function costEvidenceOf(database: Database, sessionIds: readonly string[]): Evidence[] {
  return evidence(database, { sql: NAMED, values: [JSON.stringify(sessionIds)] });
}

function evidence(database: Database, chosen: Condition): Evidence[] {
  choose(database, chosen);
  const ask = (query: string): Map<string, SqlRow[]> => bySession(rows(database, query, []));
  const [costs, signs] = [ask(COSTS), ask(SIGNS)];
  return Array.from(ask(TOTALS), ([sessionId, found]) => {
    const totals = found.filter((row) => row['cost_usd'] !== null);
    const spent = costs.get(sessionId) ?? [];
    const seen = new Set((signs.get(sessionId) ?? []).map(({ sign }) => sign));
    return {
      sessionId,
      project: asString(totals.at(-1)?.['project']),
      totals: totals.map(clientTotalFrom),
      costs: spent.map(modelCostsOf),
      signs: new Set(COST_SIGNS.filter((sign) => seen.has(sign))),
      firstResponseAt: spent.flatMap(({ first }) => asString(first) ?? []).toSorted()[0],
    };
  });
}

/** The sessions that are asked for, each with the place of its last total: found once for all questions. */
function choose(database: Database, { sql, values }: Condition): void {
  database.exec('CREATE TEMP TABLE IF NOT EXISTS chosen (session_id TEXT, seq INTEGER)');
  database.exec('DELETE FROM temp.chosen');
  database.prepare(`INSERT INTO temp.chosen ${sql}`).run(...values);
}

/** Sessions whose last total of the client passes, with its place among the records. */
function withTotal({ sql, values }: Condition): Condition {
  const last = 'SELECT session_id AS session, max(seq) AS last FROM client_totals GROUP BY session_id';
  const from = `client_totals JOIN (${last}) ON seq = last`;
  return { sql: `SELECT session_id, seq FROM ${from} WHERE session_id IS NOT NULL AND ${sql}`, values };
}

/** Where there is no total, none of the responses came after it. */
const NAMED = `
  SELECT value, ifnull((SELECT max(seq) FROM client_totals WHERE session_id = value), 9223372036854775807)
  FROM json_each(?)
`;

/** A row without a cost where a session has no total. */
const TOTALS = `
  SELECT session_id AS session, project, timestamp, started_at, cost_usd, has_unknown_model, model_usage
  FROM chosen LEFT JOIN client_totals USING (session_id) ORDER BY client_totals.seq
`;

/** Responses behind the last total; of agents, whose files do not hold it, those after the first of them. */
const COSTS = `
  WITH later AS MATERIALIZED (
    SELECT session_id, min(timestamp) AS moment FROM chosen JOIN responses USING (session_id)
    WHERE agent_id IS NULL AND responses.seq > chosen.seq GROUP BY session_id
  )
  SELECT session_id AS session, CASE WHEN timestamp >= moment THEN 'later' ELSE 'own' END AS part, model, ${SUMS},
    min(timestamp) AS first
  FROM chosen JOIN responses USING (session_id) LEFT JOIN later USING (session_id) GROUP BY 1, 2, 3
  UNION ALL
  SELECT chosen.session_id, 'carried', model, ${SUMS}, NULL
  FROM chosen JOIN response_copies AS copies USING (session_id) JOIN responses USING (message_id) GROUP BY 1, 2, 3
`;

const SIGNS = 'SELECT DISTINCT session_id AS session, sign FROM chosen JOIN cost_signs USING (session_id)';

function bySession(found: readonly SqlRow[]): Map<string, SqlRow[]> {
  const sessions = new Map<string, SqlRow[]>();
  for (const row of found) {
    const session = asString(row['session']) ?? '';
    const before = sessions.get(session);
    if (before === undefined) sessions.set(session, [row]);
    else before.push(row);
  }
  return sessions;
}

function clientTotalFrom(row: SqlRow): ClientTotal {
  return {
    costUsd: asNumber(row['cost_usd']) ?? 0,
    hasUnknownModel: row['has_unknown_model'] === 1,
    startedAt: asString(row['started_at']),
    timestamp: asString(row['timestamp']),
    modelUsage: asString(row['model_usage']),
  };
}

function modelCostsOf(row: SqlRow): ModelCosts {
  const part = PARTS.find((one) => one === row['part']) ?? 'own';
  return { ...sumsOf(row), part, model: asString(row['model']) };
}

const PARTS: readonly Part[] = ['own', 'carried', 'later'];
