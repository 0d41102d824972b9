/** `stopwire install`: says where records go and registers the hook. */
import type { Config } from '../config.ts';
import { UserError } from '../errors.ts';
import {
  install as installProgram,
  previewSettings,
  settingsSnippet,
  type InstallReport,
  type SettingsPreview,
} from '../install/install.ts';
import { hookCommand } from '../install/launcher.ts';
import { chosenPlaces, type Scope } from '../install/settings-places.ts';
import { programRoot, programVersion } from '../program.ts';
import { pathsFrom, windowsShell, type Paths } from '../state/paths.ts';
import { paintFor, type Terminal } from '../ui.ts';
import { claudeDirectoriesFrom } from './claude-directories.ts';
import { declarationsOf } from './destination-place.ts';
import { notIdle, whileIdle } from './idle.ts';
import { planDestinations } from './install-destinations.ts';
import { withEnvironment, type InstallFlags } from './install-flags.ts';
import { noPlaceForTelemetry, telemetryFrom, warnOfArguments } from './install-telemetry.ts';
import { printManaged } from './install-managed.ts';
import { isChange, publicDestinations, sayPlan, sayReport, shownDiff } from './install-report.ts';

export interface InstallCommandFlags extends InstallFlags {
  /** Without it, settings.json is left alone and the fragment is printed. */
  autoUpdate: boolean;
  /** Whose sessions the hook is for; where none is named, as it is, else all of the user's. */
  scope?: Scope | undefined;
  /** Does nothing but that. */
  printManaged: boolean;
  dryRun: boolean;
  json: boolean;
  configDir?: readonly string[] | undefined;
}

export async function install(given: InstallCommandFlags, terminal: Terminal): Promise<number> {
  if (given.printManaged) return printManaged(terminal);
  if (process.platform === 'win32' && windowsShell(terminal.env) === undefined) {
    throw new UserError('On native Windows stopwire is experimental: nobody has tried it there yet.', {
      hint: 'Run it inside WSL; or set STOPWIRE_WINDOWS_SHELL to bash (Git Bash) or powershell for good, and try again.',
    });
  }
  const paths = pathsFrom(terminal.env);
  const claudeDirectories = claudeDirectoriesFrom(given.configDir, terminal.env, paths.home);
  warnOfArguments(given, terminal);
  const flags = withEnvironment(given, terminal.env);
  const around = { paths, claudeDirectories, project: process.cwd() };
  const places = flags.autoUpdate ? chosenPlaces(flags.scope, around) : [];
  const telemetry = await telemetryFrom(flags, terminal);
  if (telemetry !== undefined && places.length === 0) throw noPlaceForTelemetry();
  const previews = previewSettings({ places, paths, telemetry });
  const isAsking = terminal.isInteractive && !flags.yes && !flags.json && !flags.dryRun;
  const plan = await planDestinations(flags, { paths, terminal, isAsking });
  const configure = (before: Config): Config => ({
    ...plan.place(before),
    claudeDirectories: [...new Set([...before.claudeDirectories, ...claudeDirectories])],
    account: flags.account ?? before.account ?? false,
  });
  const config = configure(plan.existing);
  const said = {
    places,
    config,
    known: await declarationsOf(config.destinations),
    surroundings: { storePath: paths.store },
    terminal,
  };
  if (flags.dryRun) return sayPlan({ ...said, flags, paths, previews });
  if (isAsking && !(await isConfirmed(previews, terminal))) {
    terminal.say('Nothing was changed.');
    return 0;
  }
  const apply = (): InstallReport =>
    installProgram({
      paths,
      package: { root: programRoot, version: programVersion() },
      node: process.execPath,
      places,
      configure,
      telemetry,
      now: new Date(),
    });
  const report = plan.forgotten.length === 0 ? apply() : await applyAnew(plan.forgotten, apply, { paths, terminal });
  if (flags.json) terminal.out(JSON.stringify({ ...report, destinations: publicDestinations(config) }));
  else sayReport(report, said);
  if (!flags.autoUpdate) terminal.out(settingsSnippet(hookCommand(paths.launcher)));
  return 0;
}

/** Forgets what was delivered under the names, at a moment at which no worker notes more of it. */
async function applyAnew(
  forgotten: readonly string[],
  apply: () => InstallReport,
  { paths, terminal }: { paths: Paths; terminal: Terminal },
): Promise<InstallReport> {
  let report: InstallReport | undefined;
  await whileIdle(paths, terminal, (journal) => {
    for (const name of forgotten) journal.forget(name);
    report = apply();
  });
  if (report === undefined) throw notIdle('Nothing was changed');
  return report;
}

async function isConfirmed(previews: readonly SettingsPreview[], terminal: Terminal): Promise<boolean> {
  const changes = previews.filter(isChange);
  if (changes.length === 0) return true;
  for (const { path, before, after } of changes) {
    terminal.say(`This is the change to ${path}:\n`);
    terminal.say(`${shownDiff({ before, after }, paintFor('stderr', terminal.env))}\n`);
  }
  const { askConfirmation } = await import('./wizard.ts');
  return askConfirmation();
}
