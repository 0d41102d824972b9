/** Runs: a turn from its prompt to its end, what each response took, and what failed. */
import type { MessageRecord } from '../../fields/index.ts';
import { SYNTHETIC_MODEL } from '../../fields/usage.ts';
import { turnName, type Closing } from '../../insights/closings.ts';
import type { JsonObject } from '../../lib/json.ts';
import { envelopeOf, preview, type Envelope } from './event.ts';

const PROMPT_CHARACTERS = 200;
const ANSWER_CHARACTERS = 500;

/**
 * The run that the record begins. The client answers most commands by itself, and nothing would ever end their runs: they
 * begin when it turns out that a model has answered.
 */
export function runsStarted(record: MessageRecord, batch: readonly MessageRecord[]): (Envelope | undefined)[] {
  if (record.is_first_turn === undefined || record.turn_id === undefined || isCommand(record.prompt_kind)) return [];
  return [runStarted(record, batch)];
}

export function runsEnded(closing: Closing): (Envelope | undefined)[] {
  const { record, number, lines } = closing;
  const isBegun = number > 1 || !isCommand(record.turn_prompt_kind);
  const prompt = lines.find(({ is_first_turn: isFirst }) => isFirst !== undefined) ?? record;
  return [...(isBegun ? [] : [runStarted(prompt, lines, record.turn_started_at)]), runEnded(closing)];
}

function isCommand(promptKind: string | undefined): boolean {
  return promptKind === 'command' || promptKind === 'bash';
}

function runStarted(
  record: MessageRecord,
  batch: readonly MessageRecord[],
  at: string | undefined = record.timestamp,
): Envelope | undefined {
  const run = turnName(record);
  return envelopeOf(record, {
    type: 'run.start',
    at,
    attributes: {
      // Of the session: a sub-agent's first is none.
      is_first_turn: record.agent_id === undefined ? record.is_first_turn : false,
      platform: record.entrypoint,
      model: firstModel(batch.filter((line) => turnName(line) === run)),
      ...agentOf(record),
    },
    // Without its prompt in the batch, the run of a command begins with the line that ends it.
    payload: { prompt_preview: record.type === 'user' ? preview(record.text, PROMPT_CHARACTERS) : undefined },
  });
}

/** The one event that agentmon adds usage, cost and duration up from; what was told at an end before is not in it. */
function runEnded({ record, sums }: Closing): Envelope | undefined {
  const { turn_status: status = 'unknown', turn_models: models = [], type, text } = record;
  const { inputTokens, outputTokens, cacheReadTokens, cacheCreationTokens, thinkingTokens, costUsd } = sums;
  return envelopeOf(record, {
    type: 'run.end',
    attributes: { ...agentOf(record), turn_status: status, unpriced_responses: record.turn_unpriced_responses },
    payload: {
      status: runStatusOf(status),
      duration_ms: sums.durationMs,
      model: models.at(-1),
      response_preview: type === 'assistant' ? preview(text, ANSWER_CHARACTERS) : undefined,
      usage: {
        input_tokens: inputTokens,
        output_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens + cacheReadTokens + cacheCreationTokens,
        cache_read_tokens: cacheReadTokens,
        cache_write_tokens: cacheCreationTokens,
        reasoning_tokens: thinkingTokens,
        total_cost: costUsd,
      },
    },
  });
}

/** A turn that was refused or cut off, or that ran into a limit, has failed; one that nothing ended was left. */
export function runStatusOf(turnStatus: string): string {
  return STATUS[turnStatus] ?? 'error';
}

const STATUS: { readonly [turnStatus: string]: string } = {
  ok: 'success',
  interrupted: 'interrupted',
  unfinished: 'interrupted',
  unknown: 'interrupted',
};

/** The first that answered; what the client writes into its place is no answer. */
export function firstModel(lines: readonly MessageRecord[]): string | undefined {
  return lines.find(({ model }) => model !== undefined && model !== SYNTHETIC_MODEL)?.model;
}

/** What the record adds to the usage of its response; run.end repeats it for the whole run. */
export function metricsTaken(record: MessageRecord, batch: readonly MessageRecord[]): Envelope | undefined {
  const { message_id: message } = record;
  return envelopeOf(record, {
    type: 'metric.snapshot',
    payload: {
      metrics: {
        usage: {
          input_tokens: record.incremental_input_tokens,
          output_tokens: record.incremental_output_tokens,
          cache_read_tokens: record.incremental_cache_read_tokens,
          cache_write_tokens: record.incremental_cache_creation_tokens,
          reasoning_tokens: record.incremental_thinking_tokens,
          total_tokens: record.incremental_total_tokens,
          total_cost: record.incremental_cost_usd,
        },
        model: record.model,
        provider: 'anthropic',
        duration_ms: batch.findLast((line) => line.message_id === message)?.response_duration_ms,
      },
    },
  });
}

/** A request that failed, whether it was tried again or given up. */
export function requestFailed(record: MessageRecord): Envelope | undefined {
  return envelopeOf(record, {
    type: 'error',
    attributes: {
      error_class: record.error_class,
      http_status: record.api_error_status,
      retry_attempt: record.retry_attempt,
    },
    payload: { message: preview(record.error_message, ANSWER_CHARACTERS) },
  });
}

function agentOf({ agent_id: id, agent_type: type }: MessageRecord): JsonObject {
  return id === undefined ? {} : { agent_id: id, agent_type: type };
}
