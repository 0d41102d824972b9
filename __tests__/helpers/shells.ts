/** The shells of this machine that the launcher must run in, and PATHs with little on them. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What is `sh` on Debian, on macOS and Git Bash, and on Alpine; those that are not installed are passed over. */
export const shells = ['dash', 'bash', 'busybox'].filter((name) => find(name) !== undefined);

/** Makes a folder that has the shell as `sh`, and the tools; answers it, as a PATH. */
export function pathWith(folder: string, shell: string, tools: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
  symlinkSync(found(shell), join(folder, 'sh'));
  for (const tool of tools) symlinkSync(found(tool), join(folder, tool));
  return folder;
}

function found(program: string): string {
  const path = find(program);
  if (path === undefined) throw new Error(`this machine has no ${program}`);
  return path;
}

function find(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
