/** `stopwire uninstall`: takes everything back; records only where somebody says so. */
import { UserError } from '../errors.ts';
import { uninstall as uninstallProgram, type UninstallReport } from '../install/uninstall.ts';
import { pathsFrom } from '../state/paths.ts';
import { hasStore, openStore } from '../state/store.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { claudeDirectoriesFrom } from './claude-directories.ts';

export interface UninstallFlags {
  purge: boolean;
  keepRecords: boolean;
  yes: boolean;
  json: boolean;
  configDir?: readonly string[] | undefined;
}

export async function uninstall(flags: UninstallFlags, terminal: Terminal): Promise<number> {
  if (flags.purge && flags.keepRecords) {
    throw new UserError('--purge removes the records, and --keep-records keeps them.', {
      hint: 'Give one of the two.',
      exitCode: 2,
    });
  }
  const paths = pathsFrom(terminal.env);
  const claudeDirectories = claudeDirectoriesFrom(flags.configDir, terminal.env, paths.home);
  const purge = flags.purge || (await isToBePurged(flags, paths.store, terminal));
  const report = await uninstallProgram({ paths, claudeDirectories, purge, now: new Date() });
  if (flags.json) terminal.out(JSON.stringify(report));
  else sayReport(report, terminal);
  return 0;
}

const OUTCOMES = {
  restored: 'is as it was before stopwire',
  edited: 'no longer has our hook; other changes since were kept',
  untouched: 'had no hook of ours',
};

function sayReport({ settings, removed, kept }: UninstallReport, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  for (const { path, outcome, backup } of settings) {
    terminal.say(`${paint.done('done')}  ${paint.place(path)} ${OUTCOMES[outcome]}`);
    if (backup !== undefined) terminal.say(`      its copy from before is ${paint.place(backup)}`);
  }
  for (const path of removed) terminal.say(`      removed ${paint.place(path)}`);
  for (const path of kept) terminal.say(`      kept ${paint.place(path)}`);
  if (kept.length > 0) terminal.say(`      To remove that, too: ${paint.place('npx stopwire uninstall --purge')}`);
}

/** Asks about the records, where there are any and somebody is there to answer; keeping them loses nothing. */
async function isToBePurged(
  { keepRecords, yes, json }: UninstallFlags,
  store: string,
  terminal: Terminal,
): Promise<boolean> {
  if (!terminal.isInteractive || yes || json || keepRecords || !hasStore(store)) return false;
  const records = countRecords(store);
  if (records === '0') return false;
  const { askWhetherTo } = await import('./wizard.ts');
  return askWhetherTo(`Remove the ${records} records and the configuration on this machine, too?`);
}

/** In words. */
function countRecords(path: string): string {
  try {
    const store = openStore(path);
    try {
      return formatCount(store.totals().records);
    } finally {
      store.close();
    }
  } catch {
    return 'unreadable';
  }
}
