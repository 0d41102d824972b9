/** JSON text of a part of a line, which can be nested as deeply as a hostile line likes. */

/** JSON of a value; a note where it is nested too deeply for the engine to write (about 10,000 levels). */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    if (error instanceof RangeError) return '[nested too deeply]';
    throw error;
  }
}

/** The same; undefined where the line has no value, or null. */
export function jsonTextOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : jsonText(value);
}

/** UTF-8 bytes of a value as JSON; 0 where it is nested too deeply to be written. */
export function jsonBytes(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
}
