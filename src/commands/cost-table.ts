/** What responses cost, as a table with its total and the residual against the client. */
import { basename } from 'node:path';
import type { CostGroup, Grouping } from '../insights/cost-breakdown.ts';
import type { CostSums } from '../insights/cost-sums.ts';
import { summarise } from '../insights/reconciliation-summary.ts';
import type { Reconciliation } from '../insights/reconciliation.ts';
import { textWidth } from '../lib/text-width.ts';
import { toUsd } from '../pricing/amount.ts';
import type { CostFilter } from '../state/store-costs.ts';
import { formatCount, formatUsd, printable, table } from '../ui.ts';

export interface CostReport {
  by: Grouping;
  filter: CostFilter;
  timeZone: string;
  groups: readonly CostGroup[];
  total: CostSums;
  reconciliations: readonly Reconciliation[];
}

const NUMBERS = [1, 2, 3, 4, 5, 6];

/** Within so many columns of the terminal; where they are not enough, token counts are rounded and labels shortened. */
export function costTable({ by, groups, total, reconciliations }: CostReport, columns: number): string {
  const head = [by, 'responses', 'input', 'output', 'cache read', 'cache write', 'cost'];
  const residual =
    reconciliations.length === 0
      ? []
      : [['residual', '', '', '', '', '', signedUsd(summarise(reconciliations).residualCost)]];
  const rows = (tokens: (count: number) => string): string[][] => [
    head,
    ...groups.map((group) => [printable(labelOf(group, by)), ...numbers(group, tokens)]),
    ['total', ...numbers(total, tokens)],
    ...residual,
  ];
  const exact = table(rows(formatCount), NUMBERS);
  if (exact.split('\n').every((line) => textWidth(line) <= columns)) return exact;
  return table(rows(roundCount), NUMBERS, { within: columns, shorten: [0] });
}

/** `812`, `29.9k`, `5.8M`, `1.2G`. */
function roundCount(count: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), 3);
  return power === 0 ? String(count) : `${(count / 1_000 ** power).toFixed(1)}${' kMG'[power]}`;
}

/** What the total leaves out, and where the residual comes from. */
export function residualWords({ total, reconciliations }: CostReport): string[] {
  const { unpricedResponses: unpriced } = total;
  const lines = ['List price of the recorded responses.'];
  if (unpriced > 0) lines[0] += ` ${formatCount(unpriced)} of them have no known price: the total is a lower bound.`;
  const { sessions, clientCost, carriedCost, residualCost, reasons } = summarise(reconciliations);
  if (sessions === 0) return [...lines, 'The client has written no total of its own to compare with.'];
  const net = formatUsd(toUsd(clientCost - carriedCost));
  const causes = reasons.map((one) => `${one.reason} (${formatCount(one.sessions)})`).join(', ');
  const gap = `${formatUsd(Math.abs(toUsd(residualCost)))} ${residualCost < 0n ? 'less' : 'more'}`;
  const result = causes === '' ? 'as recorded' : `${gap} than recorded: ${causes}`;
  return [...lines, `By the client, ${formatCount(sessions)} of the sessions cost ${net}, ${result}.`];
}

/** A sum with unpriced responses in it is a lower bound, and nothing but those is no sum at all. */
export function costText({ responses, unpricedResponses, costPicoUsd }: CostSums): string {
  if (responses > 0 && responses === unpricedResponses) return 'unknown';
  return `${unpricedResponses > 0 ? '≥ ' : ''}${formatUsd(toUsd(costPicoUsd))}`;
}

function signedUsd(picoUsd: bigint): string {
  return picoUsd < 0n ? `-${formatUsd(toUsd(-picoUsd))}` : `+${formatUsd(toUsd(picoUsd))}`;
}

function numbers(sums: CostSums, tokens: (count: number) => string): string[] {
  const counts = [sums.inputTokens, sums.outputTokens, sums.cacheReadTokens, sums.cacheCreationTokens];
  return [formatCount(sums.responses), ...counts.map(tokens), costText(sums)];
}

function labelOf({ key, project }: CostGroup, by: Grouping): string {
  const name = key ?? (by === 'agent' ? '(main session)' : '(none)');
  return by === 'branch' && project !== undefined ? `${basename(project)} ${name}` : name;
}
