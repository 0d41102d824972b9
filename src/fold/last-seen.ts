/** The facts that hold until a line says otherwise. */
import type { LastSeen, Response } from '../context.ts';
import { asString } from '../lib/json.ts';
import type { LineParts } from '../line/parts.ts';

export function nextLastSeen(last: LastSeen, parts: LineParts, answer: Response | undefined): LastSeen {
  const { line, common, type } = parts;
  const seen: LastSeen = {
    project: last.project ?? asString(common.cwd),
    sessionId: asString(common.sessionId) ?? last.sessionId,
    cwd: asString(common.cwd) ?? last.cwd,
    gitBranch: asString(common.gitBranch) ?? last.gitBranch,
    clientVersion: asString(common.version) ?? last.clientVersion,
    timestamp: parts.timestamp ?? last.timestamp,
    permissionMode: asString(common.permissionMode) ?? last.permissionMode,
    mode: type === 'mode' ? (asString(line['mode']) ?? last.mode) : last.mode,
    slug: asString(common.slug) ?? last.slug,
    entrypoint: asString(common.entrypoint) ?? last.entrypoint,
    userType: asString(common.userType) ?? last.userType,
    customTitle: asString(common.customTitle) ?? last.customTitle,
    aiTitle: asString(common.aiTitle) ?? last.aiTitle,
    agentName: asString(common.agentName) ?? last.agentName,
    effort: asString(common.effort) ?? last.effort,
    model: modelOf(parts) ?? last.model,
    promptId: asString(common.promptId) ?? last.promptId,
    requestableAt: last.requestableAt,
    answeredAt: last.answeredAt,
    contextTokens: last.contextTokens,
  };
  if (type === 'user' && parts.timestamp !== undefined) seen.requestableAt = parts.timestamp;
  if (answer !== undefined) seeAnswer(seen, answer, parts.timestamp);
  return seen;
}

/** An answer moves the clock of the session, and tells how full the context window is. */
function seeAnswer(seen: LastSeen, answer: Response, timestamp: string | undefined): void {
  seen.answeredAt = timestamp ?? seen.answeredAt;
  seen.contextTokens = answer.inputTokens + answer.cacheReadTokens + answer.cacheCreationTokens;
}

/** The model of the lines that the client writes itself, for instance after an API error. */
const SYNTHETIC = '<synthetic>';

function modelOf({ type, message }: LineParts): string | undefined {
  const model = type === 'assistant' ? asString(message?.['model']) : undefined;
  return model === SYNTHETIC ? undefined : model;
}
