/** What an answer of Loki means: that of any HTTP answer, and how many entries of a push were refused. */
import type { HttpAnswer } from '../../lib/http.ts';
import type { Delivery } from '../destination.ts';
import { outcomeOf } from '../http-outcome.ts';

/**
 * The outcome of a push that was answered at `now` (epoch ms). A 400 can mean that single entries were refused, and all
 * others stored: where the server counts them, they are not to be sent again. A 429 for a stream that is too fast says
 * the same words, but passes.
 */
export function pushOutcome(answer: HttpAnswer, now: number): Delivery {
  const outcome = outcomeOf(answer, now);
  if (outcome.kind !== 'rejected') return outcome;
  const count = ignoredIn(answer.body);
  return count === 0 ? outcome : { kind: 'delivered', dropped: { count, reason: outcome.reason } };
}

/** The outcome of a push without streams: a server that misses them has let the key through and read the body. */
export function checkOutcome(delivery: Delivery): Delivery {
  return delivery.kind === 'rejected' && /at least one valid stream/.test(delivery.reason)
    ? { kind: 'delivered' }
    : delivery;
}

/** `total ignored: 2 out of 5 for stream: …`; of several streams with refusals, the server speaks of one. */
function ignoredIn(body: string): number {
  const counts = Array.from(body.matchAll(/total ignored: (\d+) out of \d+/g), ([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}
