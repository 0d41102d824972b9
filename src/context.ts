/** The fold's memory: what mapping a line knows of the lines before it. Plain JSON, kept in the cursor. Types only. */

export interface Context {
  /** Goes up with every change of these shapes: one of another version is not taken up. */
  version: number;
  /** Lines of the file so far. */
  lines: number;
  last: LastSeen;
  /** The last line with a timestamp, and what was known behind it. */
  dated?: Dated | undefined;
  /** The turn of the transcript's own agent: open, or the last one that was. */
  turn?: Turn | undefined;
  /** Sub-agents whose lines stand in the session's own file (clients before 2.0.76). */
  inline: readonly InlineAgent[];
  /** Calls without a result so far. */
  tools: readonly OpenTool[];
  /** The last few API responses: further lines of theirs repeat their usage. */
  responses: readonly Response[];
  /** Everything before the turn above. */
  session: Session;
  /** Byte offset from which the fold must be taken up again, where something is open. */
  openFrom?: number | undefined;
}

/** Facts that hold until a line says otherwise, since most lines repeat them and some leave them out. */
export interface LastSeen {
  /** The first working directory that the transcript named. */
  project?: string | undefined;
  sessionId?: string | undefined;
  cwd?: string | undefined;
  gitBranch?: string | undefined;
  clientVersion?: string | undefined;
  timestamp?: string | undefined;
  permissionMode?: string | undefined;
  mode?: string | undefined;
  slug?: string | undefined;
  entrypoint?: string | undefined;
  userType?: string | undefined;
  customTitle?: string | undefined;
  aiTitle?: string | undefined;
  agentName?: string | undefined;
  effort?: string | undefined;
  model?: string | undefined;
  promptId?: string | undefined;
  /** The newest line that a request could have been waiting for: a prompt or a tool's result. */
  requestableAt?: string | undefined;
  /** The newest line of an answer. */
  answeredAt?: string | undefined;
  /** Tokens of the newest prompt as the API counted them: how full the context window is. */
  contextTokens?: number | undefined;
}

export interface Dated {
  /** Byte offset. */
  start: number;
  lines: number;
  last: LastSeen;
}

/** What adds up over a turn and over a session. */
export interface Totals {
  responses: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  thinkingTokens: number;
  webSearches: number;
  unpricedResponses: number;
  toolCalls: number;
  toolErrors: number;
  permissionDenials: number;
  hookBlocks: number;
  agentsStarted: number;
  thinkingBlocks: number;
  linesAdded: number;
  linesRemoved: number;
  /** Lines of code in answers and in what was written. */
  linesOfCode: number;
  apiErrors: number;
  interrupts: number;
  compactions: number;
  planModes: number;
  planApprovals: number;
  hookRuns: number;
  hookMs: number;
  toolMs: number;
}

/** Totals with all that is not a plain sum. */
export interface Tally extends Totals {
  /** A whole number of pico-USD, as text. */
  costPicoUsd: string;
  /** Calls by tool, and models by responses. */
  tools: { readonly [name: string]: number };
  models: readonly string[];
  skills: readonly string[];
  slashCommands: readonly string[];
}

export interface Turn extends Tally {
  /** Copied from another transcript: it has been counted there. */
  copiedFrom?: Copied | undefined;
  id: string;
  /** From 0, in the transcript. */
  index: number;
  startedAt?: string | undefined;
  promptKind: string;
  /** Milliseconds since the answer before. */
  gapMs?: number | undefined;
  images: number;
  filesTouched: readonly string[];
  /** Calls in the responses that called a tool: the largest number, and what their mean is made of. */
  parallelMax: number;
  callingResponses: number;
  /** The newest line of an answer or a result. */
  heardAt?: string | undefined;
  stopReason?: string | undefined;
  /** How often a line has closed it: a Stop hook can make the model go on. */
  closings: number;
  /** What it had come to when it was closed before. */
  told?: TurnSums | undefined;
  isOpen: boolean;
}

/** What the end of a turn has told of it. */
export interface TurnSums {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  thinkingTokens: number;
  costPicoUsd: string;
}

/** The session that was first; empty where its file is gone. */
export interface Copied {
  session?: string | undefined;
}

export interface Session extends Tally {
  startedAt?: string | undefined;
  turns: number;
  prompts: number;
  reprompts: number;
  maxAgentDepth: number;
}

export interface OpenTool {
  /** Of the tool_use block. */
  id: string;
  name: string;
  startedAt?: string | undefined;
  inputBytes: number;
  messageId?: string | undefined;
  /** Position among the calls of its response, from 0. */
  parallelIndex: number;
  /** Left out when it would have to be kept for too long. */
  input?: { readonly [key: string]: unknown } | undefined;
  /** The thinking that came before the call. */
  thinking?: string | undefined;
}

export interface InlineAgent {
  /** The uuid of its first line. */
  id: string;
  /** The newest line of the chain that began with the agent's prompt. */
  leafUuid: string;
  turn: Turn;
  type?: string | undefined;
  description?: string | undefined;
  parentToolUseId?: string | undefined;
  depth: number;
}

/** One API response as far as it has been seen: the largest value of each field. */
export interface Response {
  /** Of the message. */
  id: string;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  thinkingTokens: number;
  webSearches: number;
  toolCalls: number;
  /** When its first line was written. */
  startedAt?: string | undefined;
  /** The line that it answers. */
  requestedAt?: string | undefined;
  costPicoUsd?: string | undefined;
  thinking?: string | undefined;
  copiedFrom?: Copied | undefined;
}
