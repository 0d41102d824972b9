/** What is known of the cost of one session: the client's own totals, the recorded responses, and signs of others. */
import type { MessageRecord } from '../fields/index.ts';
import { costSignsOf, type CostSign } from './cost-signs.ts';
import { addCosts, noCosts, type CostSums } from './cost-sums.ts';
import { isCarriedOver, larger, responseOf, type Response } from './response.ts';

/** A `cost-state` line: the running totals of one process, which go on from those of the one before it. */
export interface ClientTotal {
  costUsd: number;
  hasUnknownModel: boolean;
  /** When the session began, by that process; ISO 8601. */
  startedAt: string | undefined;
  timestamp: string | undefined;
  /** JSON: by model its tokens and its cost. */
  modelUsage: string | undefined;
}

/**
 * `own`: the session made them, before the client's last total · `carried`: copied with the history of the session that
 * it was forked from · `later`: made after the last total, which cannot hold them.
 */
export type Part = 'own' | 'carried' | 'later';

export interface ModelCosts extends CostSums {
  part: Part;
  model: string | undefined;
}

export interface Evidence {
  sessionId: string;
  project: string | undefined;
  /** In the order of the transcript. */
  totals: readonly ClientTotal[];
  costs: readonly ModelCosts[];
  signs: ReadonlySet<CostSign>;
  /** Of the first response that the session itself made. */
  firstResponseAt: string | undefined;
}

/** The client's total on a record of type `cost-state`. */
export function clientTotalOf(record: MessageRecord): ClientTotal | undefined {
  if (record.type !== 'cost-state' || record.client_cost_usd === undefined) return undefined;
  return {
    costUsd: record.client_cost_usd,
    hasUnknownModel: record.client_cost_has_unknown_model === true,
    startedAt: record.client_started_at,
    timestamp: record.timestamp,
    modelUsage: record.client_model_usage,
  };
}

/** The evidence of every session that has a client's total. Records come in the order in which they were read. */
export function evidenceOf(records: Iterable<MessageRecord>): Evidence[] {
  const sessions = new Map<string, Gathered>();
  const responses = new Map<string, Placed>();
  let position = 0;
  for (const record of records) {
    position += 1;
    const id = record.session_id;
    if (id === undefined) continue;
    const session = sessions.get(id) ?? emptySession(id);
    sessions.set(id, session);
    gather(session, record, position);
    place(responses, session, record, position);
  }
  return [...sessions.values()].filter(({ totals }) => totals.length > 0).map((one) => settled(one, responses));
}

interface Gathered {
  sessionId: string;
  project: string | undefined;
  totals: ClientTotal[];
  lastTotalAt: number;
  /** By reference, so that an answer can take its request away. */
  signs: Map<string, CostSign>;
  carried: Set<string>;
}

interface Placed {
  response: Response;
  position: number;
}

function emptySession(sessionId: string): Gathered {
  return { sessionId, project: undefined, totals: [], lastTotalAt: 0, signs: new Map(), carried: new Set() };
}

function gather(session: Gathered, record: MessageRecord, position: number): void {
  const total = clientTotalOf(record);
  if (total !== undefined) {
    session.totals.push(total);
    session.lastTotalAt = position;
    session.project = record.project;
  }
  for (const { sign, reference } of costSignsOf(record)) session.signs.set(`${sign} ${reference}`, sign);
  if (record.request_ref !== undefined) session.signs.delete(`empty_answer ${record.request_ref}`);
}

function place(responses: Map<string, Placed>, session: Gathered, record: MessageRecord, position: number): void {
  const response = responseOf(record);
  if (response === undefined) return;
  const { messageId } = response;
  const known = responses.get(messageId);
  const merged = known === undefined ? response : larger(known.response, response);
  responses.set(messageId, { response: merged, position: known?.position ?? position });
  if (merged.sessionId !== session.sessionId && isCarriedOver(record)) session.carried.add(messageId);
}

function settled(session: Gathered, responses: ReadonlyMap<string, Placed>): Evidence {
  const { sessionId, project, totals, signs, carried } = session;
  const own = [...responses.values()].filter(({ response }) => response.sessionId === sessionId);
  const laterFrom = earliest(
    own.filter((one) => one.response.agentId === undefined && one.position > session.lastTotalAt),
  );
  const isLater = ({ response: { timestamp = '' } }: Placed): boolean =>
    laterFrom !== undefined && timestamp >= laterFrom;
  const copies = [...carried].flatMap((id) => responses.get(id) ?? []);
  const costs = new Map<string, ModelCosts>();
  for (const one of own) add(costs, isLater(one) ? 'later' : 'own', one.response);
  for (const { response } of copies) add(costs, 'carried', response);
  const seen = new Set(signs.values());
  return { sessionId, project, totals, costs: [...costs.values()], signs: seen, firstResponseAt: earliest(own) };
}

/** Agents write into files of their own, in which the client's total does not stand: time tells what came after it. */
function earliest(placed: readonly Placed[]): string | undefined {
  return placed.flatMap(({ response }) => response.timestamp ?? []).toSorted()[0];
}

function add(costs: Map<string, ModelCosts>, part: Part, response: Response): void {
  const { model } = response;
  const key = `${part} ${model}`;
  const before = costs.get(key) ?? { ...noCosts, part, model };
  costs.set(key, { ...addCosts(before, response), part, model });
}
