/**
 * The wake mark: an empty file that every fire of the hook leaves before it starts a worker, and that the leading
 * worker takes away before it looks at the transcripts. A mark that is there afterwards was left by a fire that the
 * sweep may have missed, so the worker goes round again: no fire is lost, whoever holds the lock.
 */
import { existsSync, rmSync } from 'node:fs';

/** Takes the mark away, if there is one; must come before the sweep it stands for. Throws where it has to stay. */
export function takeWakeMark(path: string): void {
  rmSync(path, { force: true });
}

/** Whether a fire has left a mark since the last one was taken. */
export function hasWakeMark(path: string): boolean {
  return existsSync(path);
}
