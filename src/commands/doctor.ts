/** `stopwire doctor`: every check with what was looked at, and the command that mends what is wrong. */
import { resolve } from 'node:path';
import { readConfig, type Config } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { healthOf } from '../health/health.ts';
import { managedSettingsDirectory, readLevels } from '../install/settings-levels.ts';
import { countWords } from '../lib/span-words.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { paintFor, printable, type Paint, type Terminal } from '../ui.ts';
import { checkCanary } from './checks/canary.ts';
import type { Check, CheckStatus, Subject } from './checks/check.ts';
import { checkDestinations } from './checks/destinations.ts';
import { checkHook } from './checks/hook.ts';
import { checkMachine } from './checks/machine.ts';
import { checkProgram } from './checks/program.ts';
import { checkState } from './checks/state.ts';

export interface DoctorFlags {
  json: boolean;
  /** Connects to nothing: no endpoint is tried, and the hook is not fired. */
  offline: boolean;
  configDir?: string | undefined;
}

/** Exit code 1 where a check has found an error; warnings leave it at 0. */
export async function doctor({ json, offline, configDir }: DoctorFlags, terminal: Terminal): Promise<number> {
  const { env } = terminal;
  const claudeDirectory = resolve(configDir ?? claudeConfigDirectory(env, pathsFrom(env).home));
  const checks = await diagnose({ env, claudeDirectory, offline });
  if (json) terminal.out(JSON.stringify({ checks }));
  else sayChecks(checks, terminal);
  return checks.some(({ status }) => status === 'error') ? 1 : 0;
}

export interface Place {
  env: NodeJS.ProcessEnv;
  claudeDirectory: string;
  offline: boolean;
  /** The current directory unless said otherwise. */
  project?: string;
  managedDirectory?: string;
}

/** Runs all checks. Never throws: a check that cannot be made is an error that it names. */
export async function diagnose(place: Place): Promise<Check[]> {
  const subject = subjectOf(place);
  const checks: Check[] = [];
  for (const [theme, run] of THEMES) checks.push(...(await guarded(theme, () => run(subject))));
  return checks;
}

/** The hook is fired last: the worker that it starts would mend some of what the others have to find. */
const THEMES: readonly (readonly [string, (subject: Subject) => Check[] | Promise<Check[]>])[] = [
  ['hook', checkHook],
  ['program', checkProgram],
  ['state', checkState],
  ['destinations', checkDestinations],
  ['machine', checkMachine],
  ['hook-runs', async (subject) => [await checkCanary(subject)]],
];

/** About a second. */
const GAP_RECORDS = 50_000;

function subjectOf({ env, claudeDirectory, offline, ...given }: Place): Subject {
  const { project = process.cwd(), managedDirectory = managedSettingsDirectory() } = given;
  const paths = pathsFrom(env);
  const now = new Date();
  return {
    paths,
    env,
    claudeDirectory,
    project,
    levels: readLevels({ claudeDirectory, project, managedDirectory }),
    ...readConfigOrWhy(paths.config),
    health: healthOf(paths, claudeDirectory, { project, managedDirectory, now, gapRecords: GAP_RECORDS }),
    now,
    offline,
  };
}

function readConfigOrWhy(path: string): { config: Config | undefined; configProblem: string | undefined } {
  try {
    return { config: readConfig(path), configProblem: undefined };
  } catch (error) {
    return { config: undefined, configProblem: wordsFor(error) };
  }
}

async function guarded(theme: string, run: () => Check[] | Promise<Check[]>): Promise<Check[]> {
  try {
    return await run();
  } catch (error) {
    const detail = `the check could not be made: ${wordsFor(error)}`;
    return [{ name: theme, status: 'error', detail, remedy: 'npx stopwire@latest doctor' }];
  }
}

function wordsFor(error: unknown): string {
  return error instanceof UserError ? error.message : `unexpected: ${reasonOf(error)}`;
}

function sayChecks(checks: readonly Check[], terminal: Terminal): void {
  const paint = paintFor('stdout', terminal.env);
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, status, detail, remedy } of checks) {
    terminal.out(`${signOf(status, paint)} ${paint.bold(printable(name).padEnd(width))}  ${printable(detail)}`);
    if (remedy !== undefined) terminal.out(`    ${paint.dim('→')} ${paint.place(printable(remedy))}`);
  }
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const faults = `${countWords(count('error'), 'error')}, ${countWords(count('warning'), 'warning')}`;
  terminal.say(`${faults}, ${count('ok')} fine, ${count('skipped')} skipped`);
}

function signOf(status: CheckStatus, paint: Paint): string {
  if (status === 'ok') return paint.done('✓');
  if (status === 'warning') return paint.warning('!');
  return status === 'error' ? paint.error('✗') : paint.dim('-');
}
