/** How full the context window was: as the API counted a prompt, or as the client estimated it for /context. */
import { asCount, asNumber, asObject, asString, type JsonObject } from '../lib/json.ts';
import { decimal, fieldGroup, text, tokens, word, type ValuesOf } from './field.ts';
import { jsonText } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';
import { SYNTHETIC_MODEL } from './usage.ts';

export const contextWindowFields = fieldGroup({
  context_tokens: tokens(
    'input_tokens + cache_read_tokens + cache_creation_tokens; `contextUsage.total_tokens`',
    'Tokens in the context when the response began; on /context lines the estimate of the client.',
  ),
  context_window: tokens(
    '`contextUsage.raw_max_tokens`; else 1,000,000 where requested_model or model ends in `[1m]` or context_tokens > 200,000',
    'How many tokens the model takes; absent where the line does not show it, since names alone do not tell.',
  ),
  context_percent: decimal(
    'context_tokens ÷ (80 % of context_window), at most 100',
    'How near the context was to being compacted, which happens at about 80 % of the window; two decimals.',
  ),
  context_usage: text('`contextUsage.**`', 'What /context showed, as JSON: tokens by category, file, tool and skill.'),
  context_usage_percent: decimal('`contextUsage.percentage`', 'The share of the whole window that /context showed.'),
  context_usage_model: word('`contextUsage.model`', 'The model that /context showed the window of.'),
});

type ContextWindow = ValuesOf<typeof contextWindowFields>;

export function fillContextWindow(record: ContextWindow, { parts: { type, line, message } }: Scope): void {
  if (type === 'assistant' && message !== undefined) return fillFromUsage(record, line, message);
  const shown = type === 'system' ? asObject(line['contextUsage']) : undefined;
  if (shown !== undefined) fillFromCommand(record, shown);
}

function fillFromUsage(record: ContextWindow, line: JsonObject, message: JsonObject): void {
  const used = contextTokens(message);
  if (used === undefined) return;
  const window = isMillion(line, message, used) ? 1_000_000 : undefined;
  record.context_tokens = used;
  record.context_window = window;
  record.context_percent = percentOf(used, window);
}

function fillFromCommand(record: ContextWindow, shown: JsonObject): void {
  const used = asCount(shown['total_tokens']);
  const window = asCount(shown['raw_max_tokens']);
  record.context_tokens = used;
  record.context_window = window;
  record.context_percent = percentOf(used, window);
  record.context_usage = jsonText(shown);
  record.context_usage_percent = asNumber(shown['percentage']);
  record.context_usage_model = asString(shown['model']);
}

/** Undefined on lines that no model wrote: their zeros would say that the context was empty. */
function contextTokens(message: JsonObject): number | undefined {
  const counts = message['model'] === SYNTHETIC_MODEL ? undefined : asObject(message['usage']);
  const input = asCount(counts?.['input_tokens']);
  if (input === undefined) return undefined;
  const cached = asCount(counts?.['cache_read_input_tokens']) ?? 0;
  return input + cached + (asCount(counts?.['cache_creation_input_tokens']) ?? 0);
}

const MILLION_MARK = '[1m]';
/** The largest prompt that fits into the smaller of the two windows (CM-025). */
const SMALL_WINDOW = 200_000;

function isMillion(line: JsonObject, message: JsonObject, used: number): boolean {
  return used > SMALL_WINDOW || hasMillionMark(line['requestedModel']) || hasMillionMark(message['model']);
}

function hasMillionMark(model: unknown): boolean {
  return asString(model)?.endsWith(MILLION_MARK) === true;
}

/** The share of a window that is filled before the client compacts (CM-024). */
const USABLE_SHARE = 0.8;

function percentOf(used: number | undefined, window: number | undefined): number | undefined {
  if (used === undefined || window === undefined || window === 0) return undefined;
  return Math.min(100, Math.round((used / (window * USABLE_SHARE)) * 10_000) / 100);
}
