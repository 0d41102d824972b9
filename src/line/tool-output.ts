/** The answer of a call as text, without what is too long and too little use to keep. */
import { asArray, asCount, asNumber, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { jsonBytes } from '../lib/json-dump.ts';
import { jsonTextWithoutMedia } from './media.ts';
import { blocksOf } from './parts.ts';

export interface Output {
  /** JSON, without images and whole files; a text as it is. */
  text: string;
  /** Of the whole answer as JSON, UTF-8. */
  bytes: number;
  /** Images that the model is shown. */
  images: number;
}

/** @param answer what the client wrote beside the result, else undefined: the block's own content takes its place */
export function outputOf(answer: unknown, block: JsonObject): Output {
  const whole = answer ?? block['content'];
  const shown = withoutFiles(whole);
  return {
    text: asString(shown) ?? jsonTextWithoutMedia(shown),
    bytes: jsonBytes(whole),
    images: blocksOf(asArray(block['content'])?.filter(isObject) ?? [], 'image').length,
  };
}

/** How long the tool ran by the client, in ms; undefined where it does not say. */
export function clientDuration(answer: unknown): number | undefined {
  const { durationMs, totalDurationMs, durationSeconds } = asObject(answer) ?? {};
  const seconds = asNumber(durationSeconds);
  const ms = asNumber(durationMs) ?? asNumber(totalDurationMs) ?? (seconds && seconds * 1000);
  return ms === undefined ? undefined : asCount(Math.round(ms));
}

/** Texts of whole files before and after an edit, which nobody asks a record for. */
const FILES = ['originalFile', 'original_file', 'updated_file'];

/** The answer without whole files, and without an output that is an image; the same one where it has none. */
function withoutFiles(answer: unknown): unknown {
  if (!isObject(answer)) return answer;
  const names = FILES.filter((name) => typeof answer[name] === 'string');
  if (answer['isImage'] === true) names.push('stdout');
  if (names.length === 0) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([name]) => !names.includes(name)));
}
