/** Builds dist/: one bin that loads the rest lazily, every package bundled but the native SQLite driver. */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  sourcemap: false,
  // jsonc-parser's main field is a UMD build, which cannot be bundled.
  mainFields: ['module', 'main'],
  external: ['libsql'],
  legalComments: 'linked',
  logLevel: 'warning',
  // For the CommonJS packages inside.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
await chmod('dist/main.js', 0o755);
