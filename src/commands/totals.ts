/** The embedded store's totals as a table. */
import type { Totals } from '../state/store.ts';
import { formatCount, formatUsd, printable, table } from '../ui.ts';

const TOOLS_SHOWN = 8;

/** A cost with unpriced responses in it is a lower bound, and says so. */
export function totalsTable(totals: Totals): string {
  const { unpricedResponses: unpriced } = totals;
  const cost = `${unpriced > 0 ? '≥ ' : ''}${formatUsd(totals.costUsd)}`;
  return table([
    ['sessions', formatCount(totals.sessions)],
    ['records', formatCount(totals.records)],
    ['API responses', formatCount(totals.responses)],
    ['input tokens', formatCount(totals.inputTokens)],
    ['output tokens', formatCount(totals.outputTokens)],
    ['cache read tokens', formatCount(totals.cacheReadTokens)],
    ['cache write tokens', formatCount(totals.cacheCreationTokens)],
    ['cost (list price)', unpriced > 0 ? `${cost}  (${formatCount(unpriced)} responses of unknown price)` : cost],
    ['tool calls', formatCount(totals.toolCalls)],
    ['tools', toolList(totals) || 'none'],
  ]);
}

function toolList({ tools }: Totals): string {
  const shown = tools.slice(0, TOOLS_SHOWN).map(({ name, calls }) => `${printable(name)} ${formatCount(calls)}`);
  const others = tools.length - shown.length;
  return [...shown, ...(others > 0 ? [`and ${others} more`] : [])].join(', ');
}
