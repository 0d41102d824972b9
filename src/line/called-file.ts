/** The file that a call reads or writes. */
import { asObject, asString, type JsonObject } from '../lib/json.ts';

/** The path in the answer, else the one that was asked for; a plan that the client keeps is no file of the work. */
export function calledFile(tool: string, input: JsonObject | undefined, answer: JsonObject | undefined) {
  if (tool === 'ExitPlanMode') return undefined;
  return (
    asString(answer?.['filePath']) ??
    asString(asObject(answer?.['file'])?.['filePath']) ??
    asString(answer?.['notebook_path']) ??
    asString(input?.['file_path']) ??
    asString(input?.['notebook_path'])
  );
}
