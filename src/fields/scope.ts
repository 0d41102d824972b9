/** Everything that a group of fields may look at to describe one line. */
import type { Context, OpenTool } from '../context.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Entry, OpenedTranscript } from '../types.ts';
import type { Capture } from './capture.ts';
import type { Step } from '../fold/advance.ts';
import type { LineParts } from '../line/parts.ts';

export interface Scope {
  entry: Entry;
  parts: LineParts;
  file: OpenedTranscript;
  /** The context after the line. */
  context: Context;
  /** What the line began, went on with or ended. */
  step: Step;
  /** The result that the record is about: a line with several gives a record for each. */
  result: Result | undefined;
  capture: Capture;
}

export interface Result {
  block: JsonObject;
  /** Among the results of the line, from 0. */
  index: number;
  /** The call that it answers, where its line has been read. */
  tool: OpenTool | undefined;
}
