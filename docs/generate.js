/**
 * Writes the reference from the code: fields, options of destinations, commands. With --check it writes nothing and
 * exits 1 where a page is not what the code says. Needs a built dist/.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const COMMANDS = ['install', 'status', 'run', 'export', 'demo', 'uninstall'];

const { fieldGroups, destinationKinds } = await load();
const pages = {
  'docs/fields.md': await fieldsPage(),
  'docs/destinations.md': await destinationsPage(),
  'docs/commands.md': await commandsPage(),
};
if (process.argv.includes('--check')) check();
else for (const [path, text] of Object.entries(pages)) writeFileSync(join(ROOT, path), text);

/** The declarations, straight from the source. */
async function load() {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.docs-'));
  const outfile = join(folder, 'declarations.mjs');
  try {
    await build({
      stdin: {
        contents: `export { fieldGroups } from './src/fields/index.ts';
          export { destinationKinds } from './src/destinations/index.ts';`,
        resolveDir: ROOT,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['libsql'],
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fieldsPage() {
  const groups = Object.entries(fieldGroups).map(([name, fields]) => {
    const rows = Object.entries(fields).map(([field, { type, unit, privacy, source, about }]) => {
      return [`\`${field}\``, unit === undefined ? type : `${type}, ${unit}`, privacy, about, source];
    });
    return `## ${name}\n\n${table(['field', 'type', 'class', 'what it is', 'where it comes from'], rows)}`;
  });
  const count = Object.values(fieldGroups).reduce((sum, fields) => sum + Object.keys(fields).length, 0);
  return page(
    'Fields of the record',
    `One record a line of a transcript, ${count} fields. A field that a line says nothing about is absent; \`id\` and
\`type\` are always there. \`class\` is the privacy class that redaction goes by: at the level \`content\`, values of
class \`content\` become \`REDACTED\`, everything else stays.`,
    groups,
  );
}

async function destinationsPage() {
  const kinds = await Promise.all(
    Object.entries(destinationKinds).map(async ([name, loadKind]) => {
      const { about, options } = await loadKind();
      const rows = Object.entries(options).map(([option, { kind, default: value, about: help, required, secret }]) => {
        const fallback = required ? 'needed' : value === undefined ? '' : `\`${value}\``;
        return [`\`${option}\``, secret ? `${kind}, secret` : kind, fallback, help];
      });
      return `## ${name}\n\n${about}\n\n${table(['option', 'kind', 'default', 'what it does'], rows)}`;
    }),
  );
  return page(
    'Destinations and their options',
    `A destination stands in \`config.json\` as \`{ "name", "kind", "redaction", "options" }\`; \`name\` is yours and names
the cursors, \`redaction\` is \`none\` or \`content\`.`,
    kinds,
  );
}

function commandsPage() {
  const help = COMMANDS.map((command) => {
    const text = execFileSync(process.execPath, [join(ROOT, 'dist', 'main.js'), command, '--help'], {
      encoding: 'utf8',
      env: { HOME: '/home/you', PATH: process.env.PATH, NO_COLOR: '1' },
    });
    return `## stopwire ${command}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\``;
  });
  return page(
    'Commands',
    'What each command says to `--help`. Data goes to standard output, words to standard error.',
    help,
  );
}

async function page(title, lead, sections) {
  const text = `# ${title}\n\n<!-- Written by \`npm run docs\`; do not edit. -->\n\n${lead}\n\n${sections.join('\n\n')}\n`;
  return format(text, { ...(await resolveConfig(join(ROOT, 'README.md'))), parser: 'markdown' });
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function check() {
  const stale = Object.keys(pages).filter((path) => read(path) !== pages[path]);
  if (stale.length === 0) return;
  console.error(`Not what the code says: ${stale.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
}

function read(path) {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}
