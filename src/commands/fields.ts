/** `stopwire fields`: what a record can hold. */
import { UserError } from '../errors.ts';
import { byGroup, catalogue } from '../fields/catalogue.ts';
import { columnsOf, hanging, paintFor, table, type Terminal } from '../ui.ts';
import { withOutput } from './output.ts';

export interface FieldsFlags {
  json: boolean;
  markdown: boolean;
}

export async function fields({ json, markdown }: FieldsFlags, terminal: Terminal): Promise<number> {
  if (json && markdown) throw new UserError('--json and --markdown are two forms of the same list.', { exitCode: 2 });
  const text = await (json ? JSON.stringify(catalogue()) : markdown ? page() : shown(terminal));
  await withOutput({ force: false }, (output) => output.write(`${text.trimEnd()}\n`));
  return 0;
}

const MARGIN = '    ';

async function page(): Promise<string> {
  return (await import('./fields-page.ts')).fieldsPage();
}

/** What a field is called and is, and below that what it says and where it comes from, as wide as the terminal. */
function shown({ env }: Terminal): string {
  const paint = paintFor('stdout', env);
  const rows = catalogue();
  const lines = table(rows.map(({ name, type, unit, privacy }) => [name, type, unit ?? '', privacy])).split('\n');
  const columns = columnsOf(env);
  const described = new Map(
    rows.map(({ name, about, source }, index) => {
      const from = hanging(MARGIN, `from ${source}`, columns)
        .split('\n')
        .map((line) => paint.dim(line));
      return [name, [lines[index] ?? '', hanging(MARGIN, about, columns), ...from].join('\n')];
    }),
  );
  return byGroup(rows)
    .map(([group, members]) => [paint.bold(group), ...members.map(({ name }) => described.get(name))].join('\n'))
    .join('\n\n');
}
