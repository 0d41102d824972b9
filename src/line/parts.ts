/** A line taken apart once, for all groups of fields. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { Entry, Line } from '../types.ts';
import { commonOf, type Common } from './common.ts';
import { isKnown } from './line-types.ts';

export interface LineParts {
  /** The whole line, for what only lines of some types hold. */
  line: Line;
  /** What a line of any type can hold. */
  common: Common;
  /** The line's type; `unparseable` where it is no JSON object, `unknown` where the object has no type. */
  type: string;
  /** The kind within the type. */
  subtype: string | undefined;
  /** This version knows what stands on a line of that kind. */
  isKnown: boolean;
  /** ISO 8601, UTC. */
  timestamp: string | undefined;
  /** Of `user` and `assistant` lines. */
  message: JsonObject | undefined;
  /** The message's content where it is one string. */
  text: string | undefined;
  blocks: readonly JsonObject[];
  toolUses: readonly JsonObject[];
  toolResults: readonly JsonObject[];
  attachment: JsonObject | undefined;
}

const NONE: readonly JsonObject[] = [];

/** Takes a line apart. Nothing in it is trusted: what has another type than the client gives it counts as absent. */
export function partsOf(entry: Entry): LineParts {
  const { line } = entry;
  const common = commonOf(line);
  const type = entry.unparseable ? 'unparseable' : (asString(common.type) ?? 'unknown');
  const message = asObject(common.message);
  const attachment = type === 'attachment' ? asObject(line['attachment']) : undefined;
  const subtype = subtypeOf(common, type, attachment);
  const blocks = asArray(message?.['content'])?.filter(isObject) ?? NONE;
  return {
    line,
    common,
    type,
    subtype,
    isKnown: isKnown(type, subtype),
    timestamp: timestampOf(common.timestamp),
    message,
    text: asString(message?.['content']),
    blocks,
    // Only where they happened: other rows repeat them as they were sent.
    toolUses: type === 'assistant' ? blocksOf(blocks, 'tool_use') : NONE,
    toolResults: type === 'user' ? blocksOf(blocks, 'tool_result') : NONE,
    attachment,
  };
}

export function blocksOf(blocks: readonly JsonObject[], type: string): readonly JsonObject[] {
  return blocks.length === 0 ? NONE : blocks.filter((block) => block['type'] === type);
}

function subtypeOf(common: Common, type: string, attachment: JsonObject | undefined): string | undefined {
  if (attachment !== undefined) return asString(attachment['type']);
  if (type === 'progress') return asString(asObject(common.data)?.['type']);
  return asString(common.subtype) ?? asString(common.operation);
}

/** ISO 8601 in UTC, as the client writes it; free text that merely parses as a date is not let through. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

export function timestampOf(value: unknown): string | undefined {
  return typeof value === 'string' && TIMESTAMP.test(value) ? value : undefined;
}

/** Milliseconds from one timestamp to another; undefined where one is missing, or the clock went back. */
export function msBetween(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const ms = Date.parse(to) - Date.parse(from);
  return ms >= 0 ? ms : undefined;
}
