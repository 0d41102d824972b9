/** map: one line of a transcript → its records. Pure: a fold over the lines before it. */
import type { Context, Copied } from '../context.ts';
import {
  advance,
  describeLine,
  describeReconciliation,
  describeSession,
  describeTurn,
  endBySilence,
  isReconciliation,
  partsOf,
  type Abandoned,
  type Capture,
  type Charge,
  type MessageRecord,
  type Result,
  type Scope,
  type Step,
} from '../fields/index.ts';
import type { Entry, OpenedTranscript } from '../types.ts';

export interface Mapped {
  /** The end of a turn that no line has ended and that is over before this line. */
  ended: readonly MessageRecord[];
  /** In order: the line itself, and the session where the line ends a turn of its own. */
  records: readonly MessageRecord[];
  /** What the next line of the same transcript is mapped with. */
  context: Context;
  /** The response that the line is part of, for its price to be added to the turn. */
  charge: Charge | undefined;
  /** The turn that `ended` is about. */
  abandoned: Abandoned | undefined;
}

/**
 * Describes a line. The same line with the same context and capture gives the same records: no clock, no file, no
 * network. Every line becomes a record, also one of a type that no field group knows; a line with the results of
 * several calls becomes one for each, and the end of a turn renews the record of the session. The silence behind the
 * last line gives none of its own.
 */
export function map(entry: Entry, file: OpenedTranscript, before: Context, capture: Capture): Mapped {
  const parts = partsOf(entry);
  const copiedFrom = (name: string): Copied | undefined => {
    const { isOwner, session } = capture.claim(name, file.transcript.path);
    return isOwner ? undefined : { session };
  };
  const step = entry.silent
    ? endBySilence(before)
    : advance(before, parts, entry, { isAgentFile: file.agent !== undefined, copiedFrom });
  const { context, abandoned } = step;
  const scope: Scope = { entry, parts, file, context, step, result: undefined, capture };
  const records = entry.silent ? [] : recordsOfLine(scope);
  if (step.closing !== undefined && isSessionLine(step, file)) records.push(describeSession(scope));
  const ended = abandoned === undefined ? [] : recordsOfEnd(abandoned, before, scope);
  return { ended, records, context, charge: chargeOf(step), abandoned };
}

/**
 * A turn that no line has ended, described as it was behind the last line with a timestamp: it is the same whether the
 * silence is told or the next line. Of lines without a time, nobody knows on which side of the silence they are.
 */
function recordsOfEnd(abandoned: Abandoned, before: Context, { entry, file, capture }: Scope): MessageRecord[] {
  const { start, lines, last } = before.dated ?? { ...before, start: entry.start };
  const silence: Entry = { line: {}, start, end: start, tail: Buffer.alloc(0), silent: true };
  const step = endBySilence(before);
  const context = { ...step.context, lines, last };
  const scope: Scope = { entry: silence, parts: partsOf(silence), file, context, step, result: undefined, capture };
  const turn = describeTurn(scope, abandoned);
  return abandoned.isBySilence && isSessionLine(step, file) ? [turn, describeSession(scope)] : [turn];
}

function recordsOfLine(scope: Scope): MessageRecord[] {
  if (isReconciliation(scope)) return [describeReconciliation(scope)];
  const results = resultsOf(scope.parts.toolResults, scope.step);
  return results.length === 0 ? [describeLine(scope)] : results.map((result) => describeLine(about(scope, result)));
}

/** Not a spread: V8 takes six times as long for one that overwrites. */
function about({ entry, parts, file, context, step, capture }: Scope, result: Result): Scope {
  return { entry, parts, file, context, step, result, capture };
}

/** Sub-agents have no session of their own. */
function isSessionLine(step: Step, file: OpenedTranscript): boolean {
  return file.agent === undefined && step.inline === undefined;
}

function resultsOf(blocks: Scope['parts']['toolResults'], step: Step): Result[] {
  return blocks.map((block, index) => ({ block, index, tool: step.answered[index] }));
}

function chargeOf({ response, inline }: Step): Charge | undefined {
  if (response === undefined) return undefined;
  const {
    response: { id, copiedFrom },
    isFirstLine,
  } = response;
  return { messageId: id, inlineRoot: inline?.id, isFirstLine, isCopy: copiedFrom !== undefined };
}
