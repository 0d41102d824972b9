/** What the embedded store knows of the cost of its sessions, for the reconciliation. */
import { COST_SIGNS } from '../insights/cost-signs.ts';
import type { ClientTotal, Evidence, ModelCosts, Part } from '../insights/evidence.ts';
import { asNumber, asString } from '../lib/json.ts';
import type { Database, SqlRow } from './sqlite.ts';
import { BILLED, rows, SUMS, sumsOf, type CostFilter } from './store-costs.ts';
import { conditionOf, type Condition } from './store-filter.ts';

/** What is known of the cost of the sessions that have a client's total; a filter of time asks when it was written. */
export function costEvidence(database: Database, filter: CostFilter): Evidence[] {
  return evidence(database, withTotal(conditionOf(filter, 'project')));
}

/** The same of these sessions, also where the client has written no total. */
export function costEvidenceOf(database: Database, sessionIds: readonly string[]): Evidence[] {
  return evidence(database, { sql: NAMED, values: [JSON.stringify(sessionIds)] });
}

function evidence(database: Database, { sql, values }: Condition): Evidence[] {
  const ask = (query: string): Map<string, SqlRow[]> =>
    bySession(rows(database, `WITH chosen AS MATERIALIZED (${sql}) ${query}`, values));
  const [totals, costs, signs] = [ask(TOTALS), ask(COSTS), ask(SIGNS)];
  return [...ask('SELECT session_id AS session FROM chosen').keys()].map((sessionId) => {
    const written = totals.get(sessionId) ?? [];
    const spent = costs.get(sessionId) ?? [];
    const seen = new Set((signs.get(sessionId) ?? []).map(({ sign }) => sign));
    return {
      sessionId,
      project: asString(written.at(-1)?.['project']),
      totals: written.map(clientTotalFrom),
      costs: spent.map(modelCostsOf),
      signs: new Set(COST_SIGNS.filter((sign) => seen.has(sign))),
      firstResponseAt: spent.flatMap(({ first }) => asString(first) ?? []).toSorted()[0],
    };
  });
}

/** Sessions whose last total of the client passes, with its place among the records. */
function withTotal({ sql, values }: Condition): Condition {
  const last = 'SELECT session_id AS session, max(seq) AS last FROM client_totals GROUP BY session_id';
  const from = `client_totals JOIN (${last}) ON seq = last`;
  return { sql: `SELECT session_id, seq FROM ${from} WHERE session_id IS NOT NULL AND ${sql}`, values };
}

/** Where there is no total, none of the responses came after it. */
const NAMED = `
  SELECT value AS session_id, ifnull(
    (SELECT max(seq) FROM client_totals WHERE session_id = value), 9223372036854775807
  ) AS seq FROM json_each(?)
`;

const TOTALS = `
  SELECT session_id AS session, project, timestamp, started_at, cost_usd, has_unknown_model, model_usage
  FROM client_totals WHERE session_id IN (SELECT session_id FROM chosen) ORDER BY seq
`;

/** Responses behind the last total; of agents, whose files do not hold it, those after the first of them. */
const COSTS = `, later AS (
    SELECT session_id, min(timestamp) AS moment FROM chosen JOIN responses USING (session_id)
    WHERE agent_id IS NULL AND responses.seq > chosen.seq AND ${BILLED} GROUP BY session_id
  )
  SELECT session_id AS session, CASE WHEN timestamp >= moment THEN 'later' ELSE 'own' END AS part, model, ${SUMS},
    min(timestamp) AS first
  FROM chosen JOIN responses USING (session_id) LEFT JOIN later USING (session_id) WHERE ${BILLED} GROUP BY 1, 2, 3
  UNION ALL
  SELECT chosen.session_id, 'carried', model, ${SUMS}, NULL
  FROM chosen JOIN response_copies AS copies USING (session_id) JOIN responses USING (message_id)
  WHERE ${BILLED} GROUP BY 1, 2, 3
`;

const SIGNS = 'SELECT DISTINCT session_id AS session, sign FROM cost_signs JOIN chosen USING (session_id)';

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
