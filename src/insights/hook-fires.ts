/** Whether our Stop hook fired, from what the client itself wrote about its hooks into the transcripts. */
import { asArray, asCount, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { partsOf, type LineParts } from '../line/parts.ts';
import { opensTurn, promptKindOf } from '../line/prompt-kind.ts';
import type { Line } from '../types.ts';

/** Tells by a hook's command whether it is ours. */
export type IsOurs = (command: string) => boolean;

/** What one transcript tells. All moments are ISO 8601. */
export interface ToldFires {
  /** Turns after which our hook ran, and how long the client waited for it. */
  fires: { at: string; ms?: number }[];
  failures: { at: string; reason: string }[];
  /** Turns that ended, and after which the client did not run our hook. */
  missed: string[];
}

export interface HookFires {
  fired: number;
  lastFiredAt?: string;
  /** How long the client waited for our hook, ms. */
  p50Ms?: number;
  p95Ms?: number;
  failed: number;
  lastFailure?: { at: string; reason: string };
  /** Turns that ended without it, since it was registered. */
  missed: number;
  lastMissedAt?: string;
  /** How many of these came after the last one that fired it. */
  missedSinceFire: number;
}

/** The first version whose transcripts are known to report every Stop hook, also of a `-p` run. */
const REPORTS_SINCE = [2, 1, 290];

/** Whether a line is worth parsing for `toldFires`: most bytes of a transcript are what tools answered. */
export function mayTell(line: string): boolean {
  return TELLING.test(line) && !line.includes('"type":"tool_result"');
}

const TELLING = /"type":"(?:user|assistant|hook_\w+)"|"subtype":"(?:stop_hook_summary|turn_duration|api_error)"/;

/**
 * Reads one session's lines, in order. A turn counts as ended where an answer says `end_turn` and the next prompt, the
 * client's own `turn_duration` or, where `isOver`, the end of the file follows. An answer that broke off fires
 * StopFailure and not Stop, and older clients do not report their hooks: neither is a missed fire.
 */
export function toldFires(lines: readonly Line[], isOurs: IsOurs, isOver: boolean): ToldFires {
  const told: ToldFires = { fires: [], failures: [], missed: [] };
  /** When the turn ended that no report has followed yet. */
  let ended: string | undefined;
  const close = (): void => {
    if (ended !== undefined) told.missed.push(ended);
    ended = undefined;
  };
  for (const line of lines) {
    const parts = partsOf({ line, start: 0, end: 0, tail: NO_BYTES });
    if (line['isSidechain'] === true) continue;
    const failure = failureOf(parts, isOurs);
    if (failure !== undefined) told.failures.push({ at: parts.timestamp ?? '', reason: failure });
    if (parts.subtype === 'stop_hook_summary') {
      const fire = fireOf(parts, isOurs);
      if (fire === undefined) close();
      else told.fires.push(fire);
      ended = undefined;
    } else if (parts.subtype === 'turn_duration' || opensTurn(promptKindOf(parts, false))) {
      close();
    } else if (brokeOff(parts)) {
      ended = undefined;
    } else if (parts.type === 'assistant') {
      ended = endsTurn(parts) ? parts.timestamp : undefined;
    }
  }
  if (isOver) close();
  return told;
}

/** Adds up what the transcripts tell; turns that ended before `since` (ISO 8601) could not fire the hook. */
export function hookFires(told: readonly ToldFires[], since: string | undefined): HookFires {
  const fires = told.flatMap((one) => one.fires).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const failures = told.flatMap((one) => one.failures).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const from = since ?? fires[0]?.at;
  const missed = from === undefined ? [] : told.flatMap((one) => one.missed.filter((at) => at >= from)).toSorted();
  const [last, lastMissedAt, lastFailure] = [fires.at(-1), missed.at(-1), failures.at(-1)];
  const durations = fires.flatMap(({ ms }) => ms ?? []).toSorted((a, b) => a - b);
  const [p50Ms, p95Ms] = [percentile(durations, 0.5), percentile(durations, 0.95)];
  return {
    fired: fires.length,
    ...(last !== undefined && { lastFiredAt: last.at }),
    ...(p50Ms !== undefined && { p50Ms }),
    ...(p95Ms !== undefined && { p95Ms }),
    failed: failures.length,
    ...(lastFailure !== undefined && { lastFailure }),
    missed: missed.length,
    ...(lastMissedAt !== undefined && { lastMissedAt }),
    missedSinceFire: missed.filter((at) => at > (last?.at ?? '')).length,
  };
}

/** One session with `--bare` or `--safe-mode`, which run no hooks, is no sign of anything. */
const MANY_MISSED = 3;

/** Whether the client has stopped running the hook: the last turns ended without it, however often it fired before. */
export function hasStopped({ missedSinceFire }: HookFires): boolean {
  return missedSinceFire >= MANY_MISSED;
}

const NO_BYTES = Buffer.alloc(0);

function fireOf({ line, timestamp }: LineParts, isOurs: IsOurs): ToldFires['fires'][number] | undefined {
  const own = infosOf(line).find(({ command }) => isOurs(asString(command) ?? ''));
  if (own === undefined) return undefined;
  const ms = asCount(own['durationMs']);
  return { at: timestamp ?? '', ...(ms !== undefined && { ms }) };
}

function infosOf(line: Line): JsonObject[] {
  return asArray(line['hookInfos'])?.filter(isObject) ?? [];
}

/** In words of our own: what a hook writes on its error output is not repeated. */
function failureOf({ subtype, attachment }: LineParts, isOurs: IsOurs): string | undefined {
  const command = asString(attachment?.['command']) ?? asString(asObject(attachment?.['blockingError'])?.['command']);
  if (attachment === undefined || command === undefined || !isOurs(command)) return undefined;
  if (subtype === 'hook_non_blocking_error') return `it ended with exit code ${asCount(attachment['exitCode']) ?? '?'}`;
  if (subtype === 'hook_blocking_error') return 'it kept the turn from ending';
  if (subtype === 'hook_error_during_execution') return 'it could not be run';
  if (subtype !== 'hook_cancelled') return undefined;
  return attachment['timedOut'] === true
    ? `it was ended after ${asCount(attachment['timeoutMs']) ?? '?'} ms, its time limit`
    : 'it was interrupted';
}

/** The answer broke off, or the user did: what follows is no Stop. */
function brokeOff(parts: LineParts): boolean {
  const { line, subtype } = parts;
  return line['isApiErrorMessage'] === true || subtype === 'api_error' || promptKindOf(parts, false) === 'interrupt';
}

function endsTurn({ line, message }: LineParts): boolean {
  const reason = message?.['stop_reason'];
  return (reason === 'end_turn' || reason === 'stop_sequence') && reportsHooks(asString(line['version']) ?? '');
}

function reportsHooks(version: string): boolean {
  const given = version.split('.').map(Number);
  const differs = REPORTS_SINCE.findIndex((part, index) => (given[index] ?? 0) !== part);
  return differs === -1 || (given[differs] ?? 0) > (REPORTS_SINCE[differs] ?? 0);
}

/** By the nearest rank; undefined of nothing. */
function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
