/** What every check of `stopwire doctor` is given, and what it finds. */
import type { Config } from '../../config.ts';
import type { Health } from '../../health/health.ts';
import type { Registration } from '../../install/registrations.ts';
import type { SettingsLevel } from '../../install/settings-levels.ts';
import type { Paths } from '../../state/paths.ts';

/** `error`: something does not work, or will not · `warning`: it works, for now · `skipped`: it was not looked at. */
export type CheckStatus = 'ok' | 'warning' | 'error' | 'skipped';

export interface Check {
  /** Stable, for scripts; about one destination, its name follows a colon. */
  name: string;
  status: CheckStatus;
  /** What was looked at, and what was found. */
  detail: string;
  /** What to do that no command does, or what to do before it. A sentence. */
  advice?: string;
  /** The command that mends it, or shows more; for sh, as it stands. */
  remedy?: string;
}

/** What every error and warning comes with: a command, an advice, or both. */
export type Mend = string | Required<Pick<Check, 'advice'>> | Required<Pick<Check, 'advice' | 'remedy'>>;

/** The machine as the checks see it. */
export interface Subject {
  paths: Paths;
  env: NodeJS.ProcessEnv;
  claudeDirectory: string;
  /** The directory whose settings count besides the user's. */
  project: string;
  /** Claude Code's settings, the strongest first. */
  levels: readonly SettingsLevel[];
  /** Where our Stop hook is registered. */
  registrations: readonly Registration[];
  /** Undefined where there is none, or it cannot be used. */
  config: Config | undefined;
  /** Why it cannot be used. */
  configProblem: string | undefined;
  health: Health;
  now: Date;
  /** Connects to nothing. */
  offline: boolean;
}

export const INSTALL = 'npx stopwire install';

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, mend: Mend): Check {
  return { name, status: 'warning', detail, ...mendOf(mend) };
}

export function error(name: string, detail: string, mend: Mend): Check {
  return { name, status: 'error', detail, ...mendOf(mend) };
}

export function skipped(name: string, why: string): Check {
  return { name, status: 'skipped', detail: why };
}

function mendOf(mend: Mend): Exclude<Mend, string> | { remedy: string } {
  return typeof mend === 'string' ? { remedy: mend } : mend;
}
