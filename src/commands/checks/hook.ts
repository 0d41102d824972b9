/** Is the hook in the settings, once, switched on, and does Claude Code run it? */
import { hasStopped } from '../../insights/hook-fires.ts';
import { missedWords } from '../../health/hook-health.ts';
import { hookCommand, isOurs } from '../../install/launcher.ts';
import { effective, type SettingsLevel } from '../../install/settings-levels.ts';
import { findHooks } from '../../install/settings.ts';
import { countWords } from '../../lib/span-words.ts';
import { error, INSTALL, ok, skipped, warning, type Check, type Subject } from './check.ts';

export function checkHook(subject: Subject): Check[] {
  return [
    ...checkFiles(subject),
    checkRegistration(subject),
    checkSwitches(subject),
    checkFires(subject),
    ...checkUnseenPolicies(process.platform),
  ];
}

/** The client says nothing of a file that it passes over, when nobody sits at the terminal. */
function checkFiles({ levels }: Subject): Check[] {
  const broken = levels.filter(({ problem }) => problem !== undefined);
  if (broken.length === 0) {
    const read = levels.filter(({ value }) => value !== undefined).map(({ path }) => path);
    return [ok('settings', read.length === 0 ? 'there are no settings files' : `read as JSON: ${read.join(', ')}`)];
  }
  return broken.map(({ path, problem }) =>
    error(
      'settings',
      `Claude Code passes the whole of ${path} over, with every hook in it. ${problem}`,
      `Mend the file; then: ${INSTALL}`,
    ),
  );
}

function checkRegistration({ levels, paths }: Subject): Check {
  const found = levels.flatMap((level) => commandsIn(level).map((command) => ({ command, path: level.path })));
  const user = levels.at(-1);
  if (found.length === 0) {
    if (user?.problem !== undefined) return skipped('hook-registered', `${user.path} cannot be read`);
    return error('hook-registered', `no Stop hook of stopwire in ${user?.path}`, INSTALL);
  }
  const places = found.map(({ path }) => path).join(', ');
  if (found.length > 1) return warning('hook-registered', `${found.length} Stop hooks of stopwire: ${places}`, INSTALL);
  if (found[0]?.command !== hookCommand(paths.launcher).command) {
    return warning('hook-registered', `the hook in ${places} does not run ${paths.launcher}`, INSTALL);
  }
  return ok('hook-registered', `once, in ${places}`);
}

/** Those that the client would run. */
export function commandsIn({ value }: SettingsLevel): string[] {
  return value === undefined ? [] : findHooks(JSON.stringify(value), isOurs).map(({ command }) => command);
}

function checkSwitches({ levels, env }: Subject): Check {
  const disabled = effective(levels, 'disableAllHooks');
  if (disabled?.value === true) {
    const { name, path } = disabled.level;
    return error('hooks-enabled', `disableAllHooks is true in the ${name} settings, ${path}`, mend(disabled.level));
  }
  const managedOnly = effective(
    levels.filter(({ name }) => name === 'managed'),
    'allowManagedHooksOnly',
  );
  if (
    managedOnly?.value === true &&
    !levels.some((level) => level.name === 'managed' && commandsIn(level).length > 0)
  ) {
    return error(
      'hooks-enabled',
      `allowManagedHooksOnly is true in ${managedOnly.level.path}: of hooks, only the organisation's own run`,
      mend(managedOnly.level),
    );
  }
  if (env['STOPWIRE_DISABLED'] === '1') {
    return error('hooks-enabled', 'STOPWIRE_DISABLED is 1 in the environment', 'unset STOPWIRE_DISABLED');
  }
  return ok('hooks-enabled', 'no settings switch hooks off, nor does the environment');
}

function mend({ name, path }: SettingsLevel): string {
  if (name === 'managed') return `Ask whoever manages this machine to allow the hook in ${path}`;
  return `Set "disableAllHooks" to false in ${path}`;
}

function checkFires({ health }: Subject): Check {
  const { history } = health.hook;
  const { fired, lastFiredAt, p50Ms, p95Ms, sessions, lastFailure, missed, missedSinceFire } = history;
  const seen = `${countWords(fired, 'time')} in the newest ${countWords(sessions, 'session')}`;
  if (missedSinceFire > 0) {
    const found = hasStopped(history) ? error : warning;
    const detail = `it fired ${seen}, but ${missedWords(history)}`;
    return found('hook-fires', detail, 'Look at /hooks in Claude Code, which --bare and --safe-mode run none of');
  }
  if (lastFailure !== undefined && lastFailure.at >= (lastFiredAt ?? '')) {
    return warning('hook-fires', `it failed last at ${lastFailure.at}: ${lastFailure.reason}`, INSTALL);
  }
  if (lastFiredAt === undefined)
    return ok('hook-fires', `not seen in the newest ${countWords(sessions, 'session')} yet`);
  const times = p50Ms === undefined ? '' : `, ${p50Ms} ms (median), ${p95Ms} ms (p95)`;
  const others = missed === 0 ? '' : `; before that, ${countWords(missed, 'turn')} ended without it`;
  return ok('hook-fires', `${seen}, last at ${lastFiredAt}${times}${others}`);
}

/** An organisation can also deliver settings by other ways than files. */
export function checkUnseenPolicies(platform: NodeJS.Platform): Check[] {
  if (platform === 'darwin') return [skipped('managed-policy', 'a configuration profile of macOS is not looked at')];
  if (platform === 'win32') return [skipped('managed-policy', 'policies in the registry of Windows are not looked at')];
  return [];
}
