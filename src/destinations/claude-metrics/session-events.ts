/** Sessions: the newest state that a batch tells of each. The server keeps one row a session, which the next renews. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { accountOf, clientMeta, sessionName, type Choices, type Event } from './event.ts';

export function sessionEvents(records: readonly MessageRecord[], choices: Choices): Event[] {
  const sessions = new Map<string, MessageRecord[]>();
  for (const record of records.filter(isNews)) {
    const news = sessions.get(record.session_id ?? '') ?? [];
    sessions.set(record.session_id ?? '', [...news, record]);
  }
  return Array.from(sessions.values(), (news) => sessionEvent(news, choices));
}

/** Its first prompt, a copy as well; its sums, which are renewed at the end of each turn; and its end. */
function isNews(record: MessageRecord): boolean {
  const isBegun = record.is_first_turn === true && record.agent_id === undefined;
  return record.session_id !== undefined && (isBegun || isSums(record) || isEnd(record));
}

function isSums({ type }: MessageRecord): boolean {
  return type === 'session';
}

/** Since 2.1.250, the client adds up when its process ends; before, only a person's command shows the end. */
function isEnd({ type, slash_command: command, is_replay: isCopy }: MessageRecord): boolean {
  return !isCopy && (type === 'cost-state' || command === 'exit' || command === 'quit');
}

function sessionEvent(news: readonly MessageRecord[], choices: Choices): Event {
  const sums = news.findLast(isSums);
  const last = news.at(-1);
  const described = sums ?? last;
  if (described === undefined || last === undefined) throw new Error('a session without a record');
  const begun = news.find(({ is_first_turn: isFirst }) => isFirst === true);
  return {
    path: '/events/session',
    body: {
      session_id: described.session_id,
      session_name: sessionName(described),
      ...accountOf(described, choices),
      started_at: sums?.session_started_at ?? begun?.timestamp,
      ...(last !== begun && { ended_at: last.timestamp }),
      ...(sums !== undefined && totals(sums)),
      cwd: described.cwd ?? null,
      git_repo: described.repository_remote ?? null,
      exit_kind: isEnd(last) ? exitKind(sums?.session_stop_reason) : 'active',
      client_meta: clientMeta(described),
    },
  };
}

/** Without what only the files of sub-agents tell: their tokens are in executions of their own. */
function totals(sums: MessageRecord): JsonObject {
  const counts = [sums.session_input_tokens, sums.session_cache_read_tokens, sums.session_cache_creation_tokens];
  return {
    prompt_count: sums.session_prompts,
    turn_count: sums.session_turns,
    tokens_in_total: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    tokens_out_total: sums.session_output_tokens,
    tool_calls_total: sums.session_tool_calls,
    plan_mode_count: sums.session_plan_modes,
    plan_approval_count: sums.session_plan_approvals,
    compaction_count: sums.session_compactions,
    thinking_tokens_total: sums.session_thinking_tokens ?? 0,
    interrupt_count: sums.session_interrupts,
    reprompt_count: sums.session_reprompts,
    permission_denied_count: sums.session_permission_denials,
    hook_blocked_count: sums.session_hook_blocks,
  };
}

/** A session that ended while a tool was at work is in flight. */
function exitKind(stopReason: string | undefined): string {
  if (stopReason === 'tool_use') return 'in_flight';
  return stopReason === 'end_turn' || stopReason === 'max_tokens' || stopReason === 'refusal' ? stopReason : 'unknown';
}
