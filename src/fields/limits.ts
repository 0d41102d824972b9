/** The budgets of a run, and how much of them is used: dollars, turns and tokens. */
import { asBoolean, asCount, asNumber, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, tokens, usd, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const limitFields = fieldGroup({
  budget_used_usd: usd('`attachment.used` of budget_usd', "What the run has cost so far, by the client's reckoning."),
  budget_total_usd: usd('`attachment.total` of budget_usd', 'What the run may cost.'),
  budget_remaining_usd: usd('`attachment.remaining` of budget_usd', 'What is left of it.'),
  max_turns: count('`attachment.maxTurns` of max_turns_reached', 'How many rounds with the model the run may take.'),
  turn_count: count('`attachment.turnCount` of max_turns_reached', 'The round at which the run was ended.'),
  is_exit_committed: flag('`attachment.exitCommitted` of max_turns_reached', 'The client had already decided to end.'),
  budget_tokens: tokens('`budgetTokens`', 'Output tokens that the turn has used of its budget.'),
  budget_limit_tokens: tokens('`budgetLimit`', 'Output tokens that the turn may use.'),
  budget_nudges: count('`budgetNudges`', 'How often the model was told to go on within its budget.'),
});

type Limits = ValuesOf<typeof limitFields>;

export function fillLimits(record: Limits, { parts: { attachment, type, line, subtype } }: Scope): void {
  if (type === 'system') fillFromTokens(record, line);
  if (attachment === undefined) return;
  if (subtype === 'budget_usd') fillFromDollars(record, attachment);
  if (subtype === 'max_turns_reached') fillFromTurns(record, attachment);
}

function fillFromTokens(record: Limits, line: JsonObject): void {
  record.budget_tokens = asCount(line['budgetTokens']);
  record.budget_limit_tokens = asCount(line['budgetLimit']);
  record.budget_nudges = asCount(line['budgetNudges']);
}

function fillFromDollars(record: Limits, attachment: JsonObject): void {
  record.budget_used_usd = asNumber(attachment['used']);
  record.budget_total_usd = asNumber(attachment['total']);
  record.budget_remaining_usd = asNumber(attachment['remaining']);
}

function fillFromTurns(record: Limits, attachment: JsonObject): void {
  record.max_turns = asCount(attachment['maxTurns']);
  record.turn_count = asCount(attachment['turnCount']);
  record.is_exit_committed = asBoolean(attachment['exitCommitted']);
}
