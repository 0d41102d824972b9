/**
 * What a line of any type can hold, copied into one shape: lines come in hundreds of shapes, and to look for seventy
 * names in each takes V8 ten times as long as to go over the dozen that it has.
 */
import type { Line } from '../types.ts';

/** The values as the line has them: nothing is narrowed yet, and what it does not hold is undefined. */
export type Common = { readonly [Name in keyof ReturnType<typeof blank>]: unknown };

export function commonOf(line: Line): Common {
  const common: { [name: string]: unknown } & Common = blank();
  for (const name in line) if (NAMES.has(name)) common[name] = line[name];
  return common;
}

/** A literal, and of no more than 127 properties: V8 makes a hash table of a larger one. */
function blank() {
  return {
    // What the line is.
    type: undefined,
    subtype: undefined,
    operation: undefined,
    level: undefined,
    timestamp: undefined,
    // Ids.
    uuid: undefined,
    parentUuid: undefined,
    logicalParentUuid: undefined,
    leafUuid: undefined,
    requestId: undefined,
    requestRef: undefined,
    requestSessionId: undefined,
    apiBlockIndex: undefined,
    forkedFrom: undefined,
    id: undefined,
    hash: undefined,
    shapeHash: undefined,
    messageId: undefined,
    toolUseID: undefined,
    sourceToolUseID: undefined,
    parentToolUseID: undefined,
    // Flags.
    isSidechain: undefined,
    isMeta: undefined,
    isCompactSummary: undefined,
    isVisibleInTranscriptOnly: undefined,
    isVirtual: undefined,
    isSynthetic: undefined,
    isApiErrorMessage: undefined,
    isAbortedMidStream: undefined,
    // The session and the client.
    sessionId: undefined,
    session_id: undefined,
    sessionKind: undefined,
    cwd: undefined,
    gitBranch: undefined,
    version: undefined,
    entrypoint: undefined,
    userType: undefined,
    slug: undefined,
    customTitle: undefined,
    aiTitle: undefined,
    permissionMode: undefined,
    effort: undefined,
    perTurnEffort: undefined,
    // The turn.
    promptId: undefined,
    promptSource: undefined,
    turnPosition: undefined,
    turnOrigin: undefined,
    turnCompanion: undefined,
    origin: undefined,
    // The agent.
    agentId: undefined,
    agentName: undefined,
    agentType: undefined,
    agentDescription: undefined,
    attributionAgent: undefined,
    teamName: undefined,
    // What it says.
    message: undefined,
    data: undefined,
    content: undefined,
    summary: undefined,
    lastPrompt: undefined,
    durationMs: undefined,
    totalDurationMs: undefined,
    timeSavedMs: undefined,
    url: undefined,
    upgradeNudge: undefined,
    priority: undefined,
    research: undefined,
    file_attachments: undefined,
    writtenPaths: undefined,
    commandRun: undefined,
    commands: undefined,
  };
}

const NAMES: ReadonlySet<string> = new Set(Object.keys(blank()));
