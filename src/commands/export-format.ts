/** How exported records are written: whole or some of their fields, as JSON lines or as CSV. */
import { UserError } from '../errors.ts';
import { fields } from '../fields/index.ts';
import { csvRow } from '../lib/csv.ts';
import { asObject } from '../lib/json.ts';
import { nearest } from '../lib/nearest.ts';

export interface FormatFlags {
  format: 'ndjson' | 'csv';
  /** Names with commas between them. */
  fields?: string | undefined;
}

export interface ExportFormat {
  head: string;
  row: (json: string) => string;
}

/** The writer for the flags. Throws a UserError with exit code 2 where they name a field that there is not. */
export function exportFormat({ format, fields: asked }: FormatFlags): ExportFormat {
  const names = asked === undefined ? undefined : fieldsNamed(asked);
  if (format === 'csv') {
    const columns = names ?? Object.keys(fields);
    return { head: csvRow(columns), row: (json) => csvRow(valuesOf(json, columns).map(([, value]) => value)) };
  }
  if (names === undefined) return { head: '', row: (json) => `${json}\n` };
  return { head: '', row: (json) => `${JSON.stringify(Object.fromEntries(valuesOf(json, names)))}\n` };
}

/** The parts of a list that was given with commas. */
export function listed(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function valuesOf(json: string, names: readonly string[]): [string, unknown][] {
  const record = asObject(JSON.parse(json)) ?? {};
  return names.map((name) => [name, record[name]]);
}

function fieldsNamed(asked: string): string[] {
  const names = listed(asked);
  for (const name of names) {
    if (!Object.hasOwn(fields, name)) throw unknownField(name);
  }
  if (names.length === 0) throw new UserError('--fields names no field.', { hint: FIELDS_HINT, exitCode: 2 });
  return [...new Set(names)];
}

const FIELDS_HINT = 'Every field of a record: npx stopwire fields';

function unknownField(name: string): UserError {
  const meant = nearest(name, Object.keys(fields));
  const hint = meant === undefined ? FIELDS_HINT : `Did you mean ${meant}? ${FIELDS_HINT}`;
  return new UserError(`--fields: there is no field ${name}.`, { hint, exitCode: 2 });
}
