/** Is the hook in the settings, once, switched on, and does Claude Code run it? */
import { hasStopped } from '../../insights/hook-fires.ts';
import { missedWords, unseenWords } from '../../health/hook-health.ts';
import { malformedHooks } from '../../install/hook-entries.ts';
import { startsLauncher } from '../../install/launcher.ts';
import type { Registration } from '../../install/registrations.ts';
import { effective, type SettingsLevel } from '../../install/settings-levels.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { countWords } from '../../lib/span-words.ts';
import { error, INSTALL, ok, skipped, warning, type Check, type Mend, type Subject } from './check.ts';

export function checkHook(subject: Subject): Check[] {
  return [
    ...checkFiles(subject),
    ...checkEntries(subject),
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
    error('settings', `Claude Code passes the whole of ${path} over, with every hook in it. ${problem}`, {
      advice: `Mend ${path} first.`,
      remedy: INSTALL,
    }),
  );
}

/** What is malformed the client leaves out, and says so in the terminal alone; older ones leave the whole file out. */
function checkEntries({ levels }: Subject): Check[] {
  return levels.flatMap(({ path, value }) =>
    malformedHooks(value ?? {}).map((problem) =>
      warning(
        'settings-hooks',
        `${path}: ${problem}. Claude Code leaves that hook out, and before 2.1.251 the whole file`,
        { advice: `Mend it in ${path}.` },
      ),
    ),
  );
}

function checkRegistration({ levels, registrations: found, paths, health }: Subject): Check {
  const user = levels.at(-1);
  if (found.length === 0) {
    const elsewhere = health.hook.registeredIn.join(', ');
    if (elsewhere !== '') return ok('hook-registered', `not for sessions of this folder, but in ${elsewhere}`);
    if (user?.problem !== undefined) return skipped('hook-registered', `${user.path} cannot be read`);
    return error('hook-registered', `no Stop hook of stopwire in ${user?.path}`, INSTALL);
  }
  const places = found.map(({ path }) => path).join(', ');
  if (found.length > 1) {
    return warning('hook-registered', `${found.length} Stop hooks of stopwire: ${places}`, mendTwins(found));
  }
  if (!found.some((one) => one.plugin !== undefined || startsLauncher(one.command, paths))) {
    return warning('hook-registered', `the hook in ${places} does not run ${paths.launcher}`, INSTALL);
  }
  return ok('hook-registered', `once, in ${places}`);
}

/** The plugin's goes first; of files, only the one that an installation keeps is mended by another one. */
function mendTwins(found: readonly Registration[]): Mend {
  const plugin = found.find((one) => one.plugin !== undefined)?.plugin;
  if (plugin?.name.includes('@')) return `claude plugin disable ${shellWord(plugin.name)}`;
  if (plugin !== undefined) return `rm -r ${shellWord(plugin.root)}`;
  const paths = [...new Set(found.map(({ path }) => path))];
  return paths.length === 1 ? INSTALL : { advice: `One is enough: take it out of all but one of ${paths.join(', ')}.` };
}

function checkSwitches({ levels, registrations: found, env }: Subject): Check {
  const isManaged = found.some(({ level }) => level === 'managed');
  const disabled = effective(levels, 'disableAllHooks');
  // The organisation's own hooks run although somebody else has switched hooks off.
  if (disabled?.value === true && (disabled.level.name === 'managed' || !isManaged)) {
    const { name, path } = disabled.level;
    return error('hooks-enabled', `disableAllHooks is true in the ${name} settings, ${path}`, mend(disabled.level));
  }
  const managedOnly = effective(
    levels.filter(({ name }) => name === 'managed'),
    'allowManagedHooksOnly',
  );
  if (managedOnly?.value === true && !isManaged) {
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

function mend({ name, path }: SettingsLevel): Mend {
  if (name === 'managed') return { advice: `Ask whoever manages this machine to allow the hook in ${path}.` };
  return { advice: `Set "disableAllHooks" to false in ${path}.` };
}

function checkFires({ health }: Subject): Check {
  const { history } = health.hook;
  const { fired, lastFiredAt, p50Ms, p95Ms, sessions, lastFailure, missed, missedSinceFire } = history;
  const seen = `${countWords(fired, 'time')} in the newest ${countWords(sessions, 'session')}`;
  if (missedSinceFire > 0) {
    const found = hasStopped(history) ? error : warning;
    const detail = `it fired ${seen}, but ${missedWords(history)}`;
    return found('hook-fires', detail, { advice: 'Look at /hooks in Claude Code; --bare and --safe-mode run none.' });
  }
  if (lastFailure !== undefined && lastFailure.at >= (lastFiredAt ?? '')) {
    return warning('hook-fires', `it failed last at ${lastFailure.at}: ${lastFailure.reason}`, INSTALL);
  }
  if (lastFiredAt === undefined) return ok('hook-fires', unseenWords(history));
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
