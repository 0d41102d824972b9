/** How a tool call ended, told by the block that answers it and by what the client wrote beside it. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { LineParts } from './parts.ts';

export const errorClasses = [
  'interrupted',
  'permission_denied',
  'hook_blocked',
  'timeout',
  'exit_nonzero',
  'old_string_not_found',
  'not_found',
  'unknown_tool',
  'invalid_input',
  'error',
] as const;
export type ErrorClass = (typeof errorClasses)[number];

export interface Outcome {
  isError: boolean;
  errorClass: ErrorClass | undefined;
  /** `allowed`, or who refused the call. */
  permission: 'allowed' | 'denied_user' | 'denied_rule' | 'blocked_hook';
  /** Of the command, where the answer names one. */
  exitCode: number | undefined;
}

/** How much of an error's text is looked at: the rest may be a command's whole output. */
const TEXT_LIMIT = 500;

export function outcomeOf(parts: LineParts, block: JsonObject): Outcome {
  const answer = answerOf(parts, block);
  const isInterrupted = asObject(answer)?.['interrupted'] === true;
  if (block['is_error'] !== true && !isInterrupted) return OK;
  const text = errorText(block, answer).slice(0, TEXT_LIMIT);
  const refusal = refusalOf(parts, block, text);
  return {
    isError: true,
    errorClass: refusal === undefined ? failureOf(text, isInterrupted) : REFUSALS[refusal],
    permission: refusal === undefined || refusal === 'interrupted' ? 'allowed' : refusal,
    exitCode: exitCodeOf(text),
  };
}

const OK: Outcome = { isError: false, errorClass: undefined, permission: 'allowed', exitCode: undefined };

/** What the client wrote beside a result. A line has it once: with several results, it counts for the first. */
export function answerOf({ line, toolResults }: LineParts, block: JsonObject): unknown {
  return toolResults[0] === block ? line['toolUseResult'] : undefined;
}

/** The error in the words of the client, without its marks. */
export function errorText(block: JsonObject, answer: unknown): string {
  const text = asString(answer) ?? asString(block['content']) ?? firstText(block['content']) ?? '';
  return text.replace(/^(?:<tool_use_error>)?(?:Error: )?/, '').replace(/<\/tool_use_error>$/, '');
}

function firstText(content: unknown): string | undefined {
  const [first] = asArray(content)?.filter(isObject) ?? [];
  return asString(first?.['text']);
}

type Refusal = Exclude<Outcome['permission'], 'allowed'> | 'interrupted';

const REFUSALS: { readonly [Who in Refusal]: ErrorClass } = {
  denied_user: 'permission_denied',
  denied_rule: 'permission_denied',
  blocked_hook: 'hook_blocked',
  interrupted: 'interrupted',
};

const BY_HOOK =
  /^(?:\w+:\S+ )?hook (?:blocking )?error|^Hook \w+|^Execution stopped by|^[^\n]{0,200}\bblocked by (?:\w+ )?hook/i;
const BY_INTERRUPT = /^\[Request interrupted|^Interrupted by user/i;
const BY_USER = /^The user doesn't want to|^User rejected tool use/i;
/** A rule forbade it, or none allowed it and nobody was there to be asked. */
const BY_RULE =
  /^Permission to use [^\n]+ has been denied|^Permission for this [^\n]+ denied|requires approval$|^Claude requested permissions? to [^\n]+ haven't granted/i;

/** Who stopped the call before it could end: by what the client decided, else (before 2.1.329) by the text. */
function refusalOf({ line, toolResults }: LineParts, block: JsonObject, text: string): Refusal | undefined {
  const isFirst = toolResults[0] === block;
  const kind = isFirst ? asString(line['toolDenialKind']) : undefined;
  const decision = isFirst ? asObject(line['permissionDecision']) : undefined;
  const source = decision?.['decision'] === 'reject' ? asString(decision['source']) : undefined;
  if (kind?.includes('hook') === true || source === 'hook' || BY_HOOK.test(text)) return 'blocked_hook';
  if (source !== undefined) return source.startsWith('user') ? 'denied_user' : 'denied_rule';
  if (kind === undefined) return refusalByText(text);
  if (kind !== 'user-rejected') return 'denied_rule';
  // Esc while a call runs is written as a rejection too, but not as one before the call.
  return line['toolDenialBeforeRun'] === true ? 'denied_user' : 'interrupted';
}

function refusalByText(text: string): Refusal | undefined {
  if (BY_INTERRUPT.test(text)) return 'interrupted';
  if (BY_USER.test(text)) return 'denied_user';
  return BY_RULE.test(text) ? 'denied_rule' : undefined;
}

/** How the text of a failed call tells why. A command's own output comes behind its exit code and is not looked at. */
const FAILURES: readonly [RegExp, ErrorClass][] = [
  [/^Exit code \d+\nCommand timed out/i, 'timeout'],
  [/^Exit code [1-9]/i, 'exit_nonzero'],
  [/timed? ?out|ETIMEDOUT/i, 'timeout'],
  [/^String to replace not found|old_string[^\n]* not found/i, 'old_string_not_found'],
  [/^No such tool available/i, 'unknown_tool'],
  [/InputValidationError|invalid (?:input|parameter|argument)|-32602/i, 'invalid_input'],
  [/^Found \d+ matches of the string|^No changes to make/i, 'invalid_input'],
  [/EACCES|EPERM|permission denied/i, 'permission_denied'],
  [/does not exist|not found|no such file|ENOENT/i, 'not_found'],
];

function failureOf(text: string, isInterrupted: boolean): ErrorClass {
  const failure = FAILURES.find(([pattern]) => pattern.test(text))?.[1];
  return isInterrupted && failure !== 'timeout' ? 'interrupted' : (failure ?? 'error');
}

function exitCodeOf(text: string): number | undefined {
  const code = /^Exit code (\d{1,3})\b/i.exec(text)?.[1];
  return code === undefined ? undefined : Number(code);
}
