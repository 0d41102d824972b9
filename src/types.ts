/** The shapes that pass along the line, before a line of a transcript has become a record. Types only. */
import type { Context } from './context.ts';

/** One decoded JSON object of a transcript; nothing in it is trusted until a field group has narrowed it. */
export type Line = { readonly [key: string]: unknown };

/** A file to read, as it was when the sweep saw it. */
export interface Transcript {
  /** Which source found it, for instance `claude-code`. */
  source: string;
  path: string;
  /** The folder below `projects/`: the working directory with every other character turned into `-`. */
  projectFolder: string;
  /** The session by the file's place; a line's own `sessionId` is the one to trust. */
  sessionId: string;
  /** Bytes. */
  size: number;
  mtimeMs: number;
}

/** What must still stand in the file for an offset into it to mean anything. */
export interface Anchor {
  /** Bytes. */
  length: number;
  /** SHA-256 of those bytes, hex, cut to 16 characters. */
  hash: string;
}

/** How far one destination has got in one transcript. */
export interface Cursor {
  /** The byte after the last delivered line. */
  offset: number;
  /** The first bytes of the file. */
  head: Anchor;
  /** The bytes before the newline that stands right before `offset`. */
  tail: Anchor;
  /** No newline stands there: the file had been left without one for a while. */
  unended?: true;
  /** A turn is open there, and its end has not been told: a long silence is one. */
  open?: true;
  /** Size and time of the file when it was read, so that an unchanged one need not be opened. */
  size: number;
  mtimeMs: number;
  /**
   * Where the fold is taken up again: at `offset`, or before it where a turn or a call was still open. Absent where
   * that is near the start of the file: folding its lines once more is cheaper than keeping what they came to.
   */
  resume?: Checkpoint;
}

/** A place in a transcript from which mapping can go on: the lines from there to the cursor are folded once more. */
export interface Checkpoint {
  /** Byte offset; a line begins there. */
  offset: number;
  context: Context;
}

/** A transcript that was opened, as far as the cursors behind its lines need to know it. */
export interface OpenedTranscript {
  transcript: Transcript;
  /** The file's first bytes, at most as many as an anchor holds. */
  head: Buffer;
  /** Bytes and time when it was opened: what grows later is seen by the next sweep. */
  size: number;
  mtimeMs: number;
  /** Where this reading began. */
  from: Checkpoint;
  /** Lines that end at or before this offset have been delivered, and are read only for the fold. */
  deliveredTo: number;
  /** What the client wrote beside the file of a sub-agent. */
  agent?: AgentMeta | undefined;
}

/** A sub-agent, as its file's place and its `.meta.json` describe it. */
export interface AgentMeta {
  agentId: string;
  agentType?: string | undefined;
  description?: string | undefined;
  /** The call that started it. */
  toolUseId?: string | undefined;
  /** 1 for an agent of the session, 2 for one of those. */
  depth?: number | undefined;
  model?: string | undefined;
  isBuiltIn?: boolean | undefined;
  /** Of an agent that another one started. */
  parentAgentId?: string | undefined;
  workflowPhase?: string | undefined;
  workflowRun?: string | undefined;
}

/** One complete line, or a part of a damaged one, and where it stood. */
export interface Entry {
  /** The line as an object; a line that is not one is `{}` with `unparseable` set. */
  line: Line;
  /** Byte offsets of the first byte and of the byte after the newline. */
  start: number;
  end: number;
  /** The line's last bytes without its newline, at most as many as an anchor holds. */
  tail: Buffer;
  /** SHA-256 of the line without its newline, hex; only where the line has no `uuid` to name it by. */
  hash?: string;
  /** The line was not a JSON object, or not one that fits into memory. */
  unparseable?: true;
  /** The line was over the size limit: its giant strings were left out. */
  oversized?: true;
  /** The last line of a file that nobody writes to any more, and no newline ends it: `end` is that of the file. */
  unended?: true;
  /** No line: nobody has written behind the last one, which it stands for, for so long that an open turn is over. */
  silent?: true;
  /** What is damaged can be several entries on one line: more of them follow, so no cursor may stand behind this one. */
  continues?: true;
}
