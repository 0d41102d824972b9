/** What each project's last session cost, as Claude Code notes it in `.claude.json` when that session ends. */
import { readClaudeJson } from '../lib/claude-json.ts';
import { asNumber, asObject, asString } from '../lib/json.ts';

export interface LastCost {
  sessionId: string;
  costUsd: number;
  /** JSON, in the form of a cost-state line. */
  modelUsage: string | undefined;
}

/** `projects.*.lastCost` with `lastSessionId`; none where there is no such file. */
export function lastCosts(claudeJson: string): LastCost[] {
  const projects = asObject(readClaudeJson(claudeJson)?.['projects']) ?? {};
  return Object.values(projects).flatMap((value) => {
    const project = asObject(value) ?? {};
    const sessionId = asString(project['lastSessionId']);
    const costUsd = asNumber(project['lastCost']);
    if (sessionId === undefined || costUsd === undefined) return [];
    const usage = asObject(project['lastModelUsage']);
    return [{ sessionId, costUsd, modelUsage: usage === undefined ? undefined : JSON.stringify(usage) }];
  });
}
