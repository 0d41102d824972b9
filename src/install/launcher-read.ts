/** The launcher read back: which node it starts, and which program. */
import { readRegularFile } from '../lib/read-file.ts';

export interface WrittenLauncher {
  /** The node that it was installed with. */
  node: string;
  /** The program's bin. */
  program: string;
}

const MAX_BYTES = 65_536;

/** Undefined where there is no launcher, or none of ours. */
export function readLauncher(path: string): WrittenLauncher | undefined {
  const text = readRegularFile(path, MAX_BYTES) ?? '';
  const valueOf = path.endsWith('.ps1') ? powershellValue : posixValue;
  const [node, program] = [valueOf(text, 'node'), valueOf(text, 'program')];
  return node === undefined || program === undefined ? undefined : { node, program };
}

/** A variable's value in single quotes, with `'\''` for a quote within it. */
function posixValue(text: string, name: string): string | undefined {
  const pattern = new RegExp(`^${name}='((?:[^']|'\\\\'')*)'$`, 'm');
  return pattern.exec(text)?.[1]?.replaceAll(`'\\''`, `'`);
}

/** The same in PowerShell, where quotes of any kind are doubled. */
function powershellValue(text: string, name: string): string | undefined {
  const pattern = new RegExp(`^\\$${name} = '(.*)'$`, 'm');
  return pattern.exec(text)?.[1]?.replaceAll(/(['\u2018-\u201B])\1/g, '$1');
}
