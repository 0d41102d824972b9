/** Hooks that ran: what they were, how they ended, what they said, and how long they took. */
import { asArray, asBoolean, asCount, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, id, ms, text, texts, word, type ValuesOf } from './field.ts';
import { hookStatus, summaryStatus } from '../line/hook-status.ts';
import { jsonText, jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const hookFields = fieldGroup({
  hook_event: word('`attachment.hookEvent`, `data.hookEvent`', 'The event, for instance `PreToolUse`.'),
  hook_name: word('`attachment.hookName`, `data.hookName`', 'The event and what it matched: `SessionStart:startup`.'),
  hook_status: word(
    '`attachment.type`, `data.type`; `preventedContinuation`, `hookErrors`, `failedHookErrorIndexes` of stop_hook_summary',
    'How the hook ended, or the worst of several: `success`, `blocking_error`, `non_blocking_error`, `cancelled`, `stopped`, `additional_context`, `system_message`, `async_response` or `progress`.',
  ),
  hook_command: text('`attachment.command`, `attachment.blockingError.command`, `data.command`', 'What was run.'),
  hook_label: text('`hookLabel`', 'What the client calls the hooks of the line.'),
  hook_status_message: text('`data.statusMessage`', 'What was shown while the hook ran.'),
  hook_tool_use_id: id('`attachment.toolUseID`, `toolUseID`', 'The call, or the name of the run that hooks share.'),
  hook_process_id: id('`attachment.processId`', "The client's name of a hook in the background."),
  hook_exit_code: count('`attachment.exitCode`', "The command's exit code."),
  hook_duration_ms: ms(
    '`attachment.durationMs`; the sum of `hookInfos[].durationMs`',
    'How long the hook took, or all hooks of the line together, though they run at the same time.',
  ),
  own_hook_duration_ms: ms(
    '`hookInfos[].durationMs` where `hookInfos[].command` holds the mark of stopwire',
    "How long stopwire's own hook held up the end of the turn.",
  ),
  hook_count: count('`hookCount`; else the entries of hookInfos', 'Hooks that the line reports.'),
  hook_commands: texts('`hookInfos[].command`', 'What they ran.'),
  hook_durations: text('`hookInfos[].durationMs`', 'How long each took in ms, as a JSON array; null where unknown.'),
  hook_errors: texts(
    '`hookErrors[]`, `attachment.blockingError.blockingError`',
    'What hooks said that failed or blocked.',
  ),
  failed_hook_indexes: text('`failedHookErrorIndexes[]`', 'Which of these are failures and not blocks, as JSON.'),
  hook_output: text('`attachment.content`, `attachment.message`', 'What the hook had to say, as the client took it.'),
  hook_stdout: text('`attachment.stdout`', 'The standard output of the command.'),
  hook_stderr: text('`attachment.stderr`', 'Its standard error.'),
  hook_response: text('`attachment.response.**`', 'What a hook in the background answered, as JSON.'),
  hook_has_output: flag('`hasOutput`', 'At least one of the hooks had something to say.'),
  hook_additional_context: texts(
    '`hookAdditionalContext[]`, `attachment.content[]` of hook_additional_context',
    'What hooks gave the model to read.',
  ),
  hook_specific_output: text(
    '`data.hookSpecificOutput.**`, `attachment.hookSpecificOutput.**`',
    'What the hook answered for its event, as JSON.',
  ),
  prevented_continuation: flag('`preventedContinuation`', 'A hook ended the turn.'),
  hook_stop_reason: text('`stopReason`, `attachment.message` of hook_stopped_continuation', 'Why it did.'),
  hook_timeout_ms: ms('`attachment.timeoutMs`', 'How long the hook was given.'),
  is_hook_timed_out: flag('`attachment.timedOut`', 'It was stopped because that time was over.'),
  ide_diagnostics: text(
    '`data.ide_diagnostics.**`, `hookInfos[].ide_diagnostics.**`',
    'What the editor found wrong with the code, as JSON.',
  ),
});

type Hooks = ValuesOf<typeof hookFields>;

export function fillHooks(record: Hooks, { parts: { type, subtype, line, attachment } }: Scope): void {
  if (type === 'system') {
    // Clients before 2.0.76 tell of a hook in a notice.
    record.hook_tool_use_id = asString(line['toolUseID']);
    if (subtype === 'stop_hook_summary') fillFromSummary(record, line);
  } else if (type === 'progress' && subtype === 'hook_progress') {
    fillFromProgress(record, line);
  } else if (attachment !== undefined && subtype !== undefined && isHookRun(subtype)) {
    fillFromRun(record, attachment, subtype);
  }
}

function isHookRun(subtype: string): boolean {
  return subtype.startsWith('hook_') || subtype === 'async_hook_response';
}

function fillFromRun(record: Hooks, attachment: JsonObject, subtype: string): void {
  const block = asObject(attachment['blockingError']);
  record.hook_event = asString(attachment['hookEvent']);
  record.hook_name = asString(attachment['hookName']);
  record.hook_status = hookStatus(subtype);
  record.hook_command = asString(attachment['command'] ?? block?.['command']);
  record.hook_tool_use_id = asString(attachment['toolUseID']);
  record.hook_process_id = asString(attachment['processId']);
  record.hook_exit_code = asCount(attachment['exitCode']);
  record.hook_duration_ms = asCount(attachment['durationMs']);
  record.hook_timeout_ms = asCount(attachment['timeoutMs']);
  record.is_hook_timed_out = asBoolean(attachment['timedOut']);
  record.hook_errors = block && someTexts([block['blockingError']]);
  record.hook_output = asString(attachment['content']) ?? asString(attachment['message']);
  record.hook_stdout = asString(attachment['stdout']);
  record.hook_stderr = asString(attachment['stderr']);
  record.hook_response = jsonTextOf(attachment['response']);
  record.hook_specific_output = jsonTextOf(attachment['hookSpecificOutput']);
  if (subtype === 'hook_additional_context') record.hook_additional_context = someTexts(attachment['content']);
  if (subtype === 'hook_stopped_continuation') record.hook_stop_reason = asString(attachment['message']);
}

function fillFromProgress(record: Hooks, line: JsonObject): void {
  const data = asObject(line['data']);
  record.hook_event = asString(data?.['hookEvent']);
  record.hook_name = asString(data?.['hookName']);
  record.hook_status = hookStatus('hook_progress');
  record.hook_command = asString(data?.['command']);
  record.hook_status_message = asString(data?.['statusMessage']);
  record.hook_tool_use_id = asString(line['toolUseID']);
  record.hook_specific_output = jsonTextOf(data?.['hookSpecificOutput']);
  record.ide_diagnostics = jsonTextOf(data?.['ide_diagnostics']);
}

function fillFromSummary(record: Hooks, line: JsonObject): void {
  const failed = asArray(line['failedHookErrorIndexes']) ?? [];
  const infos = asArray(line['hookInfos'])?.filter(isObject) ?? [];
  record.hook_status = summaryStatus(line);
  record.hook_label = asString(line['hookLabel']);
  record.hook_count = asCount(line['hookCount']) ?? infos.length;
  record.hook_errors = someTexts(line['hookErrors']);
  record.failed_hook_indexes = failed.length === 0 ? undefined : jsonText(failed);
  record.hook_has_output = asBoolean(line['hasOutput']);
  record.hook_additional_context = someTexts(line['hookAdditionalContext']);
  record.prevented_continuation = asBoolean(line['preventedContinuation']);
  // Empty where no hook gave any: hidden, it would look like one.
  record.hook_stop_reason = asString(line['stopReason']) || undefined;
  if (infos.length > 0) fillFromInfos(record, infos);
}

/** One entry for each hook, in the order in which they were registered. */
function fillFromInfos(record: Hooks, infos: readonly JsonObject[]): void {
  record.hook_commands = someTexts(infos.map((info) => info['command']));
  record.hook_durations = jsonText(infos.map((info) => asCount(info['durationMs']) ?? null));
  record.hook_duration_ms = sumOf(infos);
  record.own_hook_duration_ms = sumOf(infos.filter(isOwn));
  record.ide_diagnostics = jsonTextOf(
    infos.map((info) => info['ide_diagnostics']).find((found) => found !== undefined),
  );
}

/** The last argument of every command that stopwire registers. */
const OWN_MARK = 'stopwire-stop-hook';

function isOwn(info: JsonObject): boolean {
  return asString(info['command'])?.includes(OWN_MARK) === true;
}

/** Undefined where no hook tells how long it took. */
function sumOf(infos: readonly JsonObject[]): number | undefined {
  const durations = infos.flatMap((info) => asCount(info['durationMs']) ?? []);
  return durations.length === 0 ? undefined : durations.reduce((sum, one) => sum + one, 0);
}

function someTexts(values: unknown): readonly string[] | undefined {
  const found = asStrings(values) ?? [];
  return found.length === 0 ? undefined : found;
}
