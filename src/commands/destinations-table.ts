/** The destinations as a table: how far each has got, what waits for it and for how long. */
import type { DestinationHealth } from '../health/destination-health.ts';
import { agoWords, sizeWords, spanWords } from '../lib/span-words.ts';
import { formatCount, printable, table } from '../ui.ts';

/** @param now epoch ms */
export function destinationsTable(destinations: readonly DestinationHealth[], now: number): string {
  const head = ['destination', 'redaction', 'delivered', 'refused', 'waiting', 'lag', 'last delivery'];
  const rows = destinations.map((one) => [
    `${printable(one.name)}${one.paused ? ' (paused)' : ''}`,
    one.redaction,
    formatCount(one.delivered),
    formatCount(one.refused),
    waiting(one),
    one.lag === undefined ? '-' : spanWords(one.lag.ageMs),
    one.lastDeliveredAt === undefined ? 'never' : agoWords(one.lastDeliveredAt, now),
  ]);
  return table([head, ...rows], [2, 3, 5]);
}

function waiting({ pendingBytes, pendingTranscripts: files }: DestinationHealth): string {
  if (pendingBytes === 0) return '-';
  return `${sizeWords(pendingBytes)} in ${formatCount(files)} ${files === 1 ? 'file' : 'files'}`;
}
