/** The program itself: where its package lies and which version it is. Stays one level below the package's root. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { asString, isObject } from './lib/json.ts';

/** The package's root: `src/` and the built `dist/` both lie right below it. */
export const programRoot = fileURLToPath(new URL('..', import.meta.url));

/** The version in package.json. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (isObject(manifest) ? asString(manifest['version']) : undefined) ?? '0.0.0';
}
