/** How a hook ended, told by the kind of its line or by the summary of several. */
import { asArray, own, type JsonObject } from '../lib/json.ts';

export const hookStatuses = [
  'success',
  'blocking_error',
  'non_blocking_error',
  'cancelled',
  'stopped',
  'additional_context',
  'system_message',
  'async_response',
  'progress',
] as const;
export type HookStatus = (typeof hookStatuses)[number];

const STATUSES: { readonly [subtype: string]: HookStatus } = {
  hook_success: 'success',
  hook_blocking_error: 'blocking_error',
  hook_non_blocking_error: 'non_blocking_error',
  hook_error_during_execution: 'non_blocking_error',
  hook_cancelled: 'cancelled',
  hook_stopped_continuation: 'stopped',
  hook_additional_context: 'additional_context',
  hook_system_message: 'system_message',
  async_hook_response: 'async_response',
  hook_progress: 'progress',
};

/** Undefined for a kind of line that this version does not know. */
export function hookStatus(subtype: string): HookStatus | undefined {
  return own(STATUSES, subtype);
}

/**
 * The worst that a summary of Stop hooks reports; undefined where it reports nothing, since a hook that was cancelled
 * leaves no word there. What a hook says to block the turn stands among its errors: `failedHookErrorIndexes` names
 * those that are failures, and before 2.1.329 nothing tells them apart.
 */
export function summaryStatus(line: JsonObject): HookStatus | undefined {
  const errors = lengthOf(line['hookErrors']);
  const failed = lengthOf(line['failedHookErrorIndexes']);
  if (line['preventedContinuation'] === true) return 'stopped';
  if (errors > failed) return line['failedHookErrorIndexes'] === undefined ? undefined : 'blocking_error';
  if (errors > 0) return 'non_blocking_error';
  return lengthOf(line['hookAdditionalContext']) > 0 ? 'additional_context' : undefined;
}

function lengthOf(list: unknown): number {
  return asArray(list)?.length ?? 0;
}
