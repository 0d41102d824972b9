/** Signs of requests that the client bills and no line shows: what a record tells of them. */
import type { MessageRecord } from '../fields/index.ts';

/**
 * `compaction`: the history was summarised · `web_search`: WebSearch asks a model of its own · `interrupted`: an answer
 * broke off, and its lines hold the count from its start · `empty_answer`: a request that no answer names ·
 * `background_calls`: a page that was summarised, a title, a question on the side.
 */
export type CostSign = (typeof COST_SIGNS)[number];

export const COST_SIGNS = ['compaction', 'web_search', 'interrupted', 'empty_answer', 'background_calls'] as const;

export interface SignOf {
  sign: CostSign;
  /** What it is a sign of: the record, or the client's name of the request. */
  reference: string;
}

/** The signs on a record. An `empty_answer` is one until an answer comes whose `request_ref` is its reference. */
export function costSignsOf(record: MessageRecord): SignOf[] {
  if (record.type === 'api-request') {
    return record.row_id === undefined ? [] : [{ sign: 'empty_answer', reference: record.row_id }];
  }
  return SEEN.filter(([, isOn]) => isOn(record)).map(([sign]) => ({ sign, reference: record.id }));
}

const SEEN: readonly (readonly [CostSign, (record: MessageRecord) => boolean])[] = [
  ['compaction', ({ subtype }) => subtype === 'compact_boundary'],
  ['web_search', ({ type, web_search_count }) => type === 'user' && web_search_count !== undefined],
  ['interrupted', isBroken],
  ['background_calls', isBesides],
];

function isBroken(record: MessageRecord): boolean {
  const { is_aborted_mid_stream, is_truncated_after_output, is_interrupt, stream_cut_cause } = record;
  return (
    [is_aborted_mid_stream, is_truncated_after_output, is_interrupt].includes(true) || stream_cut_cause !== undefined
  );
}

/** A WebFetch that was answered, a title that the client made up, or a command that asks a model besides. */
function isBesides({ type, web_status_code, slash_command }: MessageRecord): boolean {
  if (type === 'user' && web_status_code !== undefined) return true;
  return type === 'ai-title' || slash_command === 'btw' || slash_command === 'insights';
}
