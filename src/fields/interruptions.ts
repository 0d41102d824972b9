/** Answers that did not reach their end: stopped by a person, cut off by the network, or refused. */
import { asBoolean, asString, type JsonObject } from '../lib/json.ts';
import { fieldGroup, flag, id, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';

export const interruptionFields = fieldGroup({
  is_interrupt: flag('prompt_kind = interrupt', 'A person stopped the turn.'),
  interrupted_message_id: id('`interruptedMessageId`', 'The response that was stopped.'),
  is_aborted_mid_stream: flag('`isAbortedMidStream`', 'The answer was stopped while it was being written.'),
  is_truncated_after_output: flag('`truncatedAfterOutput`', 'A part of the answer had arrived before the failure.'),
  stream_cut_cause: word('`streamCutCause`', 'Why the answer broke off.'),
  stream_cut_error: text('`streamCutError.**`', 'The error that it broke off with, as JSON.'),
  failed_without_tool_call: flag('`failedResponseHadNoToolCall`', 'The answer that failed had called no tool.'),
  refused_message_id: id('`refusedMessageId`', 'The response that was withheld.'),
  refused_user_uuid: id('`refusedUserMessageUuid`', 'The prompt that was refused.'),
  refusing_model: word('`refusingModel`', 'The model that refused.'),
  original_model: word('`originalModel`', 'The model that had been asked.'),
  refusal_category: word('`apiRefusalCategory`', "The API's word for the reason."),
  refusal_explanation: text('`apiRefusalExplanation`', 'The reason in words.'),
});

type Interruptions = ValuesOf<typeof interruptionFields>;

export function fillInterruptions(record: Interruptions, { parts: { type, subtype, line }, step }: Scope): void {
  if (type === 'user') fillFromUser(record, line, step.kind === 'interrupt');
  else if (type === 'assistant') fillFromAnswer(record, line);
  else if (type === 'system' && subtype === 'model_refusal_no_fallback') fillFromRefusal(record, line);
}

function fillFromUser(record: Interruptions, line: JsonObject, isInterrupt: boolean): void {
  record.is_interrupt = isInterrupt ? true : undefined;
  record.interrupted_message_id = asString(line['interruptedMessageId']);
  record.refused_message_id = asString(line['refusedMessageId']);
}

function fillFromAnswer(record: Interruptions, line: JsonObject): void {
  record.is_aborted_mid_stream = asBoolean(line['isAbortedMidStream']);
  if (line['isApiErrorMessage'] !== true) return;
  record.is_truncated_after_output = asBoolean(line['truncatedAfterOutput']);
  record.stream_cut_cause = asString(line['streamCutCause']);
  record.stream_cut_error = jsonTextOf(line['streamCutError']);
  record.failed_without_tool_call = asBoolean(line['failedResponseHadNoToolCall']);
  record.refused_message_id = asString(line['refusedMessageId']);
  record.refusing_model = asString(line['refusingModel']);
}

function fillFromRefusal(record: Interruptions, line: JsonObject): void {
  record.original_model = asString(line['originalModel']);
  record.refused_user_uuid = asString(line['refusedUserMessageUuid']);
  record.refusal_category = asString(line['apiRefusalCategory']);
  record.refusal_explanation = asString(line['apiRefusalExplanation']);
}
