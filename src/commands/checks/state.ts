/** Can stopwire keep what it knows: the configuration, the private directories, the disk, the journal, the lock? */
import { closeSync, fsyncSync, lstatSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { reasonOf, UserError } from '../../errors.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { sizeWords } from '../../lib/span-words.ts';
import { journalDamage } from '../../state/journal-damage.ts';
import { readJournal } from '../../state/journal.ts';
import { error, INSTALL, ok, skipped, warning, type Check, type Subject } from './check.ts';
import { checkLock } from './lock.ts';

export function checkState(subject: Subject): Check[] {
  const { paths, now } = subject;
  return [
    checkConfig(subject),
    ...checkPrivacy(subject),
    checkDisk(paths.stateDirectory),
    ...checkJournal(paths.journal),
    checkLock(paths.lock, now),
  ];
}

function checkConfig({ paths, config, configProblem }: Subject): Check {
  if (configProblem !== undefined)
    return error('config', configProblem, { advice: `Mend ${paths.config}, or take it away first.`, remedy: INSTALL });
  if (config === undefined) return error('config', `there is no configuration at ${paths.config}`, INSTALL);
  if (config.destinations.length === 0) return error('config', `${paths.config} names no destination`, INSTALL);
  if (config.paused) return warning('config', 'everything is paused: the transcripts keep it', 'npx stopwire resume');
  const names = config.destinations.map(({ name }) => name).join(', ');
  return ok('config', `delivers to ${names}, says ${paths.config}`);
}

function checkPrivacy({ paths }: Subject): Check[] {
  const { stateDirectory, configDirectory, dataDirectory, config } = paths;
  const found = [stateDirectory, configDirectory, dataDirectory, config].flatMap(exposure);
  return found.length > 0
    ? found
    : [ok('private-files', 'only you may read the configuration, the state and the data')];
}

/** What others could do with a file or directory of ours; none where it is not there. */
function exposure(path: string): Check[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) {
    return [
      error(
        'private-files',
        `${path} is a symbolic link: whoever owns its target could swap our files`,
        `rm ${shellWord(path)}; ${INSTALL}`,
      ),
    ];
  }
  const user = process.getuid?.();
  if (user !== undefined && stats.uid !== user) {
    return [
      error(
        'private-files',
        `${path} belongs to another user (${stats.uid})`,
        `sudo chown -R "$(id -u)" ${shellWord(path)}`,
      ),
    ];
  }
  if (user === undefined || (stats.mode & 0o077) === 0) return [];
  const mode = (stats.mode & 0o777).toString(8);
  const command = `chmod ${stats.isDirectory() ? '700' : '600'} ${shellWord(path)}`;
  return [error('private-files', `others may use ${path}: its mode is ${mode}`, command)];
}

/** What a worker needs at once: an intent, a batch's cursors, a dead letter. */
const PROBE_BYTES = 4_096;
const LITTLE_BYTES = 67_108_864;

function checkDisk(directory: string): Check {
  const probe = join(directory, `probe.${randomUUID()}`);
  try {
    const file = openSync(probe, 'wx', 0o600);
    try {
      writeSync(file, Buffer.alloc(PROBE_BYTES));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const { bavail, bsize } = statfsSync(directory);
    const detail = `${sizeWords(bavail * bsize)} left in ${directory}`;
    return bavail * bsize < LITTLE_BYTES
      ? warning('disk', detail, `df -h ${shellWord(directory)}`)
      : ok('disk', detail);
  } catch (fault) {
    if (reasonOf(fault) === 'ENOENT') return skipped('disk', `${directory} is not there yet`);
    const detail = `nothing can be written to ${directory} (${reasonOf(fault)}), so nothing is sent`;
    return error('disk', detail, `ls -ld ${shellWord(directory)}; df -h ${shellWord(directory)}`);
  } finally {
    removeProbe(probe);
  }
}

function removeProbe(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // In a directory that nothing can be written to, there is none.
  }
}

function checkJournal(path: string): Check[] {
  try {
    readJournal(path);
  } catch (fault) {
    if (!(fault instanceof UserError))
      return [error('journal', `${path} cannot be read (${reasonOf(fault)})`, `ls -l ${shellWord(path)}`)];
    return [error('journal', fault.message, 'npx stopwire@latest install')];
  }
  const { lines, damaged } = journalDamage(path);
  if (damaged === 0) return [ok('journal', `${lines} lines, none damaged, in ${path}`)];
  const detail = `${damaged} of ${lines} lines of ${path} are damaged: records may arrive twice, under the same ids`;
  return [warning('journal', detail, 'npx stopwire run')];
}
