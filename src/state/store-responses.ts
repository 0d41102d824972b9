/** Each API response once, beside the records: what questions of cost are answered from, without reading a record. */
import type { MessageRecord } from '../fields/index.ts';
import { costSignsOf } from '../insights/cost-signs.ts';
import { clientTotalOf, type ClientTotal } from '../insights/evidence.ts';
import { isCarriedOver, responseOf, type Response } from '../insights/response.ts';
import { asNumber, asString, isObject } from '../lib/json.ts';
import { transaction, type Database, type SqlValue } from './sqlite.ts';
import { makeTables } from './store-response-tables.ts';

export interface ResponseWriter {
  /** To be called in the transaction that writes the record, behind that. */
  add(record: MessageRecord): void;
  /** Takes in records that another version of the program has written without this table; in a transaction. */
  catchUp(): void;
  /** Notes that all records that are there have been taken in. */
  settle(): void;
}

/** Early lines of older clients hold placeholders, so the largest value of each count is the true one. */
const PUT = `
  INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT seq FROM records WHERE id = ?), ?, ?, ?, ?, ?)
  ON CONFLICT (message_id) DO UPDATE SET
    input_tokens = max(input_tokens, excluded.input_tokens),
    output_tokens = max(output_tokens, excluded.output_tokens),
    cache_read_tokens = max(cache_read_tokens, excluded.cache_read_tokens),
    cache_creation_tokens = max(cache_creation_tokens, excluded.cache_creation_tokens),
    cost_pico = max(ifnull(cost_pico, excluded.cost_pico), ifnull(excluded.cost_pico, cost_pico))
`;

const PUT_COPY = `
  INSERT OR IGNORE INTO response_copies
  SELECT ?, message_id FROM responses WHERE message_id = ? AND session_id <> ?
`;

const PUT_TOTAL = `
  INSERT OR REPLACE INTO client_totals SELECT seq, ?, ?, ?, ?, ?, ?, ? FROM records WHERE id = ?
`;

const STATE = `
  SELECT (SELECT seq FROM responses_upto) AS upto, ifnull((SELECT max(seq) FROM records), 0) AS newest
`;

const PAGE = 'SELECT seq, json FROM records WHERE seq > ? ORDER BY seq LIMIT 500';

/** Makes the tables where they are not there, and fills them from the records of a store that is older than they are. */
export function openResponses(database: Database): ResponseWriter {
  makeTables(database);
  const writer = writerOn(database);
  if (isBehind(database)) transaction(database, () => writer.catchUp());
  return writer;
}

function writerOn(database: Database): ResponseWriter {
  const put = database.prepare(PUT);
  const putCopy = database.prepare(PUT_COPY);
  const putSign = database.prepare('INSERT OR IGNORE INTO cost_signs VALUES (?, ?, ?)');
  const takeSign = database.prepare("DELETE FROM cost_signs WHERE sign = 'empty_answer' AND reference = ?");
  const putTotal = database.prepare(PUT_TOTAL);
  const page = database.prepare(PAGE);
  const upto = database.prepare(STATE);
  const settle = database.prepare('UPDATE responses_upto SET seq = ifnull((SELECT max(seq) FROM records), 0)');
  const add = (record: MessageRecord): void => {
    const { id, session_id: session, request_ref } = record;
    for (const { sign, reference } of costSignsOf(record)) putSign.run(sign, reference, session ?? null);
    if (request_ref !== undefined) takeSign.run(request_ref);
    const total = clientTotalOf(record);
    if (total !== undefined) putTotal.run(...totalValuesOf(record, total));
    const response = responseOf(record);
    if (response === undefined) return;
    put.run(...valuesOf(response, id));
    if (session !== undefined && isCarriedOver(record)) putCopy.run(session, response.messageId, session);
  };
  return {
    add,
    catchUp() {
      let { seq, newest } = progress(upto.all());
      while (seq < newest) {
        for (const row of page.all(seq).filter(isObject)) {
          add(JSON.parse(asString(row['json']) ?? '{}'));
          seq = asNumber(row['seq']) ?? newest;
        }
      }
      settle.run();
    },
    settle: () => void settle.run(),
  };
}

function isBehind(database: Database): boolean {
  const { seq, newest } = progress(database.prepare(STATE).all());
  return seq < newest;
}

function progress([row]: readonly unknown[]): { seq: number; newest: number } {
  const found = isObject(row) ? row : {};
  return { seq: asNumber(found['upto']) ?? 0, newest: asNumber(found['newest']) ?? 0 };
}

/** The largest whole number that SQLite holds; no response costs millions. */
const MOST_PICO_USD = 2n ** 63n - 1n;

function valuesOf(response: Response, recordId: string): SqlValue[] {
  const { messageId, sessionId, project, branch, model, timestamp, agentId, agentType, costPicoUsd: cost } = response;
  const whose = [sessionId, project, branch, model, timestamp, agentId, agentType, response.person];
  const { repository, inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = response;
  const amount = cost === undefined ? null : String(cost > MOST_PICO_USD ? MOST_PICO_USD : cost);
  const counts = [inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens];
  return [messageId, ...whose.map((value) => value ?? null), repository ?? null, recordId, ...counts, amount];
}

function totalValuesOf({ id, session_id, project }: MessageRecord, total: ClientTotal): SqlValue[] {
  const { timestamp, startedAt, costUsd, hasUnknownModel, modelUsage } = total;
  const whose = [session_id, project, timestamp, startedAt].map((value) => value ?? null);
  return [...whose, costUsd, hasUnknownModel ? 1 : 0, modelUsage ?? null, id];
}
