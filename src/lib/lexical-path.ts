/** Paths as text: they may come from another machine, so no file system and no current directory is asked. */
import { posix, win32 } from 'node:path';

/** The path without `.` and `..`; a relative one is taken from `base`. Undefined where that is no absolute path. */
export function absolutePath(path: string, base: string | undefined): string | undefined {
  const style = styleOf(path, base);
  if (style.isAbsolute(path)) return style.normalize(path);
  return base !== undefined && style.isAbsolute(base) ? style.join(base, path) : undefined;
}

/** The way from an absolute folder down to an absolute path; undefined where the path is not in it or below it. */
export function pathBelow(path: string, folder: string): string | undefined {
  const style = styleOf(path, folder);
  if (!style.isAbsolute(path) || !style.isAbsolute(folder)) return undefined;
  const way = style.relative(folder, path);
  const isOutside = way === '..' || way.startsWith(`..${style.sep}`) || style.isAbsolute(way);
  return isOutside ? undefined : way || '.';
}

/** The home directory that a path of the usual places lies in. */
export function homeOf(path: string): string | undefined {
  return /^(?:\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Za-z]:\\Users\\[^\\]+)(?=[/\\]|$)/.exec(path)?.[0];
}

const WINDOWS = /^(?:[A-Za-z]:[\\/]|\\\\)/;

/** By how the path itself begins; where it is relative, by its base. */
function styleOf(path: string, base: string | undefined): typeof posix {
  return WINDOWS.test(path) || (!path.startsWith('/') && WINDOWS.test(base ?? '')) ? win32 : posix;
}
