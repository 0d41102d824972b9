/** A log line: JSON, and not longer than the server takes. */

/** Characters of a text and items of a list that are kept, from the first attempt to the last. */
const CUTS = [
  { text: 65_536, items: 1_000 },
  { text: 16_384, items: 200 },
  { text: 4_096, items: 50 },
  { text: 1_024, items: 20 },
  { text: 128, items: 10 },
];

/** The content as JSON of at most so many bytes; where texts or lists had to be cut, `is_shortened` says so. */
export function lineOf(content: object, maxBytes: number): string {
  let line = JSON.stringify(content);
  for (const cut of CUTS) {
    if (Buffer.byteLength(line) <= maxBytes) break;
    line = JSON.stringify({ ...content, is_shortened: true }, (_name, value: unknown) => {
      if (typeof value === 'string') return shortened(value, cut.text);
      return Array.isArray(value) ? value.slice(0, cut.items) : value;
    });
  }
  return line;
}

/** The text, or its beginning with a mark behind it. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
