/** Who holds the lock, and does it still live? */
import { statSync } from 'node:fs';
import { isAlive } from '../../lib/process.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { spanWords } from '../../lib/span-words.ts';
import { readRegularFile } from '../../lib/read-file.ts';
import { ok, warning, type Check } from './check.ts';

/** A worker touches its lock every few seconds; a laptop that wakes up needs a moment. */
const SILENT_MS = 60_000;
/** A worker's run is bounded; a backfill or `run --watch` can take longer, and then this is no news. */
const LONG_MS = 1_800_000;
const MAX_BYTES = 4_096;

/** Never an error: the next worker takes over a lock that nobody keeps alive. */
export function checkLock(path: string, now: Date): Check {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return ok('lock', 'no worker is under way');
  const pid = Number(/^\d+/.exec(readRegularFile(path, MAX_BYTES) ?? '')?.[0] ?? Number.NaN);
  if (Number.isNaN(pid)) return warning('lock', `${path} does not say who holds it`, `rm -f ${shellWord(path)}`);
  if (!isAlive(pid)) return warning('lock', `held by process ${pid}, which has gone`, 'npx stopwire run');
  const silentMs = now.getTime() - stats.mtimeMs;
  if (silentMs > SILENT_MS) {
    const detail = `process ${pid} holds it and gave no sign of life for ${spanWords(silentMs)}`;
    return warning('lock', detail, `kill ${pid}; npx stopwire run`);
  }
  const heldMs = now.getTime() - stats.birthtimeMs;
  const detail = `held by process ${pid} for ${spanWords(heldMs)}`;
  return heldMs > LONG_MS ? warning('lock', detail, `ps -p ${pid} -o args=`) : ok('lock', detail);
}
