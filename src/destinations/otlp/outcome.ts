/** What an OTLP answer means: that of any HTTP answer, how much of what was taken was left out, and what not to retry. */
import type { HttpAnswer } from '../../lib/http.ts';
import { asObject, asString } from '../../lib/json.ts';
import type { Delivery, Dropped } from '../destination.ts';
import { outcomeOf, printable } from '../http-outcome.ts';
import { decode } from './protobuf.ts';

/** The server errors that pass (OTLP specification, "Retryable Response Codes"). */
const PASSING = new Set([502, 503, 504]);

/**
 * The outcome of a request that was answered at `now` (epoch ms). A server that has taken a part says so with status
 * 200 and how many items it refused; those are not to be sent again (OTLP specification, "Partial Success"). Any other
 * server error than those that the specification has retried is in doubt.
 */
export function otlpOutcome(answer: HttpAnswer, now: number): Delivery {
  const outcome = outcomeWithLoss(answer, now);
  const isInDoubt = outcome.kind === 'retry' && answer.status >= 500 && !PASSING.has(answer.status);
  return isInDoubt ? { ...outcome, doubt: 'server-error' } : outcome;
}

/**
 * Judges the outcomes of requests for a signal. A server error in doubt is either refused at once, or says whether the
 * signal's endpoint has taken others meanwhile: metrics can fail as a whole where traces are taken.
 */
export function judging(retriesServerErrors: boolean): (signal: string, outcome: Delivery) => Delivery {
  const taking = new Set<string>();
  return (signal, outcome) => {
    if (outcome.kind === 'delivered') taking.add(signal);
    if (outcome.kind !== 'retry' || outcome.doubt !== 'server-error') return outcome;
    if (!retriesServerErrors) return { kind: 'rejected', reason: outcome.reason };
    return { ...outcome, takesOthers: taking.has(signal) };
  };
}

function outcomeWithLoss(answer: HttpAnswer, now: number): Delivery {
  if (!isProtobuf(answer)) {
    const outcome = outcomeOf(answer, now);
    return outcome.kind === 'delivered' ? { ...outcome, ...droppedOf(refusedInJson(answer.body)) } : outcome;
  }
  const fields = decode(Buffer.from(answer.body, 'latin1'));
  // Of a refusal, the body is a google.rpc.Status, whose second field says why.
  const outcome = outcomeOf({ ...answer, body: isTaken(answer) ? '' : textOf(fields.get(2)) }, now);
  return outcome.kind === 'delivered' ? { ...outcome, ...droppedOf(refusedIn(fields)) } : outcome;
}

/** In JSON the fields have names, of which each signal has its own for the count. */
function refusedInJson(body: string): Dropped {
  const refused = asObject(body.trim() === '' ? undefined : asObject(JSON.parse(body))?.['partialSuccess']);
  const count = Object.entries(refused ?? {}).find(([name]) => name.startsWith('rejected'))?.[1];
  return { count: Number(count ?? 0), reason: asString(refused?.['errorMessage']) ?? '' };
}

/** In Protocol Buffers the three answers are built alike: 1 is the partial success, in it 1 the count, 2 the reason. */
function refusedIn(answer: ReadonlyMap<number, number | Buffer>): Dropped {
  const refused = answer.get(1);
  const fields = typeof refused === 'object' ? decode(refused) : undefined;
  const count = fields?.get(1);
  return { count: typeof count === 'number' ? count : 0, reason: textOf(fields?.get(2)) };
}

/** A reason without a count is a warning about what was taken whole. */
function droppedOf({ count, reason }: Dropped): { dropped?: Dropped } {
  if (!(count > 0)) return {};
  return { dropped: { count, reason: printable(reason) || 'the server did not say why' } };
}

function textOf(field: number | Buffer | undefined): string {
  return typeof field === 'object' ? field.toString('utf8') : '';
}

function isTaken({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

function isProtobuf({ headers }: HttpAnswer): boolean {
  return headers['content-type']?.startsWith('application/x-protobuf') === true;
}
