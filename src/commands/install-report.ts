/** What `stopwire install` says: what it would do, what it has done, and what a scope means. */
import { basename } from 'node:path';
import type { Config, ConfiguredDestination } from '../config.ts';
import type { Surroundings } from '../destinations/destination.ts';
import { settingsSnippet, type InstallReport, type SettingsPreview } from '../install/install.ts';
import { hookCommand } from '../install/launcher.ts';
import { withoutHeaderValues } from '../install/otel-settings.ts';
import type { SettingsPlace } from '../install/settings-places.ts';
import type { Paths } from '../state/paths.ts';
import { diff, paintFor, printable, type Paint, type Terminal } from '../ui.ts';
import { whereOf, type Declarations } from './destination-place.ts';
import { startWords } from './since.ts';

/** Without keys. */
export function shownDiff({ before, after }: Pick<SettingsPreview, 'before' | 'after'>, paint: Paint): string {
  return diff(withoutHeaderValues(before), withoutHeaderValues(after), paint);
}

export function isChange({ before, after }: SettingsPreview): boolean {
  return before !== after;
}

interface Said {
  places: readonly SettingsPlace[];
  config: Config;
  known: Declarations;
  surroundings: Pick<Surroundings, 'storePath'>;
  terminal: Terminal;
}

interface Plan extends Said {
  flags: { json: boolean; autoUpdate: boolean };
  paths: Paths;
  previews: readonly SettingsPreview[];
}

/** What --dry-run says. */
export function sayPlan(plan: Plan): number {
  const { flags, paths, places, config, previews, terminal } = plan;
  if (flags.json) {
    const { launcher, config: configPath } = paths;
    const destinations = publicDestinations(config);
    const settings = previews.map((one) => ({ path: one.path, changed: isChange(one) }));
    terminal.out(JSON.stringify({ dryRun: true, settings, launcher, config: configPath, destinations }));
    return 0;
  }
  const paint = paintFor('stderr', terminal.env);
  terminal.say(`Nothing was changed. stopwire install would`);
  terminal.say(`  copy the program below  ${paint.place(paths.dataDirectory)}`);
  terminal.say(`  write the configuration ${paint.place(paths.config)}`);
  for (const one of previews) {
    terminal.say(`  ${isChange(one) ? 'change                 ' : 'leave as it is         '} ${paint.place(one.path)}`);
  }
  sayScope(places, terminal);
  sayDestinations(plan);
  for (const { before, after } of previews.filter(isChange)) {
    terminal.out(shownDiff({ before, after }, paintFor('stdout', terminal.env)));
  }
  if (!flags.autoUpdate) terminal.out(settingsSnippet(hookCommand(paths.launcher)));
  return 0;
}

export function sayReport({ settings, launcher }: InstallReport, said: Said): void {
  const { places, terminal } = said;
  const paint = paintFor('stderr', terminal.env);
  for (const { path, changed, backup } of settings) {
    if (changed) terminal.say(`${paint.done('done')}  The Stop hook is in ${paint.place(path)}`);
    else terminal.say(`${paint.done('done')}  ${paint.place(path)} was not changed`);
    if (backup !== undefined) terminal.say(`      its copy from before is ${paint.place(backup)}`);
  }
  if (settings.length === 0) terminal.say(`${paint.done('done')}  The launcher is ${paint.place(launcher)}`);
  sayScope(places, terminal);
  sayDestinations(said);
  const next = (words: string, command: string): void =>
    terminal.say(`      ${words.padEnd(52)}${paint.place(`npx stopwire ${command}`)}`);
  next('It fires at the end of every turn. To deliver now:', 'run');
  next('To see what was delivered, and what waits:', 'status');
  next('To undo everything:', 'uninstall');
}

/** What a scope that is not the user's means. */
function sayScope(places: readonly SettingsPlace[], terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  for (const { path, project } of places) {
    if (project === undefined) continue;
    terminal.say(`      It counts for sessions that are started in ${paint.place(project)}, and for no others`);
    if (basename(path) === 'settings.local.json') {
      terminal.say(`      The file is for you alone: see that git ignores it`);
    } else {
      terminal.say(
        `${paint.warning('note')}  The file is one to commit, and names a launcher of this machine: elsewhere the`,
      );
      terminal.say(`      hook does nothing. For you alone, here: ${paint.place('--scope local')}`);
    }
  }
}

function sayDestinations({ config, known, surroundings, terminal }: Said): void {
  for (const destination of config.destinations) {
    const { name, redaction, since } = destination;
    const where = whereOf(destination, known, surroundings);
    const start = since === undefined ? '' : `, ${startWords({ since })}`;
    terminal.say(`      records go to ${name}${where && ` (${printable(where)})`}, redaction: ${redaction}${start}`);
  }
}

/** The destinations without their options: those may hold keys. */
export function publicDestinations(
  config: Config,
): Pick<ConfiguredDestination, 'name' | 'kind' | 'redaction' | 'since'>[] {
  return config.destinations.map(({ name, kind, redaction, since }) => {
    return { name, kind, redaction, ...(since !== undefined && { since }) };
  });
}
