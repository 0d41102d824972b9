import { describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/destinations/destination.ts';
import { requestsInOrder } from '../../src/destinations/http-parts.ts';

const RETRY: Delivery = { kind: 'retry', reason: 'the server is away' };

/** Requests that note their names, and fail where `failing` has them. */
function scripted(...names: string[]) {
  const sent: string[] = [];
  const failing = new Set<string>();
  const requests = names.map((name) => async (): Promise<Delivery> => {
    sent.push(name);
    return failing.has(name) ? RETRY : { kind: 'delivered' };
  });
  return { sent, failing, requests };
}

describe('requests in order', () => {
  test('are sent one after the other', async () => {
    const { sent, requests } = scripted('traces', 'logs', 'metrics');
    expect(await requestsInOrder()('batch', requests)).toEqual({ kind: 'delivered' });
    expect(sent).toEqual(['traces', 'logs', 'metrics']);
  });

  test('add up what was dropped of them, also when the batch comes again', async () => {
    const dropped = (count: number, reason: string): Delivery => ({ kind: 'delivered', dropped: { count, reason } });
    const answers = [dropped(2, 'too old'), RETRY, dropped(3, 'too long')];
    const requests = [1, 2].map(() => async (): Promise<Delivery> => answers.shift() ?? RETRY);
    const send = requestsInOrder();
    expect(await send('batch', requests)).toEqual(RETRY);
    expect(await send('batch', requests)).toEqual(dropped(5, 'too old'));
  });

  test('end with the first that is not taken', async () => {
    const { sent, failing, requests } = scripted('traces', 'logs', 'metrics');
    failing.add('logs');
    expect(await requestsInOrder()('batch', requests)).toEqual(RETRY);
    expect(sent).toEqual(['traces', 'logs']);
  });

  test('go on, when the batch comes again, with the one that was not taken', async () => {
    const { sent, failing, requests } = scripted('traces', 'logs', 'metrics');
    const send = requestsInOrder();
    failing.add('logs');
    await send('batch', requests);
    failing.clear();
    expect(await send('batch', requests)).toEqual({ kind: 'delivered' });
    expect(sent).toEqual(['traces', 'logs', 'logs', 'metrics']);
  });

  test('begin anew with another batch', async () => {
    const { sent, failing, requests } = scripted('traces', 'logs');
    const send = requestsInOrder();
    failing.add('logs');
    await send('batch', requests);
    await send('half of it', requests);
    expect(sent).toEqual(['traces', 'logs', 'traces', 'logs']);
  });
});
