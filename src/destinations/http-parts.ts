/** A batch that takes several requests: one after the other, and none a second time that was taken. */
import type { Delivery, Dropped } from './destination.ts';

/** One request of a batch; returns and throws as `deliver` does. */
export type Request = () => Promise<Delivery>;

/**
 * Sends the requests of a batch in order and ends with the first that is not taken, whose outcome is the batch's. Where
 * the batch is tried again, it goes on with that one. A new process begins anew, so each request must be one that may
 * come twice; what a server adds up rather than keys by id belongs at the end.
 */
export function requestsInOrder(): (batchId: string, requests: readonly Request[]) => Promise<Delivery> {
  let begun: { batchId: string; taken: number; dropped: Dropped[] } | undefined;
  return async (batchId, requests) => {
    if (begun?.batchId !== batchId) begun = { batchId, taken: 0, dropped: [] };
    for (const request of requests.slice(begun.taken)) {
      const delivery = await request();
      if (delivery.kind !== 'delivered') return delivery;
      begun.taken += 1;
      if (delivery.dropped !== undefined) begun.dropped.push(delivery.dropped);
    }
    return { kind: 'delivered', ...added(begun.dropped) };
  };
}

/** What was dropped of the requests together, with the reason that was given first. */
function added(all: readonly Dropped[]): { dropped?: Dropped } {
  const [first] = all;
  if (first === undefined) return {};
  return { dropped: { count: all.reduce((sum, { count }) => sum + count, 0), reason: first.reason } };
}
