/** The spans that records complete, as the GenAI conventions name them. */
import type { MessageRecord } from '../../fields/index.ts';
import type { TraceBy } from './ids.ts';
import type { Span } from './model.ts';
import { failedSpan, responseSpan } from './response-span.ts';
import { newResponses } from './responses.ts';
import { toolSpan } from './tool-span.ts';
import { promptsOf, turnSpan, type Prompts } from './turn-span.ts';

/**
 * A turn's span comes with the record that ends the turn and a call's with its result, so that parents arrive after
 * their children; that of a turn which no line ends, as when the client is killed, comes after a long silence. What was
 * copied from another transcript was sent there.
 */
export function spansOf(records: readonly MessageRecord[], traceBy: TraceBy): Span[] {
  const own = records.filter(({ is_replay }) => !is_replay);
  const prompts = promptsOf(own);
  const responses = newResponses(own).map((response) => responseSpan(response, traceBy));
  const others = own.flatMap((record) => completedBy(record, prompts, traceBy));
  return [...responses, ...others].filter((span) => span !== undefined);
}

function completedBy(record: MessageRecord, prompts: Prompts, traceBy: TraceBy): (Span | undefined)[] {
  const spans: (Span | undefined)[] = [];
  if (record.tool_result_ids !== undefined) spans.push(toolSpan(record, traceBy));
  if (record.type === 'assistant' && record.is_api_error) spans.push(failedSpan(record, traceBy));
  if (record.turn_status !== undefined) spans.push(turnSpan(record, prompts, traceBy));
  return spans;
}
