/** The names that Claude Code gives its folders: a path with a hyphen for whatever is no letter and no digit. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with more entries is passed over: it would take too long, and is no one's way to a project. */
const MAX_ENTRIES = 10_000;

export function folderName(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, '-');
}

/**
 * The folders of this machine that have the name, since it can stand for several; those above a project are listed.
 * None for a name that was shortened, and for one of another system. Never throws.
 */
export function foldersNamed(name: string): string[] {
  return name.startsWith('-') ? below('/', name.slice(1)) : [];
}

function below(folder: string, name: string): string[] {
  return childrenOf(folder).flatMap((child) => {
    const own = folderName(child);
    if (name === own) return [join(folder, child)];
    return name.startsWith(`${own}-`) ? below(join(folder, child), name.slice(own.length + 1)) : [];
  });
}

function childrenOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.length > MAX_ENTRIES) return [];
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
  } catch {
    return [];
  }
}
