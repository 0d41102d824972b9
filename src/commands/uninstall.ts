/** `stopwire uninstall`: takes everything back. */
import { resolve } from 'node:path';
import { uninstall as uninstallProgram } from '../install/uninstall.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { hasStore, openStore } from '../state/store.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';

export interface UninstallFlags {
  keepRecords: boolean;
  yes: boolean;
  json: boolean;
  configDir?: string | undefined;
}

export async function uninstall(flags: UninstallFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  if (!(await isConfirmed(flags, paths.store, terminal))) {
    terminal.say('Nothing was changed.');
    return 0;
  }
  const claudeDirectory = resolve(flags.configDir ?? claudeConfigDirectory(terminal.env, paths.home));
  const report = await uninstallProgram({ paths, claudeDirectory, keepRecords: flags.keepRecords, now: new Date() });
  if (flags.json) {
    terminal.out(JSON.stringify(report));
    return 0;
  }
  const paint = paintFor('stderr', terminal.env);
  const outcomes = {
    restored: 'is as it was before stopwire',
    edited: 'no longer has our hook; other changes since were kept',
    untouched: 'had no hook of ours',
  };
  for (const { path, outcome, backup } of report.settings) {
    terminal.say(`${paint.done('done')}  ${paint.place(path)} ${outcomes[outcome]}`);
    if (backup !== undefined) terminal.say(`      its copy from before is ${paint.place(backup)}`);
  }
  for (const path of report.removed) terminal.say(`      removed ${paint.place(path)}`);
  return 0;
}

/** Asks where the only copy of records would go with it, and someone is there to answer. */
async function isConfirmed(
  { keepRecords, yes, json }: UninstallFlags,
  store: string,
  terminal: Terminal,
): Promise<boolean> {
  if (!terminal.isInteractive || yes || json || keepRecords || !hasStore(store)) return true;
  const records = countRecords(store);
  if (records === 0) return true;
  const { askRemoval } = await import('./wizard.ts');
  return askRemoval(`Remove stopwire with the ${formatCount(records)} records that it keeps on this machine?`);
}

function countRecords(path: string): number {
  const store = openStore(path);
  try {
    return store.totals().records;
  } finally {
    store.close();
  }
}
