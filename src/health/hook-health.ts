/** The hook: whether it is registered, and what the newest transcripts tell of it; no store is needed for that. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { hasStopped, hookFires, mayTell, toldFires, type HookFires } from '../insights/hook-fires.ts';
import { isOurs } from '../install/launcher.ts';
import { isObject } from '../lib/json.ts';
import { readTail } from '../lib/read-tail.ts';
import { countWords } from '../lib/span-words.ts';
import type { Paths } from '../state/paths.ts';
import type { Line, Transcript } from '../types.ts';

/** The newest sessions that are looked at. */
const SESSIONS = 20;
/** A session that was not written to for so long does not wait for a hook any more. */
const OVER_MS = 600_000;

/** Whether the hook is registered, its launcher is there, and the client runs it. */
export interface HookHealth {
  /** The user's settings. */
  settings: string;
  registered: boolean;
  /** The files that it is registered in: settings of any level, and of plugins. */
  registeredIn: string[];
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
  registeredIn: string[];
  /** Newest first. */
  transcripts: readonly Transcript[];
  /** How much of the end of each transcript is read. */
  tailBytes: number;
  now: Date;
}

export function hookHealth({ paths, settings, registeredIn, transcripts, tailBytes, now }: HookEvidence): HookHealth {
  const sessions = transcripts.filter(isSession).slice(0, SESSIONS);
  const told = sessions.map(({ path, mtimeMs }) => {
    const lines = readTail(path, tailBytes).filter(mayTell).flatMap(parse);
    return toldFires(lines, isOurs, now.getTime() - mtimeMs > OVER_MS);
  });
  return {
    settings,
    registered: registeredIn.length > 0,
    registeredIn,
    launcher: paths.launcher,
    launcherExists: existsSync(paths.launcher),
    history: { sessions: sessions.length, ...hookFires(told, registeredAt(paths.installation)) },
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

/** Where no session tells of a fire. */
export function unseenWords({ sessions }: HookHealth['history']): string {
  return sessions === 0 ? 'no session yet' : `not seen in the newest ${countWords(sessions, 'session')} yet`;
}

/** `the last 3 turns ended without it, most recently at …`. */
export function missedWords({ missedSinceFire: count, lastMissedAt }: HookFires): string {
  const turns = count === 1 ? 'the last turn' : `the last ${count} turns`;
  return `${turns} ended without it, most recently at ${lastMissedAt}`;
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
