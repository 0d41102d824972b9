/** The shapes that pass along the line, before a line of a transcript has become a record. Types only. */

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
  /** Size and time of the file when it was read, so that an unchanged one need not be opened. */
  size: number;
  mtimeMs: number;
  /** What mapping the next line needs to know of the lines before it. */
  context: Context;
}

/** The fold's memory: plain JSON, small, carried in the cursor so that two fires map as one would. */
export interface Context {
  /** The first working directory that the transcript named. */
  project?: string | undefined;
  /** The last client version, branch and timestamp seen, for lines that carry none of their own. */
  clientVersion?: string | undefined;
  gitBranch?: string | undefined;
  timestamp?: string | undefined;
}

/** A transcript that was opened, as far as the cursors behind its lines need to know it. */
export interface OpenedTranscript {
  transcript: Transcript;
  /** The file's first bytes, at most as many as an anchor holds. */
  head: Buffer;
  /** Bytes and time when it was opened: what grows later is seen by the next sweep. */
  size: number;
  mtimeMs: number;
  /** What mapping its first new line knows of the lines before it. */
  context: Context;
}

/** One complete line and where it stood. */
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
}
