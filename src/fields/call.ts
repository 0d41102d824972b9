/** The call that a record is about, with what it asked and what was answered. */
import type { OpenTool } from '../context.ts';
import { asObject, type JsonObject } from '../lib/json.ts';
import { answerOf, outcomeOf, type Outcome } from '../line/outcome.ts';
import type { Result, Scope } from './scope.ts';

export interface Call {
  /** Empty where the line of the call has not been read. */
  name: string;
  tool: OpenTool | undefined;
  /** Empty where it was not kept. */
  input: JsonObject;
  /** The tool_result block. */
  block: JsonObject;
  /** The first result of its line: what the line says outside of its message is about it. */
  isFirst: boolean;
  /** `toolUseResult` as it is. */
  written: unknown;
  /** The same where it is an object, else empty. */
  answer: JsonObject;
  outcome: Outcome;
  scope: Scope;
}

const EMPTY: JsonObject = {};

export function callOf(scope: Scope, { tool, block, index }: Result): Call {
  const written = answerOf(scope.parts, block);
  return {
    name: tool?.name ?? '',
    tool,
    input: tool?.input ?? EMPTY,
    block,
    isFirst: index === 0,
    written,
    answer: asObject(written) ?? EMPTY,
    outcome: outcomeOf(scope.parts, block),
    scope,
  };
}
