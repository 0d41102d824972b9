/** `stopwire install`: says where records go and registers the hook. */
import { resolve } from 'node:path';
import { emptyConfig, readConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { UserError } from '../errors.ts';
import { install as installProgram, previewSettings, settingsPath, type InstallReport } from '../install/install.ts';
import { hookCommand } from '../install/launcher.ts';
import { thisMachine } from '../machine.ts';
import { programRoot, programVersion } from '../program.ts';
import { claudeConfigDirectory, pathsFrom, type Paths } from '../state/paths.ts';
import { diff, paintFor, type Terminal } from '../ui.ts';
import { declarationsOf, isSamePlace, withPlaced } from './destination-place.ts';
import { notIdle, whileIdle } from './idle.ts';
import { checkDestination, destinationsFrom, fromEnvironment, type InstallFlags } from './install-plan.ts';
import { startWords } from './since.ts';

export interface InstallCommandFlags extends InstallFlags {
  /** Without it, settings.json is left alone and the fragment is printed. */
  autoUpdate: boolean;
  dryRun: boolean;
  yes: boolean;
  json: boolean;
  configDir?: string | undefined;
}

export async function install(given: InstallCommandFlags, terminal: Terminal): Promise<number> {
  if (process.platform === 'win32') {
    throw new UserError('stopwire does not install on native Windows yet.', { hint: 'Run it inside WSL.' });
  }
  const paths = pathsFrom(terminal.env);
  const claudeDirectory = resolve(given.configDir ?? claudeConfigDirectory(terminal.env, paths.home));
  const isAsking = terminal.isInteractive && !given.yes && !given.json && !given.dryRun;
  const flags = await completed(given, isAsking, terminal);
  const plan = await planConfig(flags, claudeDirectory, paths, terminal);
  const config = plan.configure(plan.existing);
  const preview = flags.autoUpdate ? previewSettings({ paths, claudeDirectory }) : undefined;
  if (flags.dryRun) return sayPlan({ flags, paths, claudeDirectory, config, preview, terminal });
  if (isAsking && preview !== undefined && !(await isConfirmed(preview, claudeDirectory, terminal))) {
    terminal.say('Nothing was changed.');
    return 0;
  }
  const apply = (): InstallReport =>
    installProgram({
      paths,
      package: { root: programRoot, version: programVersion() },
      node: process.execPath,
      claudeDirectory,
      configure: plan.configure,
      writeSettings: flags.autoUpdate,
      now: new Date(),
    });
  const report = plan.moved.length === 0 ? apply() : await applyAnew(plan.moved, apply, { paths, terminal });
  if (flags.json) terminal.out(JSON.stringify({ ...report, destinations: publicDestinations(config) }));
  else sayReport(report, config, terminal);
  if (!flags.autoUpdate) terminal.out(fragment(paths));
  return 0;
}

/** The flags with the key from standard input where they say so, and with the wizard's answers where it may ask. */
async function completed(
  flags: InstallCommandFlags,
  isAsking: boolean,
  terminal: Terminal,
): Promise<InstallCommandFlags> {
  const apiKey = flags.apiKey === '-' ? await terminal.readInput() : flags.apiKey;
  if (!isAsking) return { ...flags, apiKey };
  const { askInstall } = await import('./wizard.ts');
  const known = readConfig(pathsFrom(terminal.env).config)?.destinations.map(({ name }) => name) ?? [];
  const since = flags.since ?? fromEnvironment(terminal.env, 'STOPWIRE_SINCE');
  return { ...flags, ...(await askInstall({ ...flags, apiKey, since }, (name) => known.includes(name))) };
}

interface ConfigPlan {
  existing: Config;
  configure: (before: Config) => Config;
  /** Names that another place has now: what the one before has got does not count for it. */
  moved: readonly string[];
}

async function planConfig(
  flags: InstallCommandFlags,
  claudeDirectory: string,
  paths: Paths,
  { env }: Terminal,
): Promise<ConfigPlan> {
  const found = readConfig(paths.config);
  const existing = found ?? emptyConfig();
  const destinations = destinationsFrom(flags, env, found);
  for (const destination of destinations) {
    await checkDestination(destination, thisMachine(paths, env).surroundings);
  }
  const known = await declarationsOf([...existing.destinations, ...destinations]);
  const isMoved = (added: ConfiguredDestination): boolean =>
    existing.destinations.some((old) => old.name === added.name && !isSamePlace(old, added, known));
  return {
    existing,
    configure: (before) => ({
      ...destinations.reduce((config, added) => withPlaced(config, added, known), before),
      claudeDirectories: [...new Set([...before.claudeDirectories, claudeDirectory])],
      account: flags.account ?? before.account ?? false,
    }),
    moved: destinations.filter(isMoved).map(({ name }) => name),
  };
}

/** Forgets what the names' earlier places have got, at a moment at which no worker notes more of it. */
async function applyAnew(
  moved: readonly string[],
  apply: () => InstallReport,
  { paths, terminal }: { paths: Paths; terminal: Terminal },
): Promise<InstallReport> {
  let report: InstallReport | undefined;
  await whileIdle(paths, terminal, (journal) => {
    for (const name of moved) journal.forget(name);
    report = apply();
  });
  if (report === undefined) throw notIdle('Nothing was changed');
  return report;
}

async function isConfirmed(
  preview: { before: string; after: string },
  claudeDirectory: string,
  terminal: Terminal,
): Promise<boolean> {
  if (preview.before === preview.after) return true;
  terminal.say(`This is the change to ${settingsPath(claudeDirectory)}:\n`);
  terminal.say(`${diff(preview.before, preview.after, paintFor('stderr', terminal.env))}\n`);
  const { askConfirmation } = await import('./wizard.ts');
  return askConfirmation();
}

interface Plan {
  flags: InstallCommandFlags;
  paths: Paths;
  claudeDirectory: string;
  config: Config;
  preview: { before: string; after: string } | undefined;
  terminal: Terminal;
}

/** What --dry-run says. */
function sayPlan({ flags, paths, claudeDirectory, config, preview, terminal }: Plan): number {
  const settings = settingsPath(claudeDirectory);
  const changes = preview !== undefined && preview.before !== preview.after;
  if (flags.json) {
    const { launcher, config: configPath } = paths;
    const destinations = publicDestinations(config);
    terminal.out(
      JSON.stringify({ dryRun: true, settings, changed: changes, launcher, config: configPath, destinations }),
    );
    return 0;
  }
  const paint = paintFor('stderr', terminal.env);
  terminal.say(`Nothing was changed. stopwire install would`);
  terminal.say(`  copy the program below  ${paint.place(paths.dataDirectory)}`);
  terminal.say(`  write the configuration ${paint.place(paths.config)}`);
  terminal.say(`  ${changes ? 'change                 ' : 'leave as it is         '} ${paint.place(settings)}`);
  sayDestinations(config, terminal);
  if (changes) terminal.out(diff(preview.before, preview.after, paintFor('stdout', terminal.env)));
  if (preview === undefined) terminal.out(fragment(paths));
  return 0;
}

function sayReport(report: InstallReport, config: Config, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  if (report.changed) terminal.say(`${paint.done('done')}  The Stop hook is in ${paint.place(report.settings)}`);
  else terminal.say(`${paint.done('done')}  ${paint.place(report.settings)} was not changed`);
  if (report.backup !== undefined) terminal.say(`      its copy from before is ${paint.place(report.backup)}`);
  sayDestinations(config, terminal);
  terminal.say(`      It fires at the end of every turn. To look: ${paint.place('npx stopwire status')}`);
  terminal.say(`      To undo everything:                     ${paint.place('npx stopwire uninstall')}`);
}

function sayDestinations(config: Config, terminal: Terminal): void {
  for (const { name, redaction, since, options } of config.destinations) {
    const place = options['endpoint'] ?? options['path'];
    const where = typeof place === 'string' ? `${name} (${place.replace(/[?#].*$/s, '')})` : name;
    const start = since === undefined ? '' : `, ${startWords({ since })}`;
    terminal.say(`      records go to ${where}, redaction: ${redaction}${start}`);
  }
}

/** The destinations without their options: those may hold keys. */
function publicDestinations(config: Config): Pick<ConfiguredDestination, 'name' | 'kind' | 'redaction' | 'since'>[] {
  return config.destinations.map(({ name, kind, redaction, since }) => {
    return { name, kind, redaction, ...(since !== undefined && { since }) };
  });
}

/** What to add to settings.json by hand. */
function fragment(paths: Paths): string {
  return JSON.stringify({ hooks: { Stop: [{ hooks: [hookCommand(paths.launcher)] }] } }, undefined, 2);
}
