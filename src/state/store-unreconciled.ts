/** Which sessions of the embedded store are to be reconciled: those of which something has come since the last time. */
import { asNumber, asString } from '../lib/json.ts';
import type { Database } from './sqlite.ts';
import { rows } from './store-costs.ts';

export interface Unreconciled {
  sessionIds: readonly string[];
  /** Notes that these sessions are done. Whatever made all of them to do again meanwhile stays to be done. */
  settle: () => void;
}

const UPTO = 'SELECT (SELECT seq FROM reconciled_upto) AS upto, ifnull((SELECT max(seq) FROM records), 0) AS newest';

/** Without a look at a record. */
const ALL = 'SELECT DISTINCT session_id FROM client_totals WHERE session_id IS NOT NULL';

const NEW = `
  SELECT DISTINCT session_id FROM records
  WHERE seq > ? AND EXISTS (SELECT 1 FROM client_totals WHERE client_totals.session_id = records.session_id)
`;

/** The sessions that have a total of the client's: all of them, or those with records since the last `settle`. */
export function unreconciled(database: Database, which: 'all' | 'new'): Unreconciled {
  const [state = {}] = rows(database, UPTO, []);
  const upto = asNumber(state['upto']) ?? 0;
  const newest = asNumber(state['newest']) ?? 0;
  const found = which === 'all' || upto === 0 ? rows(database, ALL, []) : rows(database, NEW, [upto]);
  return {
    sessionIds: found.flatMap(({ session_id: id }) => asString(id) ?? []),
    settle: () => void database.prepare('UPDATE reconciled_upto SET seq = ? WHERE seq = ?').run(newest, upto),
  };
}

/** After this, all sessions are to be reconciled again: what their responses cost has changed. */
export const UNSETTLE = 'UPDATE reconciled_upto SET seq = 0';
