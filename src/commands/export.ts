/** `stopwire export`: the records of the embedded store, all or some, as JSON lines or CSV. */
import { resolve } from 'node:path';
import { momentOf } from '../lib/time-span.ts';
import { pathsFrom } from '../state/paths.ts';
import type { RecordFilter } from '../state/store-filter.ts';
import { openStore } from '../state/store.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { exportFormat, listed, type ExportFormat, type FormatFlags } from './export-format.ts';
import { neededStore } from './needed-store.ts';
import { outputFile, withOutput, type Output, type OutputFlags } from './output.ts';

const DRAW_EVERY_MS = 100;

export interface ExportFlags extends OutputFlags, FormatFlags {
  since?: string | undefined;
  until?: string | undefined;
  session?: readonly string[] | undefined;
  type?: readonly string[] | undefined;
  project?: string | undefined;
}

export async function exportRecords(flags: ExportFlags, terminal: Terminal): Promise<number> {
  const filter = filterFrom(flags, Date.now());
  const format = exportFormat(flags);
  const path = neededStore(pathsFrom(terminal.env));
  const file = outputFile(flags);
  const progress = file !== undefined && terminal.isTerminal ? progressOn(terminal, file) : undefined;
  const store = openStore(path);
  try {
    await withOutput(flags, (output) => writeAll(store.export(filter), format, output, progress));
  } finally {
    store.close();
  }
  progress?.end();
  return 0;
}

async function writeAll(
  records: Iterable<string>,
  { head, row }: ExportFormat,
  output: Output,
  progress: Progress | undefined,
): Promise<void> {
  if (head !== '' && !(await output.write(head))) return;
  for (const json of records) {
    if (!(await output.write(row(json)))) return;
    progress?.count();
  }
}

/** What the flags ask for. Throws a UserError where a date or a span of time is none. */
export function filterFrom(flags: Omit<ExportFlags, 'format' | 'force'>, now: number): RecordFilter {
  const moment = (text: string | undefined, flag: string): string | undefined =>
    text === undefined ? undefined : new Date(momentOf(text, now, flag)).toISOString();
  return {
    since: moment(flags.since, '--since'),
    until: moment(flags.until, '--until'),
    sessions: flags.session?.flatMap(listed),
    types: flags.type?.flatMap(listed),
    project: flags.project === undefined ? undefined : projectFrom(flags.project),
  };
}

/** A path counts from the current directory; a name and a pattern stay as they are. */
function projectFrom(given: string): string {
  const isPath = given === '.' || given === '..' || /[/\\]/.test(given);
  return isPath && !/[*?[]/.test(given) ? resolve(given) : given;
}

interface Progress {
  count(): void;
  end(): void;
}

function progressOn(terminal: Terminal, path: string): Progress {
  let records = 0;
  let drawnAt = 0;
  return {
    count() {
      records += 1;
      if (Date.now() - drawnAt < DRAW_EVERY_MS) return;
      drawnAt = Date.now();
      terminal.draw(`${formatCount(records)} records`);
    },
    end() {
      const paint = paintFor('stderr', terminal.env);
      terminal.draw('');
      terminal.say(`${paint.done('done')}  ${formatCount(records)} records in ${paint.place(path)}`);
    },
  };
}
