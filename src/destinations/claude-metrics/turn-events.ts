/** Turns: what a person asked (`prompt`), and what came of it (`execution`). */
import type { MessageRecord } from '../../fields/index.ts';
import type { Closing } from '../../insights/closings.ts';
import type { JsonObject } from '../../lib/json.ts';
import { clientMeta, cut, eventOf, tallied, type Choices, type Event } from './event.ts';

/** `answer` is the last line of the model before the prompt, where the batch has one. */
export function promptEvents(record: MessageRecord, answer: MessageRecord | undefined, choices: Choices): Event[] {
  if (record.agent_id !== undefined || !BY_PERSON.has(record.prompt_kind ?? '')) return [];
  return [
    eventOf(record, '/events/prompt', {
      choices,
      folder_path: record.cwd ?? null,
      git_repo: record.repository_remote ?? null,
      prompt_text: record.text ?? null,
      model: answer?.model ?? null,
      effort: cut(record.effort, 32),
      ...contextOf(answer),
      is_reprompt: record.is_reprompt ?? null,
      gap_ms: record.gap_ms ?? null,
      client_meta: clientMeta(record),
    }),
  ];
}

const BY_PERSON = new Set(['human', 'command', 'bash']);

/**
 * Of a sub-agent, too: its tokens are in no other execution. Where there was no thinking, and no call, the server has
 * nothing and not 0, which would count in its means.
 */
export function executionEvent({ record, number, lines, sums }: Closing, choices: Choices): Event {
  const answers = lines.filter(({ type, is_api_error: isError }) => type === 'assistant' && !isError);
  const texts = answers.filter(({ text }) => text);
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens } = sums;
  return eventOf(record, '/events/execution', {
    choices,
    message_length: lengthOf(texts),
    response_text: texts.length === 0 ? null : texts.map(({ text }) => text).join('\n'),
    ...(number > 1 ? workOfLines(lines) : workOfTurn(record)),
    tokens_in: inputTokens + cacheReadTokens + cacheCreationTokens,
    tokens_out: outputTokens,
    cache_read_tokens: cacheReadTokens,
    cache_creation_tokens: cacheCreationTokens,
    duration_ms: sums.durationMs ?? null,
    ...contextOf(answers.findLast(({ context_tokens: tokens }) => tokens !== undefined)),
    model: record.turn_models?.at(-1) ?? null,
    ...endOf(record),
    thinking_tokens: sums.thinkingTokens || null,
    parallel_tools_max: record.turn_parallel_tools_max || null,
    parallel_tools_avg: record.turn_parallel_tools_avg || null,
    client_meta: { ...clientMeta(record), ...(isBackfill(record) && { synthetic: 'interrupt_backfill' }) },
  });
}

/** Of the texts and the line breaks between them, also where the texts themselves are hidden. */
function lengthOf(texts: readonly MessageRecord[]): number {
  const characters = texts.reduce((sum, { response_length: length = 0 }) => sum + length, 0);
  return characters + Math.max(0, texts.length - 1);
}

function workOfTurn(record: MessageRecord): JsonObject {
  return {
    lines_of_code: record.turn_lines_of_code ?? 0,
    tools_used: tallied(record.turn_tools),
    slash_commands_used: orNull(record.turn_slash_commands),
    skills_activated: orNull(record.turn_skills),
    images_pasted: record.turn_images ?? 0,
    thinking_blocks_count: record.turn_thinking_blocks || null,
  };
}

/** Of a turn that had ended before and went on: commands, skills and images were told at that end. */
function workOfLines(lines: readonly MessageRecord[]): JsonObject {
  const sum = (countOf: (line: MessageRecord) => number | undefined): number =>
    lines.reduce((total, line) => total + (countOf(line) ?? 0), 0);
  const names = lines.flatMap(({ tool_names: called = [] }) => called);
  const counts = Array.from(new Set(names), (name) => `${name}=${names.filter((one) => one === name).length}`);
  return {
    lines_of_code: sum((line) => line.lines_of_code),
    tools_used: tallied(counts),
    slash_commands_used: null,
    skills_activated: null,
    images_pasted: 0,
    thinking_blocks_count: sum((line) => line.thinking_blocks) || null,
  };
}

/** A turn with an answer that no line ends is done, as far as the server goes: it calls cancelled what has no answer. */
function endOf({ turn_status: status = '', turn_stop_reason: reason = 'unknown' }: MessageRecord): JsonObject {
  if (status === 'interrupted') return { stop_reason: 'user_interrupt', status: 'cancelled' };
  return { stop_reason: reason, status: STATUSES[status] ?? 'error' };
}

const STATUSES: { readonly [status: string]: string } = { ok: 'ok', unknown: 'ok', unfinished: 'cancelled' };

/** A turn of which only a silence says that it was cancelled. */
function isBackfill({ derived, turn_status: status }: MessageRecord): boolean {
  return derived === true && status === 'unfinished';
}

function contextOf(answer: MessageRecord | undefined): JsonObject {
  return { context_tokens: answer?.context_tokens ?? null, context_percent: answer?.context_percent ?? null };
}

function orNull(names: readonly string[] | undefined): readonly string[] | null {
  return names === undefined || names.length === 0 ? null : names;
}
