/** Bundles one source file, so that a child process can import it: Node 20 runs no TypeScript. */
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param entry the file, below `src/`
 *  @returns the path of the module that was written into `folder` */
export async function bundle(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, 'bundle.mjs');
  const source = join(import.meta.dirname, '..', '..', 'src', entry);
  await build({ entryPoints: [source], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
  return outfile;
}
