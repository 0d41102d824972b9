/** The hook: whether it is registered, and what the newest transcripts tell of it; no store is needed for that. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasStopped, hookFires, toldFires, type HookFires } from '../insights/hook-fires.ts';
import { isOurs } from '../install/launcher.ts';
import { isObject } from '../lib/json.ts';
import { readTail } from '../lib/read-tail.ts';
import type { Paths } from '../state/paths.ts';
import type { Line, Transcript } from '../types.ts';

/** The newest sessions, and how much of the end of each. */
const SESSIONS = 20;
const TAIL_BYTES = 262_144;
/** A session that was not written to for so long does not wait for a hook any more. */
const OVER_MS = 600_000;

/** Whether the hook is registered, its launcher is there, and the client runs it. */
export interface HookHealth {
  settings: string;
  registered: boolean;
  launcher: string;
  launcherExists: boolean;
  history: HookHistory;
}

export interface HookHistory extends HookFires {
  /** The newest sessions, which were looked at. */
  sessions: number;
}

export interface HookEvidence {
  paths: Pick<Paths, 'launcher' | 'installation'>;
  settings: string;
  isRegistered: boolean;
  /** Newest first. */
  transcripts: readonly Transcript[];
  now: Date;
}

export function hookHealth({ paths, settings, isRegistered, transcripts, now }: HookEvidence): HookHealth {
  return {
    settings,
    registered: isRegistered,
    launcher: paths.launcher,
    launcherExists: existsSync(paths.launcher),
    history: historyIn(transcripts, registeredAt(paths.installation), now),
  };
}

/** What is wrong with it, a sentence each. */
export function hookProblems({ registered, settings, launcherExists, launcher, history }: HookHealth): string[] {
  return [
    ...(registered ? [] : [`The Stop hook is not in ${settings}.`]),
    ...(launcherExists ? [] : [`The hook's launcher ${launcher} is missing.`]),
    ...(hasStopped(history) ? [`Claude Code does not run the hook: ${missedWords(history)}.`] : []),
  ];
}

/** `the last 3 turns ended without it, most recently at …`. */
export function missedWords({ missedSinceFire: count, lastMissedAt }: HookFires): string {
  const turns = count === 1 ? 'the last turn' : `the last ${count} turns`;
  return `${turns} ended without it, most recently at ${lastMissedAt}`;
}

function historyIn(transcripts: readonly Transcript[], since: string | undefined, now: Date): HookHistory {
  const sessions = transcripts.filter(isSession).slice(0, SESSIONS);
  const told = sessions.map(({ path, mtimeMs }) => {
    const lines = readTail(path, TAIL_BYTES).flatMap(parse);
    return toldFires(lines, isOurs, now.getTime() - mtimeMs > OVER_MS);
  });
  return { sessions: sessions.length, ...hookFires(told, since) };
}

/** When an installation changed the settings last; undefined where that is not known. */
function registeredAt(installation: string): string | undefined {
  return statSync(installation, { throwIfNoEntry: false })?.mtime.toISOString();
}

/** Sub-agents fire SubagentStop, never Stop; stopwire's own reconciliations are no session at all. */
function isSession({ source, path }: Transcript): boolean {
  return source === 'claude-code' && !path.includes('/subagents/') && !basename(path).startsWith('agent-');
}

function parse(text: string): Line[] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? [value] : [];
  } catch {
    return [];
  }
}
