/** The ends of turns. A turn that has ended can go on, and its sums then hold again what was told at its end before. */
import type { MessageRecord } from '../fields/index.ts';
import { toUsd } from '../pricing/amount.ts';

/** The end of a turn, with what the turn did since it ended before. */
export interface Closing {
  record: MessageRecord;
  /** From 1. */
  number: number;
  /** The lines of the turn since then, as far as they are among the records; the one that ends it is the last. */
  lines: readonly MessageRecord[];
  sums: ClosingSums;
}

/** Each response counts at one end of one turn; how long it took is known as far as its lines are among the records. */
export interface ClosingSums {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  thinkingTokens: number;
  /** List price of the priced responses, USD. */
  costUsd: number;
  /** Milliseconds. */
  durationMs: number | undefined;
}

/**
 * The ends of turns among the records, by the record that ends each: the first with the sums of the whole turn, a later
 * one with what came to them, wherever the lines are. What was copied from another transcript counts there.
 */
export function closingsOf(records: readonly MessageRecord[]): ReadonlyMap<MessageRecord, Closing> {
  const closings = new Map<MessageRecord, Closing>();
  const open = new Map<string, MessageRecord[]>();
  for (const record of records) {
    if (record.is_replay || record.turn_id === undefined) continue;
    const name = turnName(record);
    const lines = open.get(name) ?? [];
    open.set(name, lines);
    lines.push(record);
    if (record.turn_status === undefined) continue;
    closings.set(record, closingOf(record, lines));
    open.delete(name);
  }
  return closings;
}

/**
 * Tells turns apart. Their ids alone do not: a sub-agent shares the one of the turn that called it, and with some clients
 * (2.1.290) the turns of a session that is taken up again share one.
 */
export function turnName({
  session_id: session,
  agent_id: agent,
  turn_id: turn,
  turn_index: index,
}: MessageRecord): string {
  return [session, agent, turn, index].join('\0');
}

/** Of the record that ends a turn, from 1: one of type turn does not count itself. */
export function closingNumber({ type, turn_closings: closings = 0 }: MessageRecord): number {
  return closings + (type === 'turn' ? 1 : 0);
}

function closingOf(record: MessageRecord, lines: readonly MessageRecord[]): Closing {
  const number = closingNumber(record);
  return { record, number, lines, sums: number > 1 ? newSums(record, lines) : sumsOfTurn(record) };
}

function sumsOfTurn(record: MessageRecord): ClosingSums {
  return {
    inputTokens: record.turn_input_tokens ?? 0,
    outputTokens: record.turn_output_tokens ?? 0,
    cacheReadTokens: record.turn_cache_read_tokens ?? 0,
    cacheCreationTokens: record.turn_cache_creation_tokens ?? 0,
    thinkingTokens: record.turn_thinking_tokens ?? 0,
    costUsd: record.turn_cost_usd ?? 0,
    durationMs: record.turn_duration_ms,
  };
}

/** What the turn did since it had ended before. */
function newSums(record: MessageRecord, lines: readonly MessageRecord[]): ClosingSums {
  const [start, end] = [lines.find(({ timestamp }) => timestamp !== undefined)?.timestamp, record.timestamp];
  return {
    inputTokens: record.turn_new_input_tokens ?? 0,
    outputTokens: record.turn_new_output_tokens ?? 0,
    cacheReadTokens: record.turn_new_cache_read_tokens ?? 0,
    cacheCreationTokens: record.turn_new_cache_creation_tokens ?? 0,
    thinkingTokens: record.turn_new_thinking_tokens ?? 0,
    costUsd: toUsd(BigInt(record.turn_new_cost_pico_usd ?? 0)),
    durationMs: start === undefined || end === undefined ? undefined : Math.max(0, Date.parse(end) - Date.parse(start)),
  };
}
