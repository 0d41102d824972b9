/** Places told from the project: by their names alone, since the machine that wrote them may be another one. */
import { absolutePath, pathBelow } from '../lib/lexical-path.ts';

export interface Folders {
  /** Where the session was started. */
  project?: string | undefined;
  /** Where it is at the line. */
  cwd?: string | undefined;
}

/** The path from the project, else from the working directory; undefined outside of both. */
export function insideOf(path: string, { project, cwd }: Folders): string | undefined {
  const whole = absolutePath(path, cwd ?? project);
  if (whole === undefined) return undefined;
  return (project && pathBelow(whole, project)) ?? (cwd && pathBelow(whole, cwd));
}
