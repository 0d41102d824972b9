/** Builds dist/: one bin that loads the rest lazily, every package bundled but the native SQLite driver. */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const { metafile, outputFiles } = await build({
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
  // Loading these takes every command 30 ms and 9 ms: an Intl.Segmenter, and the standard streams that nobody uses yet.
  alias: { 'string-width': './src/lib/text-width.ts', 'node:process': './src/lib/node-process.ts' },
  // They stand in licenses.txt.
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
  // For the CommonJS packages inside.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});
const licensesText = await licenses(bundledPackages(metafile));

// Only now: a build that fails leaves the last one where it is.
await rm('dist', { recursive: true, force: true });
await mkdir('dist');
await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
await writeFile('dist/licenses.txt', licensesText);
await chmod('dist/main.js', 0o755);

/** The files of each package that something in dist/ was made of, by the package's folder. */
function bundledPackages({ outputs }) {
  const packages = new Map();
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    if (folder === undefined || bytesInOutput === 0) continue;
    packages.set(folder, (packages.get(folder) ?? new Set()).add(path));
  }
  return packages;
}

/** What these packages want to be passed on with their code. */
async function licenses(packages) {
  const sections = await Promise.all(Array.from(packages, ([folder, files]) => license(folder, files)));
  const intro = 'stopwire holds code of these packages, under the licences that follow.';
  return `${[intro, ...new Set(sections.toSorted())].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** A package's licence, and the copyright notices in its code; an error where it comes without a licence. */
async function license(folder, files) {
  const { name, version, license: id } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const names = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  if (names.length === 0) throw new Error(`${name} ${version} has no licence file, so it must not be bundled.`);
  const texts = await Promise.all(names.toSorted().map((file) => readFile(join(folder, file), 'utf8')));
  const code = await Promise.all(Array.from(files, (file) => readFile(file, 'utf8')));
  const notices = code.flatMap((text) => text.match(/\/\*.*?\*\//gs) ?? []).filter((text) => /copyright/i.test(text));
  return [`${name} ${version} (${id})`, ...texts, ...new Set(notices)].map((text) => text.trim()).join('\n\n');
}
