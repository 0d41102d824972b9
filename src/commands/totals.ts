/** The embedded store's totals as a table. */
import type { Totals } from '../state/store.ts';
import { formatCount, formatUsd, printable, table } from '../ui.ts';

/** What the label leaves of 80 columns. */
const TOOLS_WIDTH = 60;

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
  const all = tools.map(({ name, calls }) => `${printable(name)} ${formatCount(calls)}`);
  const listed = (shown: number): string =>
    [...all.slice(0, shown), ...(shown < all.length ? [`and ${all.length - shown} more`] : [])].join(', ');
  let shown = all.length;
  while (shown > 1 && listed(shown).length > TOOLS_WIDTH) shown -= 1;
  return listed(shown);
}
