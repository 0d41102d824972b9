/** What a detector of secrets says of a text. */

export interface Finding {
  /** UTF-16 units from the start of the text. */
  start: number;
  end: number;
  /** `aws-access-key`, `jwt` and so on: what the mask and the record's count name. */
  kind: string;
}

export type Detector = (text: string) => readonly Finding[];

/** All matches of an expression with the flags `g` and `d`; of one with groups, the first group that took part. */
export function findAll(pattern: RegExp, kind: string, text: string): Finding[] {
  // Searching is cheap; matchAll makes a copy of the expression first.
  if (text.search(pattern) === -1) return [];
  return Array.from(text.matchAll(pattern), ({ indices = [] }) => {
    const [start, end] = indices.slice(1).find((range) => range !== undefined) ?? indices[0] ?? [0, 0];
    return { start, end, kind };
  });
}
