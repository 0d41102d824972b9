/** What lines are appended to. */

export interface Target {
  /** Throws where it cannot be written to; appends nothing. */
  open(): Promise<void>;
  append(lines: string): Promise<void>;
  /** A sentence for a failed append, from the system's word for it. */
  explain(code: string): string;
  close(): Promise<void>;
}
