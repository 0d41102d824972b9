/** The destinations as a table: how far each has got, what waits for it and for how long. */
import type { DestinationHealth } from '../health/destination-health.ts';
import { agoWords, sizeWords, spanWords } from '../lib/span-words.ts';
import { formatCount, printable, table } from '../ui.ts';

/** @param now epoch ms */
export function destinationsTable(destinations: readonly DestinationHealth[], now: number, columns: number): string {
  const head = ['destination', 'redaction', 'delivered', 'waiting', 'lag', 'last delivery'];
  const rows = destinations.map((one) => [
    printable(one.name),
    one.redaction,
    formatCount(one.delivered),
    waiting(one),
    one.lag === undefined ? '-' : spanWords(one.lag.ageMs),
    lastDelivery(one, now),
  ]);
  return table([head, ...rows], [2, 4], { within: columns, shorten: [0] });
}

function waiting({ pendingBytes, pendingTranscripts: files }: DestinationHealth): string {
  if (pendingBytes === 0) return '-';
  return `${sizeWords(pendingBytes)}, ${formatCount(files)} ${files === 1 ? 'file' : 'files'}`;
}

/** Where nothing is on its way, that says more. */
function lastDelivery({ paused, resting, lastDeliveredAt }: DestinationHealth, now: number): string {
  const last = lastDeliveredAt === undefined ? 'never' : agoWords(lastDeliveredAt, now);
  if (paused) return `${last} (paused)`;
  return resting === undefined ? last : `${last} (rests)`;
}
