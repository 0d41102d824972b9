/** The reference of the fields, as Markdown: what docs/fields.md holds. */
import { byGroup, catalogue, type CatalogueRow } from '../fields/catalogue.ts';
import { leftOut } from '../fields/left-out.ts';
import { unseen } from '../fields/unseen.ts';

export function fieldsPage(): string {
  const rows = catalogue();
  return (
    [
      '# Fields of the record',
      '<!-- Written by `npm run docs`; do not edit. -->',
      `One record a line of a transcript, ${rows.length} fields. A field that a line says nothing about is absent; \`id\` and
\`type\` are always there. \`class\` is the privacy class that redaction goes by: at the level \`content\`, values of
class \`content\` become \`REDACTED\`, everything else stays. In the last column, names in backticks are paths in the line:
\`[]\` stands for every item of a list, \`*\` for any one key and \`.**\` for everything below.`,
      'The same is printed by `stopwire fields`, and as data by `stopwire fields --json`; `schema/record.v1.json` is the JSON\nSchema of a record.',
      ...byGroup(rows).map(groupSection),
      '## What is left out',
      'Everything else that a line holds is left out, and this is why.',
      table(['path', 'left out because'], pathRows(leftOut)),
      '## Read, but in no fixture',
      'These paths are read although no transcript that the tests have holds them.',
      table(['path', 'known from'], pathRows(unseen)),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

function groupSection([group, rows]: readonly [string, readonly CatalogueRow[]]): string {
  const cells = rows.map(({ name, type, unit, privacy, about, source }) => {
    return [`\`${name}\``, unit === undefined ? type : `${type}, ${unit}`, privacy, about, source];
  });
  return `## ${group}\n\n${table(['field', 'type', 'class', 'what it is', 'where it comes from'], cells)}`;
}

function pathRows(reasons: { readonly [path: string]: string }): string[][] {
  return Object.entries(reasons).map(([path, reason]) => [`\`${path}\``, reason]);
}

/** A table in the form that Prettier gives it, so that the page is the same wherever it is printed. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => lengthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell))).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
