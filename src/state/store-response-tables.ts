/** The tables beside the records: each API response once, the client's totals, and how far both were compared. */
import { asNumber, isObject } from '../lib/json.ts';
import { transaction, type Database } from './sqlite.ts';

/** Goes up when the tables below, or what is put into them, change: they are then made anew from the records. */
const SHAPE = 2;

/** `seq` is that of the first record. A copy is a response in the history of a session that did not make it. */
const SCHEMA = `
  CREATE TABLE responses (
    message_id TEXT PRIMARY KEY, session_id TEXT, project TEXT, branch TEXT, model TEXT, timestamp TEXT,
    agent_id TEXT, agent_type TEXT, person TEXT, repository TEXT, seq INTEGER,
    input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL, cache_creation_tokens INTEGER NOT NULL, cost_pico INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX responses_by_session ON responses (session_id);
  CREATE TABLE response_copies (session_id TEXT, message_id TEXT, PRIMARY KEY (session_id, message_id)) WITHOUT ROWID;
  CREATE TABLE cost_signs (
    sign TEXT, reference TEXT, session_id TEXT, PRIMARY KEY (sign, reference)
  ) WITHOUT ROWID;
  CREATE INDEX cost_signs_by_session ON cost_signs (session_id);
  CREATE TABLE client_totals (
    seq INTEGER PRIMARY KEY, session_id TEXT, project TEXT, timestamp TEXT, started_at TEXT,
    cost_usd REAL NOT NULL, has_unknown_model INTEGER NOT NULL, model_usage TEXT
  );
  CREATE INDEX client_totals_by_session ON client_totals (session_id);
  CREATE TABLE responses_upto (seq INTEGER NOT NULL);
  INSERT INTO responses_upto VALUES (0);
  CREATE TABLE reconciled_upto (seq INTEGER NOT NULL);
  INSERT INTO reconciled_upto VALUES (0);
  PRAGMA user_version = ${SHAPE};
`;

const TABLES = ['responses', 'response_copies', 'cost_signs', 'client_totals', 'responses_upto', 'reconciled_upto'];

/** Makes the tables where they are not there; those of another shape are made anew, and empty. */
export function makeTables(database: Database): void {
  if (shapeOf(database) !== SHAPE) transaction(database, () => makeAnew(database));
  // Stores that were made before it have the tables, and not the index.
  database.exec('CREATE INDEX IF NOT EXISTS responses_by_time ON responses (timestamp)');
}

/** Another process may have made them while this one waited for its turn. */
function makeAnew(database: Database): void {
  if (shapeOf(database) === SHAPE) return;
  for (const table of TABLES) database.exec(`DROP TABLE IF EXISTS ${table}`);
  database.exec(SCHEMA);
}

function shapeOf(database: Database): number | undefined {
  const [row] = database.prepare('PRAGMA user_version').all();
  return isObject(row) ? asNumber(row['user_version']) : undefined;
}
