/** `stopwire reprice`: the records of the embedded store, priced anew with the prices now in force. */
import { UserError } from '../errors.ts';
import type { MessageRecord } from '../fields/index.ts';
import { pricePlaces } from '../machine.ts';
import { toUsd } from '../pricing/amount.ts';
import { loadPrices } from '../pricing/load.ts';
import { pathsFrom } from '../state/paths.ts';
import { openRevision, type Revise } from '../state/store-revision.ts';
import { formatCount, formatUsd, paintFor, type Terminal } from '../ui.ts';
import { neededStore } from './needed-store.ts';
import { repricing, type Repriced, type Repricing } from './repricing.ts';

export interface RepriceFlags {
  dryRun: boolean;
  json: boolean;
}

export async function reprice({ dryRun, json }: RepriceFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const store = neededStore(paths);
  const { table, problems } = loadPrices(pricePlaces(paths));
  const [problem] = problems;
  // Nobody waits here for a delivery, so nothing is priced by half of what is meant to be in force.
  if (problem !== undefined)
    throw new UserError(problem, { hint: 'Nothing was changed. See: npx stopwire prices check' });
  const repriced = repriceStore(store, repricing(table), dryRun);
  if (json) terminal.out(JSON.stringify(report(repriced, dryRun)));
  else sayRepriced(repriced, dryRun, terminal);
  return 0;
}

function repriceStore(path: string, work: Repricing, dryRun: boolean): Repriced {
  const revision = openRevision(path, { dryRun });
  const sessions: number[] = [];
  try {
    revision.each((json, seq) => {
      const record: MessageRecord = JSON.parse(json);
      // Renewed at each end of a turn, so its place in the order says nothing: its sums come last.
      if (record.type === 'session') sessions.push(seq);
      return record.type === 'session' ? undefined : revised(json, record, work.next(record));
    });
    revision.some(sessions, (json) => {
      const record: MessageRecord = JSON.parse(json);
      return revised(json, record, work.session(record));
    });
    return work.result();
  } finally {
    revision.close();
  }
}

function revised(before: string, { message_id: messageId }: MessageRecord, record: MessageRecord): ReturnType<Revise> {
  const json = JSON.stringify(record);
  return json === before ? undefined : { json, messageId };
}

function report({ before, after, ...counts }: Repriced, dryRun: boolean): unknown {
  return { dryRun, ...counts, costUsdBefore: toUsd(before), costUsdAfter: toUsd(after) };
}

function sayRepriced(repriced: Repriced, dryRun: boolean, terminal: Terminal): void {
  const paint = paintFor('stdout', terminal.env);
  const { responses, changed, unpricedBefore, unpricedAfter, before, after, redacted, totalsLeft } = repriced;
  const verb = dryRun ? 'would change' : 'changed';
  terminal.out(`${formatCount(changed)} of ${formatCount(responses)} API responses ${verb}`);
  terminal.out(`cost      ${formatUsd(toUsd(before))} → ${paint.bold(formatUsd(toUsd(after)))}`);
  terminal.out(`unpriced  ${formatCount(unpricedBefore)} → ${formatCount(unpricedAfter)} responses`);
  if (redacted > 0)
    terminal.out(`${formatCount(redacted)} records keep their price: redaction took out what it rests on`);
  if (totalsLeft > 0) {
    terminal.out(
      `${formatCount(totalsLeft)} totals of turns and sessions keep their cost, flagged: not all of their responses are in the store`,
    );
  }
}
