/** How the features of another system are listed: what they are, and what carries each of them here. */

/**
 * One fact or feature: its number, what it is, the fields that carry it (names with blanks between them, or nothing),
 * and what there is to say about the way: a rule, a command, a later part, or why it is not carried.
 */
export type Row = readonly [id: string, what: string, fields: string, how?: string];

export interface System {
  name: string;
  about: string;
  rows: readonly Row[];
}
