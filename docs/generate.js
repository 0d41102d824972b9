/**
 * Writes the reference from the code: fields, schema of the record, what each level of redaction sends, options of
 * destinations, commands and what they print as JSON, and what became of other systems' features. With --check it writes
 * nothing and exits 1 where a page is not what the code says.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const {
  fieldsPage,
  privacyPage,
  recordSchema,
  destinationKinds,
  anosysColumns,
  legacyColumns,
  schemaFile,
  systems,
  cliSchema,
  commandPages,
} = await load();
const pages = {
  'docs/fields.md': await formatted(fieldsPage(), 'markdown'),
  'schema/record.v1.json': await formatted(JSON.stringify(recordSchema()), 'json'),
  'docs/destinations.md': await destinationsPage(),
  'docs/cli.md': await commandsPage(),
  'schema/cli.v1.json': await formatted(JSON.stringify(cliSchema()), 'json'),
  'docs/anosys.md': await anosysPage(),
  'schema/clickhouse.sql': schemaFile(),
  'docs/systems.md': await systemsPage(),
  'docs/privacy.md': await privacyText(),
  'README.md': await readme(),
};
if (process.argv.includes('--check')) check();
else for (const [path, text] of Object.entries(pages)) write(path, text);

/** The declarations, straight from the source. */
async function load() {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.docs-'));
  const outfile = join(folder, 'declarations.mjs');
  try {
    await build({
      stdin: {
        contents: `export { fieldsPage } from './src/commands/fields-page.ts';
          export { privacyPage } from './docs/privacy-page.ts';
          export { recordSchema } from './docs/record-schema.ts';
          export { destinationKinds } from './src/destinations/index.ts';
          export { anosysColumns, legacyColumns } from './src/destinations/anosys/columns.ts';
          export { schemaFile } from './src/destinations/clickhouse/schema.ts';
          export { systems } from './docs/systems.ts';
          export { cliSchema } from './docs/cli-schema.ts';
          export { commandPages } from './docs/cli-page.ts';`,
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

async function destinationsPage() {
  const kinds = await Promise.all(
    Object.entries(destinationKinds).map(async ([name, loadKind]) => {
      const { about, options } = await loadKind();
      const rows = Object.entries(options).map(([option, declared]) => {
        const { default: value, about: help, required } = declared;
        const fallback = required ? 'needed' : value === undefined ? '' : `\`${value}\``;
        return [`\`${option}\``, kindWords(declared), fallback, help];
      });
      return `## ${name}\n\n${about}\n\n${table(['option', 'kind', 'default', 'what it does'], rows)}`;
    }),
  );
  return page(
    'Destinations and their options',
    `A destination stands in \`config.json\` as \`{ "name", "kind", "redaction", "options" }\`; \`name\` is yours and names
the cursors, \`redaction\` is \`none\`, \`secrets\`, \`content\` or \`metadata\` (see [privacy.md](privacy.md)),
with \`"hash": true\` or, at \`none\`, \`"maskSecrets": false\` beside it.

An option that is a secret can be given as its text, or as a reference that is looked up each time the destination is
opened, and never stored or shown:

- \`{ "file": "/home/you/.config/stopwire/key" }\`: a file that is yours and has mode 0600.
- \`{ "command": "security find-generic-password -s stopwire -w" }\` (macOS), \`{ "command":
  "XDG_RUNTIME_DIR=/run/user/$(id -u) secret-tool lookup service stopwire" }\` (Linux): what the command prints. \`sh\` runs
  it in your home folder, with \`PATH\` and \`HOME\` alone, for five seconds at most; its standard error is passed over.
- \`{ "env": "STOPWIRE_KEY" }\`: a variable. The hook hands no such variable to its worker, so this is for
  \`stopwire run\`, as in a CI job or a timer.

\`stopwire destinations add http --set endpoint=… --secret apiKey=file:/home/you/.config/stopwire/key\` writes one; \`env:\` and
\`command:\` go in the same way.`,
    kinds,
  );
}

function commandsPage() {
  const { lead, sections } = commandPages();
  return page('Commands', lead, sections);
}

/** The page as it stands, with the table of destinations anew. */
async function readme() {
  const kinds = await Promise.all(
    Object.entries(destinationKinds).map(async ([name, loadKind]) => [`\`${name}\``, (await loadKind()).about]),
  );
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const marked = /(<!-- destinations: .*?-->\n).*?(<!-- \/destinations -->)/s;
  if (!marked.test(text)) throw new Error('README.md has no place for the table of destinations.');
  return formatted(text.replace(marked, `$1\n${table(['type', 'where records go'], kinds)}\n\n$2`), 'markdown');
}

function anosysPage() {
  const rows = Object.entries(anosysColumns).map(([column, { field, rule = '' }]) => {
    return [`\`${column}\``, field === undefined ? '' : `\`${field}\``, rule];
  });
  const older = Object.entries(legacyColumns).map(([column, { field }]) => `\`${column}\` (\`${field}\`)`);
  return page(
    'Columns of Anosys',
    `The ${rows.length} columns that the ingestion of Anosys knows, and what of a record fills each of them. With \`columns=legacy\`,
most have numbers for names, and there are ${older.length} more: ${older.join(', ')}.`,
    [table(['column', 'field', 'rule'], rows)],
  );
}

function systemsPage() {
  const sections = systems.map(({ name, about, rows }) => {
    const cells = rows.map(([id, what, fields, how = '']) => {
      const names = fields === '' ? [] : fields.split(' ').map((field) => `\`${field}\``);
      return [id, what, [names.join(', '), how].filter((part) => part !== '').join('; ')];
    });
    return `## ${name}\n\n${about}\n\n${table(['row', 'what it is', 'carried by'], cells)}`;
  });
  const count = systems.reduce((sum, { rows }) => sum + rows.length, 0);
  return page(
    'What other systems derive from a transcript',
    `${count} facts that observability tools for coding agents take from transcripts or hooks, and what carries each of
them here: fields of the record in backticks (see [fields.md](fields.md)), or a command. Rows are named by the system's
prefix and a number.`,
    sections,
  );
}

function privacyText() {
  const { lead, sections } = privacyPage();
  return page('What is sent, field by field', lead, sections);
}

function kindWords({ kind, choices, secret }) {
  const words = choices === undefined ? kind : choices.map((choice) => `\`${choice}\``).join(' or ');
  return secret ? `${words}, secret` : words;
}

function page(title, lead, sections) {
  const text = `# ${title}\n\n<!-- Written by \`npm run docs\`; do not edit. -->\n\n${lead}\n\n${sections.join('\n\n')}\n`;
  return formatted(text, 'markdown');
}

async function formatted(text, parser) {
  return format(text, { ...(await resolveConfig(join(ROOT, 'README.md'))), parser });
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function write(path, text) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
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
