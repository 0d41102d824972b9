/** A file as the target of lines: whole lines, whatever was cut short before, and rotation. */
import { fstatSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { rotateFile } from '../../lib/rotate-file.ts';
import { systemReason } from '../../lib/system-errors.ts';
import type { Target } from './target.ts';

export function fileTarget(path: string, rotateBytes: number, keepFiles: number): Target {
  let handle: FileHandle | undefined;
  const opened = async (): Promise<FileHandle> => (handle ??= await open(path, 'a+', 0o600));
  const close = async (): Promise<void> => {
    const closing = handle;
    handle = undefined;
    // The lines are delivered and committed; where syncing fails, as it does on a pipe, there is nothing left to undo.
    await closing?.datasync().catch(() => undefined);
    await closing?.close();
  };
  /** The file with room for so many bytes. */
  const withRoom = async (bytes: number): Promise<FileHandle> => {
    const size = rotateBytes === 0 ? 0 : sizeOf(await opened());
    if (size === 0 || size + bytes <= rotateBytes) return opened();
    await close();
    rotateFile(path, keepFiles);
    return opened();
  };
  return {
    open: async () => void (await opened()),
    async append(lines) {
      const end = await withRoom(Buffer.byteLength(lines));
      await writeAll(end, Buffer.from(endsWithinLine(end) ? `\n${lines}` : lines));
    },
    explain: (code) => `the file cannot be written: ${[code, systemReason(code)].filter(Boolean).join(', ')}`,
    close,
  };
}

/** Of a regular file; a pipe or a device does not fill up. */
function sizeOf({ fd }: FileHandle): number {
  const stats = fstatSync(fd);
  return stats.isFile() ? stats.size : 0;
}

/**
 * Whether the last line was cut short, by us or by another writer. Only a regular file can tell. Synchronous: it comes
 * before each write, and two trips to the thread pool would take as long as that.
 */
function endsWithinLine(handle: FileHandle): boolean {
  const size = sizeOf(handle);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(handle.fd, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a;
}

/** One write as a rule; a disk that is filling up takes less than it was given, without an error. */
async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}
