/** `stopwire cost --verify`: the recorded costs against every other number on this machine, each gap explained. */
import { resolve } from 'node:path';
import type { Evidence } from '../insights/evidence.ts';
import { agrees, reconcile, type Reason, type Reconciliation } from '../insights/reconciliation.ts';
import { picoUsdOf } from '../insights/response.ts';
import { claudeJsonPath } from '../lib/claude-json.ts';
import { toUsd } from '../pricing/amount.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import type { Store } from '../state/store.ts';
import { formatUsd, printable, table } from '../ui.ts';
import { ccusageTotal, type CcusageTotal } from './ccusage.ts';
import type { CostReport } from './cost-table.ts';
import { lastCosts, type LastCost } from './last-costs.ts';

/**
 * `not_recorded`: the store has no response of it · `other_tokens`: it counts other transcripts or days, copies of a
 * response again (ccusage does where a copy names no request), or the placeholders that early lines hold.
 */
export type CheckReason = Reason | 'not_recorded' | 'other_tokens';

export interface CostCheck {
  source: 'cost-state' | '.claude.json' | 'ccusage';
  /** The session, where the number is of one. */
  sessionId?: string;
  theirsUsd: number;
  oursUsd: number;
  /** Theirs − ours. */
  differenceUsd: number;
  agrees: boolean;
  reasons: readonly CheckReason[];
}

/** Numbers of one session are compared for the sessions of the report; that of ccusage where nothing is filtered. */
export async function verifyCosts(
  store: Store,
  report: CostReport,
  { configDir, env }: { configDir: string | undefined; env: NodeJS.ProcessEnv },
): Promise<CostCheck[]> {
  const config = resolve(configDir ?? claudeConfigDirectory(env, pathsFrom(env).home));
  const checks = report.reconciliations.map((one) => checkOf('cost-state', one));
  const remembered = lastCosts(claudeJsonPath(config));
  const isWhole = Object.values(report.filter).every((condition) => condition === undefined);
  const wanted = new Set(report.filter.sessions);
  for (const one of remembered.filter(({ sessionId }) => isWhole || wanted.has(sessionId))) {
    checks.push(lastCostCheck(store, one));
  }
  const ccusage = isWhole ? await ccusageTotal(env) : undefined;
  return ccusage === undefined ? checks : [...checks, ccusageCheck(report, ccusage)];
}

/** Numbers that agree are counted, those that do not are shown, within so many columns of the terminal. */
export function checksTable(checks: readonly CostCheck[], columns: number): string {
  const sources = [...new Set(checks.map(({ source }) => source))];
  if (sources.length === 0) return 'There is no other number on this machine to compare with.';
  const counts = sources.map((source) => {
    const all = checks.filter((one) => one.source === source);
    return `${source}: ${all.filter((one) => one.agrees).length} of ${all.length} agree`;
  });
  const rows = checks
    .filter((one) => !one.agrees)
    .map(({ source, sessionId = 'in all', theirsUsd, oursUsd, differenceUsd, reasons }) => [
      source,
      printable(sessionId),
      formatUsd(theirsUsd),
      formatUsd(oursUsd),
      `${differenceUsd < 0 ? '-' : '+'}${formatUsd(Math.abs(differenceUsd))}`,
      reasons.join(', '),
    ]);
  if (rows.length === 0) return counts.join('\n');
  const head = ['source', 'session', 'theirs', 'ours', 'difference', 'why'];
  return `${counts.join('\n')}\n\n${table([head, ...rows], [2, 3, 4], { within: columns, shorten: [1] })}`;
}

function checkOf(source: CostCheck['source'], one: Reconciliation): CostCheck {
  const { sessionId, clientCost, residualCost, reasons } = one;
  return {
    ...compared(source, clientCost, clientCost - residualCost),
    sessionId,
    agrees: agrees(residualCost),
    reasons,
  };
}

function compared(source: CostCheck['source'], theirs: bigint, ours: bigint): CostCheck {
  return {
    source,
    theirsUsd: toUsd(theirs),
    oursUsd: toUsd(ours),
    differenceUsd: toUsd(theirs - ours),
    agrees: agrees(theirs - ours),
    reasons: [],
  };
}

/** As though it were the client's only total: older clients write no other one. */
function lastCostCheck(store: Store, { sessionId, costUsd, modelUsage }: LastCost): CostCheck {
  const [evidence] = store.evidenceOf([sessionId]);
  const total = { costUsd, hasUnknownModel: false, startedAt: undefined, timestamp: undefined, modelUsage };
  const one = evidence && isRecorded(evidence) ? reconcile({ ...evidence, totals: [total] }) : undefined;
  if (one !== undefined) return checkOf('.claude.json', one);
  const unknown = compared('.claude.json', picoUsdOf(costUsd) ?? 0n, 0n);
  return { ...unknown, sessionId, reasons: unknown.agrees ? [] : ['not_recorded'] };
}

function isRecorded({ costs }: Evidence): boolean {
  return costs.length > 0;
}

function ccusageCheck({ total }: CostReport, ccusage: CcusageTotal): CostCheck {
  const check = compared('ccusage', picoUsdOf(ccusage.costUsd) ?? 0n, total.costPicoUsd);
  if (check.agrees) return check;
  const reasons: CheckReason[] = TOKENS.every((name) => ccusage[name] === total[name]) ? [] : ['other_tokens'];
  if (ccusage.hasUnpriced || total.unpricedResponses > 0) reasons.push('unpriced');
  return { ...check, reasons: reasons.length === 0 ? ['price_difference'] : reasons };
}

const TOKENS = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheCreationTokens'] as const;
