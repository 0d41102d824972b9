/**
 * `stopwire purge`: removes what stopwire keeps on this machine of people's work: the records of the embedded store and
 * the dead letters, some of them or all. The cursors stay, so that nothing of it is read from the transcripts again; a
 * session that goes on brings new records. The transcripts are the client's, and what was delivered elsewhere is there.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { momentOf } from '../lib/time-span.ts';
import { deadLetterDestinations } from '../state/dead-letters.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { readQuarantine } from '../state/quarantine.ts';
import { RECONCILIATIONS_FILE } from '../state/reconciliations.ts';
import { matcher } from '../state/record-match.ts';
import type { RecordFilter } from '../state/store-filter.ts';
import { countRecords } from '../state/store-purge.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { countLetters, removeLetters, total } from './dlq-purge.ts';
import { filterFrom } from './export.ts';
import { notIdle, whileIdle } from './idle.ts';
import { removeRecords, storesOf } from './purge-stores.ts';
import { mayRemove } from './removal.ts';

export interface PurgeFlags {
  before?: string | undefined;
  session?: readonly string[] | undefined;
  project?: string | undefined;
  /** Also what points at people's work without holding it: the quarantine, the run log, the reconciliations. */
  all: boolean;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
}

interface Report {
  dryRun: boolean;
  records: number;
  deadLetters: number;
  /** With `all`: ranges of transcripts that could not be read. */
  quarantined?: number;
}

/** Throws a UserError where nobody has agreed, or a store cannot be changed. */
export async function purge(flags: PurgeFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const filter = purgeFilter(flags);
  const planned = count(paths, filter, flags);
  if (flags.dryRun) return tell(planned, flags, terminal);
  const { records, deadLetters } = planned;
  const question = `Remove ${formatCount(records)} records and ${formatCount(deadLetters)} dead letters for good?`;
  if (!(await mayRemove(flags, question, terminal))) return 0;
  let report = planned;
  if (!(await whileIdle(paths, terminal, () => (report = remove(paths, filter, flags))))) {
    throw notIdle('Nothing was removed');
  }
  return tell(report, flags, terminal);
}

/** What the flags ask for; undefined where that is everything. */
function purgeFilter({ before, session, project, all }: PurgeFlags): RecordFilter | undefined {
  if (before === undefined && session === undefined && project === undefined) return undefined;
  if (all) throw new UserError('--all removes everything, so that nothing can be chosen besides.', { exitCode: 2 });
  const now = Date.now();
  const until = before === undefined ? undefined : new Date(momentOf(before, now, '--before')).toISOString();
  return { ...filterFrom({ session, project }, now), until };
}

function count(paths: Paths, filter: RecordFilter | undefined, { all, dryRun }: PurgeFlags): Report {
  const records = storesOf(paths).map((store) => countRecords(store, filter ?? {}));
  const names = deadLetterDestinations(paths.deadLetters);
  return {
    dryRun,
    records: records.reduce((sum, one) => sum + one, 0),
    deadLetters: total(countLetters(paths, names, filter && lettersIn(filter))),
    ...(all && { quarantined: readQuarantine(paths.quarantine).ranges }),
  };
}

function remove(paths: Paths, filter: RecordFilter | undefined, flags: PurgeFlags): Report {
  const report = count(paths, filter, flags);
  const names = deadLetterDestinations(paths.deadLetters);
  const deadLetters = total(removeLetters(paths, names, filter && lettersIn(filter)));
  if (flags.all) removePointers(paths);
  let records = 0;
  for (const store of storesOf(paths)) records += removeRecords(store, filter ?? {});
  return { ...report, records, deadLetters };
}

function lettersIn(filter: RecordFilter): Parameters<typeof removeLetters>[2] {
  const isMatch = matcher(filter);
  return ({ record }) => isMatch(record);
}

function removePointers({ quarantine, log, stateDirectory }: Paths): void {
  for (const path of [quarantine, log, `${log}.1`, join(stateDirectory, RECONCILIATIONS_FILE)]) {
    if (existsSync(path)) rmSync(path);
  }
}

function tell(report: Report, { json }: PurgeFlags, terminal: Terminal): number {
  if (json) {
    terminal.out(JSON.stringify(report));
    return 0;
  }
  const { records, deadLetters, quarantined } = report;
  const paint = paintFor('stderr', terminal.env);
  const counts = [`${formatCount(records)} records`, `${formatCount(deadLetters)} dead letters`];
  if (quarantined !== undefined) counts.push(`${formatCount(quarantined)} pointers to unreadable lines`, 'the run log');
  const words = counts.join(', ');
  terminal.say(report.dryRun ? `Would remove ${words}.` : `${paint.done('done')}  removed ${words}`);
  return 0;
}
