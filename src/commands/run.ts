/** `stopwire run`: delivers in the foreground, once or for as long as it is watched. */
import { setTimeout as sleep } from 'node:timers/promises';
import { momentOf } from '../lib/time-span.ts';
import { reconcile } from '../reconcile.ts';
import { forecast, run, type DestinationReport, type RunOptions } from '../run.ts';
import { takeWakeMark } from '../state/wake.ts';
import { formatBytes, formatCount, table, type Terminal } from '../ui.ts';
import { added, foregroundCode, inForeground, type Foreground, sayDestination } from './foreground.ts';

export interface RunFlags {
  json: boolean;
  /** Goes on until Ctrl-C. */
  watch?: boolean | undefined;
  /** Shows what would be delivered. */
  dryRun: boolean;
  since?: string | undefined;
  destination?: readonly string[] | undefined;
}

/** How often a watched run looks for new lines. */
const WATCH_MS = 1_000;

/** Exit code 1 where a destination is not up to date afterwards. */
export async function runNow(flags: RunFlags, terminal: Terminal): Promise<number> {
  const { json, watch, dryRun } = flags;
  const since = flags.since === undefined ? undefined : momentOf(flags.since, Date.now(), '--since');
  return inForeground({ terminal, destinations: flags.destination }, async ({ paths, config, options: given }) => {
    const options = { ...given, since };
    if (dryRun) return sayForecast(options, json, terminal);
    const reports = await withReconciliations(await runToTheEnd(options), { config, paths, options });
    sayReports(reports, json, terminal);
    const isOver = (): boolean => watch !== true || options.isOutdated();
    while (!isOver()) {
      await sleep(WATCH_MS, undefined, { signal: options.signal }).catch(() => undefined);
      takeWakeMark(paths.wake);
      const { destinations } = await run({ ...options, ignoreRests: false });
      sayReports(
        destinations.filter(({ records, refused }) => records + refused > 0),
        json,
        terminal,
      );
    }
    const isDone = reports.every(({ state }) => state === 'current' || state === 'paused');
    // To be interrupted is how a watched run ends.
    return watch === true ? Number(!isDone) : foregroundCode(isDone, options);
  });
}

/** Goes round again while a destination has left in the middle: it refused much, or learned of a smaller size. */
export async function runToTheEnd(options: RunOptions & { isOutdated: () => boolean }): Promise<DestinationReport[]> {
  let reports: DestinationReport[] = [];
  do {
    const { destinations } = await run(options);
    reports = destinations.map((report, index) => added(reports[index], report));
  } while (!options.isOutdated() && reports.some(({ state }) => state === 'outdated'));
  return reports;
}

/** What the sweep has shown of the client's own totals is a line to deliver, too. */
async function withReconciliations(
  reports: DestinationReport[],
  { config, paths, options }: Foreground,
): Promise<DestinationReport[]> {
  const { lines } = await reconcile({ config, paths, destinations: reports });
  if (lines === 0) return reports;
  return (await runToTheEnd(options)).map((report, index) => added(reports[index], report));
}

function sayReports(destinations: readonly DestinationReport[], json: boolean, terminal: Terminal): void {
  if (terminal.isTerminal) terminal.draw('');
  if (!json) for (const destination of destinations) sayDestination(destination, terminal);
  else if (destinations.length > 0) terminal.out(JSON.stringify({ destinations }));
}

async function sayForecast(options: RunOptions, json: boolean, terminal: Terminal): Promise<number> {
  const destinations = await forecast(options);
  if (terminal.isTerminal) terminal.draw('');
  if (json) {
    terminal.out(JSON.stringify({ destinations }));
    return 0;
  }
  terminal.out(
    table(
      destinations.map(({ destination, records, bytes }) => [
        destination,
        `${formatCount(records)} records`,
        formatBytes(bytes),
      ]),
      [1, 2],
    ),
  );
  terminal.say('Nothing was delivered.');
  return 0;
}
