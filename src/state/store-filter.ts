/** Which records of the embedded store are asked for, as SQL. */
import type { SqlValue } from './sqlite.ts';

/** Every condition that is given must hold. Records without a timestamp lie in no span of time. */
export interface RecordFilter {
  /** ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes it: the first moment that counts. */
  since?: string | undefined;
  /** Written likewise: the first moment that no longer counts. */
  until?: string | undefined;
  sessions?: readonly string[] | undefined;
  types?: readonly string[] | undefined;
  /** A pattern with `*`, `?` or `[…]`; an absolute path, with everything below it; or the last part of a path. */
  project?: string | undefined;
}

export interface Condition {
  sql: string;
  values: readonly SqlValue[];
}

const PROJECT = "json ->> 'project'";

/** The records that pass, in the order in which they came. Values are bound, never part of the text. */
export function selection(filter: RecordFilter): Condition {
  const { sql, values } = conditionOf(filter);
  return { sql: `SELECT json FROM records WHERE ${sql} ORDER BY seq`, values };
}

/** The same as one condition, for any table with these columns; `project` is where that one has the project. */
export function conditionOf(filter: RecordFilter, project: string = PROJECT): Condition {
  const conditions = [
    { sql: 'true', values: [] },
    ...(filter.since === undefined ? [] : [{ sql: 'timestamp >= ?', values: [filter.since] }]),
    ...(filter.until === undefined ? [] : [{ sql: 'timestamp < ?', values: [filter.until] }]),
    ...(filter.sessions === undefined ? [] : [oneOf('session_id', filter.sessions)]),
    ...(filter.types === undefined ? [] : [oneOf('type', filter.types)]),
    ...(filter.project === undefined ? [] : [ofProject(filter.project, project)]),
  ];
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}

function oneOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function ofProject(project: string, column: string): Condition {
  if (/[*?[]/.test(project)) return { sql: `(${column} = ? OR ${column} GLOB ?)`, values: [project, project] };
  if (/[/\\]/.test(project)) {
    const below = `${project}/`;
    return {
      sql: `(${column} IN (?, ?) OR substr(${column}, 1, length(?)) IN (?, ?))`,
      values: [project, folderOf(project), below, below, `${project}\\`],
    };
  }
  const after = `/${project}`;
  return {
    sql: `(${column} = ? OR substr(${column}, -length(?)) IN (?, ?))`,
    values: [project, after, after, `\\${project}`],
  };
}

/** The client's folder for a directory: it stands for the project of lines that come before the first directory. */
function folderOf(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, '-');
}
