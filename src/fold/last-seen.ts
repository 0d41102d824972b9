/** The facts that hold until a line says otherwise. */
import type { LastSeen } from '../context.ts';
import { asString } from '../lib/json.ts';
import type { LineParts } from '../line/parts.ts';

/** The same object where the line changes nothing. */
export function nextLastSeen(last: LastSeen, parts: LineParts): LastSeen {
  const { line, type } = parts;
  const seen: LastSeen = {
    project: last.project ?? asString(line['cwd']),
    sessionId: asString(line['sessionId']) ?? last.sessionId,
    cwd: asString(line['cwd']) ?? last.cwd,
    gitBranch: asString(line['gitBranch']) ?? last.gitBranch,
    clientVersion: asString(line['version']) ?? last.clientVersion,
    timestamp: parts.timestamp ?? last.timestamp,
    permissionMode: asString(line['permissionMode']) ?? last.permissionMode,
    mode: type === 'mode' ? (asString(line['mode']) ?? last.mode) : last.mode,
    slug: asString(line['slug']) ?? last.slug,
    entrypoint: asString(line['entrypoint']) ?? last.entrypoint,
    userType: asString(line['userType']) ?? last.userType,
    customTitle: asString(line['customTitle']) ?? last.customTitle,
    aiTitle: asString(line['aiTitle']) ?? last.aiTitle,
    agentName: asString(line['agentName']) ?? last.agentName,
    effort: asString(line['effort']) ?? last.effort,
    model: modelOf(parts) ?? last.model,
    promptId: asString(line['promptId']) ?? last.promptId,
    requestableAt: last.requestableAt,
    answeredAt: last.answeredAt,
    contextTokens: last.contextTokens,
  };
  if (type === 'user' && parts.timestamp !== undefined) seen.requestableAt = parts.timestamp;
  return seen;
}

/** The model of the lines that the client writes itself, for instance after an API error. */
const SYNTHETIC = '<synthetic>';

function modelOf({ type, message }: LineParts): string | undefined {
  const model = type === 'assistant' ? asString(message?.['model']) : undefined;
  return model === SYNTHETIC ? undefined : model;
}
