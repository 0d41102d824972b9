/** Where every fold begins. */
import type { Context, Session, Tally, Totals, Turn } from '../context.ts';
import { isObject } from '../lib/json.ts';

const NO_TOTALS: Totals = {
  responses: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheCreationTokens: 0,
  thinkingTokens: 0,
  webSearches: 0,
  unpricedResponses: 0,
  toolCalls: 0,
  toolErrors: 0,
  permissionDenials: 0,
  hookBlocks: 0,
  agentsStarted: 0,
  thinkingBlocks: 0,
  linesAdded: 0,
  linesRemoved: 0,
  linesOfCode: 0,
  apiErrors: 0,
  interrupts: 0,
  compactions: 0,
  planModes: 0,
  planApprovals: 0,
  hookRuns: 0,
  hookMs: 0,
  toolMs: 0,
};

export function isTotal(name: string): name is keyof Totals {
  return Object.hasOwn(NO_TOTALS, name);
}

const NO_TALLY: Tally = {
  ...NO_TOTALS,
  costPicoUsd: '0',
  tools: {},
  models: [],
  skills: [],
  slashCommands: [],
};

/** Every property is there from the start: a copy of it is quick to make, and one that gets more later is not. */
export const emptyTurn: Turn = {
  ...NO_TALLY,
  id: '',
  index: 0,
  promptKind: 'none',
  copiedFrom: undefined,
  startedAt: undefined,
  gapMs: undefined,
  images: 0,
  filesTouched: [],
  parallelMax: 0,
  callingResponses: 0,
  heardAt: undefined,
  stopReason: undefined,
  closings: 0,
  told: undefined,
  isOpen: true,
};

export const emptySession: Session = {
  ...NO_TALLY,
  startedAt: undefined,
  turns: 0,
  prompts: 0,
  reprompts: 0,
  maxAgentDepth: 0,
};

const CONTEXT_VERSION = 1;

export const emptyContext: Context = {
  version: CONTEXT_VERSION,
  lines: 0,
  last: {},
  dated: undefined,
  inline: [],
  tools: [],
  responses: [],
  session: emptySession,
};

/**
 * A context as it was kept: checksummed, and of this version's shapes. One of another version answers undefined, and
 * the file is folded from its start.
 */
export function keptContext(value: unknown): Context | undefined {
  if (!isObject(value) || value['version'] !== CONTEXT_VERSION) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this version wrote it, and its checksum holds
  return value as unknown as Context;
}
