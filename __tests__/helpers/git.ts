/** Real git repositories, made by git itself, out of reach of the user's own configuration. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDirectory } from './temp-directory.ts';

const env = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** What git prints, without the newline at the end. Throws where it fails. */
export function git(cwd: string, ...args: string[]): string {
  const all = ['-c', 'protocol.file.allow=always', ...args];
  return execFileSync('git', all, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
}

/** The same; undefined where git fails. */
export function gitOrNothing(cwd: string, ...args: string[]): string | undefined {
  try {
    return git(cwd, ...args);
  } catch {
    return undefined;
  }
}

/** A repository on the branch `main` with as many empty commits; its path is without symlinks. */
export function makeRepository(commits = 1): string {
  const path = join(realpathSync(makeTempDirectory()), 'shop');
  git('/', 'init', '--quiet', '--initial-branch=main', path);
  for (let index = 0; index < commits; index += 1) commit(path);
  return path;
}

export function commit(path: string): void {
  git(path, 'commit', '--quiet', '--allow-empty', '--message=x');
}
