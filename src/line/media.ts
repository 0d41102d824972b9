/** JSON text of a part of a line without images, documents and encrypted text, which are as large as they are opaque. */
import { isObject } from '../lib/json.ts';
import { jsonText } from '../lib/json-dump.ts';

/** JSON of a value; a note where it is nested too deeply for the engine to write. */
export function jsonTextWithoutMedia(value: unknown): string {
  const whole = jsonText(value);
  // The second pass is the slow one, and hardly any line needs it.
  return MARKS.some((mark) => whole.includes(mark)) ? JSON.stringify(value, withoutMedia) : whole;
}

const MARKS = ['"base64"', '"encrypted_content"'];

function withoutMedia(key: string, value: unknown): unknown {
  if (typeof value === 'string') return key === 'base64' || key === 'encrypted_content' ? undefined : value;
  return isObject(value) && value['type'] === 'base64' ? { ...value, data: undefined } : value;
}
