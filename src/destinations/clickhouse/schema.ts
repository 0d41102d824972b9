/** The table: a typed column for every field of the record that is no text, made from the declarations of the fields. */
import { fields, type Field } from '../../fields/index.ts';

/** Names that have been checked. */
export interface Table {
  database: string;
  table: string;
}

/** `plain`: for servers from before version 20.1, such as Debian's. */
export type Dialect = 'current' | 'plain';

/** Holds, as JSON, what has no column of its own. */
export const REST = 'record';
/** Of several rows with one id, the one with the largest number stays. */
export const VERSION = 'record_version';

/** The fields that have a column. What people, models and tools wrote stays together as JSON: queries rarely read it. */
export const columnNames: ReadonlySet<string> = new Set(
  Object.keys(fields).filter((name) => fields[name]?.privacy !== 'content'),
);

/** As it stands in SQL. */
export function nameOf({ database, table }: Table): string {
  return `\`${database}\`.\`${table}\``;
}

/**
 * A record that comes again has the same type and id, so ORDER BY makes the two one row, and every question about one
 * type of record skips the others. Days are partitions: a query of a span of time opens those alone.
 * `ttlDays`: rows without a time, which stand at 1970, are kept.
 */
export function createTable(table: Table, dialect: Dialect, ttlDays?: number): string {
  const columns = columnsIn(dialect).map(([name, type]) => `  \`${name}\` ${type}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${nameOf(table)}\n(\n${columns.join(',\n')}\n)`,
    `ENGINE = ReplacingMergeTree(${VERSION})`,
    'PARTITION BY toDate(timestamp)',
    'ORDER BY (type, id)',
    ...(ttlDays === undefined
      ? []
      : [`TTL toDate(timestamp) + INTERVAL ${ttlDays} DAY DELETE WHERE toDate(timestamp) > '1970-01-01'`]),
  ].join('\n');
}

/** Brings a table that an older version has made up to date. */
export function addColumns(table: Table): string {
  const additions = columnsIn('current').map(([name, type]) => `  ADD COLUMN IF NOT EXISTS \`${name}\` ${type}`);
  return `ALTER TABLE ${nameOf(table)}\n${additions.join(',\n')}`;
}

/** Both for the table of the defaults, as the file that whoever looks after a server can run. */
export function schemaFile(): string {
  const table = { database: 'default', table: 'stopwire_records' };
  return `-- Written by \`npm run docs\`; do not edit.
-- Creates the table of the destination clickhouse, or adds to one that is there the columns of this version.

${createTable(table, 'current')};

${addColumns(table)};
`;
}

function columnsIn(dialect: Dialect): (readonly [name: string, type: string])[] {
  const named = Object.entries(fields).filter(([name]) => columnNames.has(name));
  return [
    ...named.map(([name, field]) => [name, typeOf(name, field, dialect)] as const),
    [REST, 'String'],
    [VERSION, 'UInt64'],
  ];
}

function typeOf(name: string, { type, privacy, unit }: Field, dialect: Dialect): string {
  const word = privacy === 'enum' && dialect === 'current' ? 'LowCardinality(String)' : 'String';
  const time = dialect === 'current' ? "DateTime64(3, 'UTC')" : "DateTime('UTC')";
  const types: { readonly [type in Field['type']]: string } = {
    // Amounts in 10⁻¹² USD are texts in JSON, where numbers of that size are not exact.
    string: unit === undefined ? word : 'Nullable(Int64)',
    strings: `Array(${word})`,
    // What partitions are made by cannot be NULL.
    timestamp: name === 'timestamp' ? time : `Nullable(${time})`,
    integer: 'Nullable(Int64)',
    number: 'Nullable(Float64)',
    boolean: 'Nullable(UInt8)',
  };
  return types[type];
}
