/**
 * Which transcript a response or a prompt was first delivered from. A fork, a resume or a branch copies lines into
 * another file under another session: what they cost must count once, also where the destination cannot tell.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Capture } from '../fields/index.ts';
import { markTable, type MarkTable } from '../lib/mark-table.ts';
import type { Transcript } from '../types.ts';

/** Key and owner, eight bytes each of a SHA-256, and their CRC-32. */
const ENTRY_BYTES = 20;
const NAME_BYTES = 8;

export interface Owners {
  /**
   * Whether the name (a message id, a prompt's uuid) belongs to that transcript, for that destination: it does from the
   * first claim on. Answers the owner's mark where it is another one.
   */
  claim(destination: string, name: string, path: string): { isOwner: boolean; owner?: string };
  /** Writes the new claims down. Throws where the disk refuses: then nothing may be committed. */
  keep(): void;
}

/** Opens the file when the first claim is made, not before. Damaged entries are passed over. */
export function openOwners(path: string): Owners {
  let known: MarkTable | undefined;
  let fresh: Buffer[] = [];
  return {
    claim(destination, name, transcript) {
      known ??= load(path);
      const key = mark(`${destination}\0${name}`);
      const asking = mark(transcript);
      const owner = known.get(key);
      if (owner !== undefined) return owner === asking ? { isOwner: true } : { isOwner: false, owner };
      known.add(key, asking);
      fresh.push(entryOf(key, asking));
      return { isOwner: true };
    },
    keep() {
      if (fresh.length === 0) return;
      append(path, Buffer.concat(fresh));
      fresh = [];
    },
  };
}

/** Claims for one destination, and the sessions of the transcripts that are there. */
export function claimant(owners: Owners, destination: string, transcripts: readonly Transcript[]): Capture['claim'] {
  let sessions: Map<string, string> | undefined;
  return (name, path) => {
    const { isOwner, owner } = owners.claim(destination, name, path);
    if (owner === undefined) return { isOwner };
    sessions ??= new Map(transcripts.map((transcript) => [mark(transcript.path), transcript.sessionId]));
    return { isOwner, session: sessions.get(owner) };
  };
}

/** The mark of a transcript in the file of owners. */
export function mark(text: string): string {
  return hash('sha256', text, 'binary').slice(0, NAME_BYTES);
}

function entryOf(key: string, owner: string): Buffer {
  const names = Buffer.from(key + owner, 'latin1');
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(names));
  return Buffer.concat([names, sum]);
}

function load(path: string): MarkTable {
  const known = markTable();
  const bytes = readWhole(path);
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const names = bytes.subarray(at, at + 2 * NAME_BYTES);
    if (crc32(names) !== bytes.readUInt32LE(at + 2 * NAME_BYTES)) continue;
    const key = names.toString('latin1', 0, NAME_BYTES);
    // Two runs at once may both have claimed it: the last one counts for all that follow.
    known.add(key, names.toString('latin1', NAME_BYTES));
  }
  return known;
}

function readWhole(path: string): Buffer {
  const file = openSync(path, 'a+', 0o600);
  try {
    const bytes = Buffer.alloc(fstatSync(file).size);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

/** Behind whole entries only: what a crash or a full disk left torn is cut off. */
function append(path: string, bytes: Buffer): void {
  const file = openSync(path, 'a', 0o600);
  try {
    const { size } = fstatSync(file);
    if (size % ENTRY_BYTES !== 0) ftruncateSync(file, size - (size % ENTRY_BYTES));
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } finally {
    closeSync(file);
  }
}
