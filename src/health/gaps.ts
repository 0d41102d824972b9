/** Lines that the transcripts name and the embedded store does not have: the check that nothing was lost on the way. */
import { readFileSync, statSync } from 'node:fs';
import { isObject } from '../lib/json.ts';
import { findOrphans, type Orphan } from '../state/store-gaps.ts';

export interface Gaps {
  /** The records that were looked at: the newest ones, from this moment on (ISO 8601). */
  checked: number;
  since: string;
  /** Lines that stand in a transcript, were to be delivered, and are not in the store. */
  gaps: number;
  /** The uuids of the first of them. */
  examples: string[];
  /**
   * Missing lines that are no gap. `unwritten`: the transcript does not have them either · `damaged`: it has bytes that
   * are no line, which they may be · `earlier`: they stand before all that the store has of the transcript, since it
   * began later or was purged · `deleted`: the transcript is gone · `unseen`: more than are looked up, or in a file too
   * large for that.
   */
  explained: { unwritten: number; damaged: number; earlier: number; deleted: number; unseen: number };
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const MAX_LOOKED_UP = 50;
const MAX_FILE_BYTES = 67_108_864;
const EXAMPLES = 5;

/** Looks at the newest records of the last thirty days, and at the transcripts of what is missing there. */
export function captureGaps(store: string, now: Date, maxRecords: number): Gaps {
  const since = new Date(now.getTime() - DAYS * DAY_MS).toISOString();
  const { checked, orphans } = findOrphans(store, { since, limit: maxRecords });
  const explained = { unwritten: 0, damaged: 0, earlier: 0, deleted: 0, unseen: 0 };
  const lost: string[] = [];
  for (const [index, orphan] of orphans.entries()) {
    const verdict = index < MAX_LOOKED_UP ? explain(orphan) : 'unseen';
    if (verdict === 'lost') lost.push(orphan.parent);
    else explained[verdict] += 1;
  }
  return { checked, since, gaps: lost.length, examples: lost.slice(0, EXAMPLES), explained };
}

function explain({ parent, file, storedFrom, isInDamagedFile }: Orphan): keyof Gaps['explained'] | 'lost' {
  if (file === undefined) return 'unseen';
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return 'deleted';
  if (size > MAX_FILE_BYTES) return 'unseen';
  const offset = offsetOf(parent, readFileSync(file));
  if (offset === undefined) return isInDamagedFile ? 'damaged' : 'unwritten';
  return offset < storedFrom ? 'earlier' : 'lost';
}

/** Where the line of that uuid begins: others, which follow it or speak of it, name the uuid as well. */
function offsetOf(uuid: string, bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(uuid); at !== -1; at = bytes.indexOf(uuid, at + 1)) {
    const start = bytes.lastIndexOf(0x0a, at) + 1;
    const end = bytes.indexOf(0x0a, at);
    if (end !== -1 && uuidIn(bytes.subarray(start, end)) === uuid) return start;
  }
  return undefined;
}

function uuidIn(line: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return isObject(value) ? value['uuid'] : undefined;
  } catch {
    return undefined;
  }
}
