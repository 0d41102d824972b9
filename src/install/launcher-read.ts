/** The launcher read back: which node it starts, and which program. */
import { readRegularFile } from '../lib/read-file.ts';

export interface WrittenLauncher {
  /** The node that it was installed with. */
  node: string;
  /** The program's bin. */
  program: string;
}

const MAX_BYTES = 65_536;
/** One word in single quotes, as `launcherScript` writes it; `'\''` is a quote within it. */
const WORD = `'((?:[^']|'\\\\'')*)'`;

/** Undefined where there is no launcher, or none of ours. */
export function readLauncher(path: string): WrittenLauncher | undefined {
  const text = readRegularFile(path, MAX_BYTES) ?? '';
  const node = wordIn(text, new RegExp(`^node=${WORD}$`, 'm'));
  const program = wordIn(text, new RegExp(`^\\[ -f ${WORD} \\] \\|\\| exit 0$`, 'm'));
  return node === undefined || program === undefined ? undefined : { node, program };
}

function wordIn(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1]?.replaceAll(`'\\''`, `'`);
}
