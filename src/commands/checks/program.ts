/** Is all there that the hook runs: the launcher, a node that is new enough, the copy of the program? */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { readLauncher } from '../../install/launcher-read.ts';
import { asString } from '../../lib/json.ts';
import { readJsonObject } from '../../lib/read-file.ts';
import { programVersion } from '../../program.ts';
import { error, INSTALL, ok, warning, type Check, type Subject } from './check.ts';

const VERSION_TIMEOUT_MS = 5_000;
const MAX_MANIFEST_BYTES = 1_048_576;
/** package.json's `engines`, and the first version with SQLite of its own. */
const OLDEST_NODE = [20, 19];
const NODE_WITH_SQLITE = [22, 13];

export function checkProgram(subject: Subject): Check[] {
  const { launcher } = subject.paths;
  if (!existsSync(launcher)) return [error('launcher', `${launcher} is missing`, INSTALL)];
  const written = readLauncher(launcher);
  if (written === undefined) return [error('launcher', `${launcher} is not as it was installed`, INSTALL)];
  const node = isExecutable(written.node) ? written.node : nodeOnPath(subject.env);
  return [
    ok('launcher', launcher),
    checkPlace(written.node, node),
    ...(node === undefined ? [] : checkVersion(node, written.program, subject)),
    checkCopy(written.program),
  ];
}

function checkPlace(recorded: string, node: string | undefined): Check {
  if (node === undefined) return error('node', `there is no node at ${recorded}, and none on PATH`, INSTALL);
  if (node === recorded) return ok('node', node);
  return warning('node', `there is no node at ${recorded} any more; the hook takes the one on PATH, ${node}`, INSTALL);
}

function checkVersion(node: string, program: string, { config, env }: Subject): Check[] {
  const version = versionOf(node, env);
  if (version === undefined) return [error('node-version', `${node} --version does not answer`, INSTALL)];
  const [oldest, withSqlite] = [OLDEST_NODE.join('.'), NODE_WITH_SQLITE.join('.')];
  if (isBefore(version, OLDEST_NODE)) {
    const detail = `${node} is ${version}, and stopwire needs ${oldest} or later`;
    return [error('node-version', detail, { advice: 'Install a newer Node first.', remedy: INSTALL })];
  }
  const needsStore = config?.destinations.some(({ kind }) => kind === 'local') ?? false;
  const hasDriver = existsSync(join(dirname(dirname(program)), 'node_modules', 'libsql'));
  if (needsStore && isBefore(version, NODE_WITH_SQLITE) && !hasDriver) {
    const detail = `${node} is ${version}: too old for the embedded store, which needs ${withSqlite} or the package libsql`;
    return [error('node-version', detail, { advice: `Install Node ${withSqlite} or later first.`, remedy: INSTALL })];
  }
  return [ok('node-version', version)];
}

function checkCopy(program: string): Check {
  const root = dirname(dirname(program));
  if (!existsSync(program)) return error('program', `the program's copy ${program} is missing`, INSTALL);
  const version = asString(readJsonObject(join(root, 'package.json'), MAX_MANIFEST_BYTES)?.['version']);
  if (version === programVersion()) return ok('program', `${version}, in ${root}`);
  return warning('program', `the hook runs ${version ?? 'another version'}, and this is ${programVersion()}`, INSTALL);
}

/** A launcher that cannot start anything is not fired: that would only say the same again. */
export function canStart({ paths, env }: Pick<Subject, 'paths' | 'env'>): boolean {
  const written = readLauncher(paths.launcher);
  if (written === undefined || !existsSync(written.program)) return false;
  return isExecutable(written.node) || nodeOnPath(env) !== undefined;
}

function nodeOnPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'node')).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Without the `v`; undefined where it cannot be run. */
function versionOf(node: string, env: NodeJS.ProcessEnv): string | undefined {
  const { stdout } = spawnSync(node, ['--version'], { env, encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  return /^v(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout ?? '')?.[1];
}

function isBefore(version: string, [major = 0, minor = 0]: readonly number[]): boolean {
  const [givenMajor = 0, givenMinor = 0] = version.split('.').map(Number);
  return givenMajor < major || (givenMajor === major && givenMinor < minor);
}
