/** `stopwire doctor`: every check with what was looked at, and the command that mends what is wrong. */
import { resolve } from 'node:path';
import { readConfig, type Config } from '../config.ts';
import { reasonOf, UserError } from '../errors.ts';
import { healthOf } from '../health/health.ts';
import { registrations } from '../install/registrations.ts';
import { managedSettingsDirectory, readLevels } from '../install/settings-levels.ts';
import { countWords } from '../lib/span-words.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { shortened, textWidth } from '../lib/text-width.ts';
import { columnsOf, hanging, homely, paintFor, printable, type Paint, type Terminal } from '../ui.ts';
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

function subjectOf({ env, claudeDirectory, offline, ...given }: Place): Subject {
  const { project = process.cwd(), managedDirectory = managedSettingsDirectory() } = given;
  const paths = pathsFrom(env);
  const now = new Date();
  const levels = readLevels({ claudeDirectory, project, managedDirectory });
  return {
    paths,
    env,
    claudeDirectory,
    project,
    levels,
    registrations: registrations(levels, claudeDirectory),
    ...readConfigOrWhy(paths.config),
    health: healthOf(paths, claudeDirectory, { project, managedDirectory, now, isThorough: true }),
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

/** Names that are longer have a line of their own. */
const WIDEST_NAME = 20;

function sayChecks(checks: readonly Check[], terminal: Terminal): void {
  const { env } = terminal;
  const layout = {
    paint: paintFor('stdout', env),
    signs: signsFor(env),
    columns: columnsOf(env),
    home: pathsFrom(env).home,
  };
  for (const check of checks) for (const line of linesOf(check, layout)) terminal.out(line);
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const faults = `${countWords(count('error'), 'error')}, ${countWords(count('warning'), 'warning')}`;
  terminal.say(`${faults}, ${count('ok')} fine, ${count('skipped')} skipped`);
}

interface Layout {
  paint: Paint;
  signs: Signs;
  columns: number;
  home: string;
}

/** A command is never broken: it is there to be copied. */
function linesOf({ name, status, detail, advice, remedy }: Check, { paint, signs, columns, home }: Layout): string[] {
  const shown = shortened(printable(name), columns - 2);
  const head = `${paint[PAINTS[status]](signs[status])} ${paint.bold(shown)}`;
  const margin = ' '.repeat(WIDEST_NAME + 4);
  const gap = ' '.repeat(Math.max(0, WIDEST_NAME - textWidth(shown)) + 2);
  const words = homely(printable(detail), home);
  return [
    ...(textWidth(shown) > WIDEST_NAME
      ? [head, hanging(margin, words, columns)]
      : [hanging(head + gap, words, columns)]),
    ...(advice === undefined ? [] : [hanging(margin, homely(printable(advice), home), columns)]),
    ...(remedy === undefined ? [] : [`${margin}${paint.dim(signs.remedy)} ${paint.place(printable(remedy))}`]),
  ];
}

type Signs = { readonly [Sign in CheckStatus | 'remedy']: string };

const SIGNS: Signs = { ok: '✓', warning: '!', error: '✗', skipped: '-', remedy: '→' };
const ASCII_SIGNS: Signs = { ok: '+', warning: '!', error: 'x', skipped: '-', remedy: '->' };

/** Plain ones where the locale names another encoding (POSIX: LC_ALL over LC_CTYPE over LANG). */
function signsFor({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Signs {
  const locale = LC_ALL || LC_CTYPE || LANG;
  return locale === undefined || locale === '' || /utf-?8/i.test(locale) ? SIGNS : ASCII_SIGNS;
}

const PAINTS: { readonly [Status in CheckStatus]: keyof Paint } = {
  ok: 'done',
  warning: 'warning',
  error: 'error',
  skipped: 'dim',
};
