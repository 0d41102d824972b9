/** `stopwire logs`: the hook's last runs, one a line, and those that come. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from '../lib/json.ts';
import { readLinesFrom } from '../lib/read-lines-from.ts';
import { momentOf } from '../lib/time-span.ts';
import { pathsFrom } from '../state/paths.ts';
import { runIn } from '../state/run-log.ts';
import { formatCount, paintFor, printable, type Paint, type Terminal } from '../ui.ts';

export interface LogsFlags {
  lines: string;
  since?: string | undefined;
  follow: boolean;
  json: boolean;
}

/** Ends by Ctrl-C alone where it follows. */
export async function logs(flags: LogsFlags, terminal: Terminal): Promise<number> {
  const { since, follow } = flags;
  const count = countFrom(flags.lines);
  const from = since === undefined ? undefined : momentOf(since, Date.now(), '--since');
  const { log } = pathsFrom(terminal.env);
  const show = shower(flags, terminal);
  const current = readLinesFrom(log, 0);
  const runs = [...readLinesFrom(`${log}.1`, 0).lines, ...current.lines].flatMap(runIn);
  const wanted = from === undefined ? runs.slice(-count) : runs.filter((run) => momentIn(run) >= from);
  wanted.forEach(show);
  if (follow) await showWhatComes(log, current.end, (lines) => lines.flatMap(runIn).forEach(show));
  else if (runs.length === 0) terminal.say(`The hook has not run yet: there is nothing in ${log}.`);
  return 0;
}

function countFrom(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UserError(`--lines ${text} is no number of lines.`, { exitCode: 2 });
}

const POLL_MS = 200;

/** The log that has become full is `<log>.1` from then on, and a new one begins. */
async function showWhatComes(log: string, end: number, show: (lines: readonly string[]) => void): Promise<void> {
  let [at, file] = [end, fileOf(log)];
  for (;;) {
    await sleep(POLL_MS);
    const now = fileOf(log);
    if (now !== file && file !== undefined) {
      show(readLinesFrom(`${log}.1`, at).lines);
      at = 0;
    }
    const { lines, end: next } = readLinesFrom(log, at);
    show(lines);
    [at, file] = [next, now];
  }
}

function fileOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function momentIn(run: JsonObject): number {
  return Date.parse(asString(run['at']) ?? '');
}

function shower({ json }: LogsFlags, terminal: Terminal): (run: JsonObject) => void {
  const paint = paintFor('stdout', terminal.env);
  return (run) => terminal.out(json ? JSON.stringify(run) : lineOf(run, paint));
}

/** `2026-11-21 13:02:11 UTC  1.2 s  local: 12 records`. */
function lineOf(run: JsonObject, paint: Paint): string {
  const at = (asString(run['at']) ?? '').slice(0, 19).replace('T', ' ');
  const error = asString(run['error']);
  const time = paint.dim(printable(`${at} UTC`));
  if (error !== undefined) return `${time}  ${paint.error('error:')} ${printable(error)}`;
  const took = `${((asNumber(run['ms']) ?? 0) / 1_000).toFixed(1)} s`;
  const reports = (asArray(run['destinations']) ?? []).map((report) => reportWords(asObject(report) ?? {}, paint));
  return `${time}  ${took.padStart(7)}  ${reports.join('; ') || 'no destination'}`;
}

function reportWords(report: JsonObject, paint: Paint): string {
  const textOf = (member: string): string => printable(asString(report[member]) ?? '');
  const [name, state, reason, loss] = ['destination', 'state', 'reason', 'loss'].map(textOf);
  const refused = asNumber(report['refused']) ?? 0;
  const records = `${formatCount(asNumber(report['records']) ?? 0)} records`;
  const counts = refused > 0 ? `${records}, ${formatCount(refused)} refused` : records;
  if (state === 'current') return `${name}: ${counts}${loss === '' ? '' : `, ${paint.warning(`${loss}`)}`}`;
  return `${name}: ${counts}, ${paint.warning(reason === '' ? `${state}` : `${state}: ${reason}`)}`;
}
