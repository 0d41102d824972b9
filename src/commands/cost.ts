/** `stopwire cost`: what the recorded responses cost, and how far the client's own totals agree. */
import { UserError } from '../errors.ts';
import { byDay, inOrder, totalOf, type CostGroup, type Grouping } from '../insights/cost-breakdown.ts';
import { reconcile } from '../insights/reconciliation.ts';
import { pathsFrom } from '../state/paths.ts';
import type { CostFilter } from '../state/store-costs.ts';
import { openStore, type Store } from '../state/store.ts';
import { columnsOf, hanging, harmless, headed, paintFor, type Terminal } from '../ui.ts';
import { costJson } from './cost-json.ts';
import { costTable, residualWords, type CostReport } from './cost-table.ts';
import type { CostCheck } from './cost-verify.ts';
import { filterFrom } from './export.ts';
import { neededStore } from './needed-store.ts';
import { withOutput } from './output.ts';

export interface CostFlags {
  by: Grouping;
  since?: string | undefined;
  until?: string | undefined;
  session?: readonly string[] | undefined;
  project?: string | undefined;
  timezone?: string | undefined;
  verify: boolean;
  json: boolean;
  configDir?: string | undefined;
}

/** Exit code 1 where there is no store to ask; a residual is no fault. */
export async function cost(flags: CostFlags, terminal: Terminal): Promise<number> {
  const filter = filterFrom(flags, Date.now());
  const timeZone = timeZoneFrom(flags.timezone, terminal.env);
  const store = openStore(neededStore(pathsFrom(terminal.env)));
  try {
    const report = reportOf(store, { by: flags.by, filter, timeZone });
    const checks = flags.verify ? await verified(store, report, flags, terminal) : undefined;
    const lines = flags.json
      ? [JSON.stringify({ ...costJson(report), ...(checks && { checks }) })]
      : [
          ...shown(report, terminal),
          ...(checks ? ['', (await import('./cost-verify.ts')).checksTable(checks, columnsOf(terminal.env))] : []),
        ];
    if (!flags.json && report.groups.length === 0) terminal.say('No recorded response matches.');
    await withOutput({ force: false }, (output) => output.write(`${harmless(lines.join('\n'), !flags.json)}\n`));
  } finally {
    store.close();
  }
  return 0;
}

export function reportOf(
  store: Store,
  { by, filter, timeZone }: { by: Grouping; filter: CostFilter; timeZone: string },
): CostReport {
  const groups = grouped(store.costs(by, filter), by, timeZone);
  const reconciliations = store.evidence(filter).flatMap((evidence) => reconcile(evidence) ?? []);
  return { by, filter, timeZone, groups, total: totalOf(groups), reconciliations };
}

function grouped(groups: CostGroup[], by: Grouping, timeZone: string): CostGroup[] {
  return by === 'day' ? byDay(groups, timeZone) : inOrder(groups);
}

/** Days are those of this machine, unless they are asked for elsewhere. */
function timeZoneFrom(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const name = given ?? (env['TZ'] || Intl.DateTimeFormat().resolvedOptions().timeZone);
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    if (given === undefined) return 'UTC';
    throw new UserError(`--timezone ${given} is not the name of a time zone.`, {
      hint: 'Give a name such as Europe/Berlin or UTC.',
      exitCode: 2,
    });
  }
}

function shown(report: CostReport, { env }: Terminal): string[] {
  const paint = paintFor('stdout', env);
  const columns = columnsOf(env);
  const words = residualWords(report).map((line) => hanging('', line, columns));
  return [headed(costTable(report, columns), paint), '', ...words];
}

async function verified(store: Store, report: CostReport, flags: CostFlags, terminal: Terminal): Promise<CostCheck[]> {
  const { verifyCosts } = await import('./cost-verify.ts');
  return verifyCosts(store, report, { configDir: flags.configDir, env: terminal.env });
}
