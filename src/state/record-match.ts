/** Whether a record passes a filter, as `store-filter.ts` asks it of the embedded store; for records kept elsewhere. */
import type { MessageRecord } from '../fields/index.ts';
import type { RecordFilter } from './store-filter.ts';

/** Compiles a filter, so that little is left to do for each record. */
export function matcher(filter: RecordFilter): (record: MessageRecord) => boolean {
  const { since = '', until, sessions, types } = filter;
  const isOfProject = filter.project === undefined ? () => true : ofProject(filter.project);
  const hasSpan = filter.since !== undefined || until !== undefined;
  return ({ timestamp, session_id: session, type, project }) =>
    (!hasSpan || (timestamp !== undefined && timestamp >= since && (until === undefined || timestamp < until))) &&
    (sessions === undefined || (session !== undefined && sessions.includes(session))) &&
    (types === undefined || types.includes(type)) &&
    isOfProject(project);
}

function ofProject(wanted: string): (project: string | undefined) => boolean {
  if (/[*?[]/.test(wanted)) return like(wanted);
  if (/[/\\]/.test(wanted)) return below(wanted);
  return (project) => project !== undefined && [`/${wanted}`, `\\${wanted}`].some((end) => `/${project}`.endsWith(end));
}

/** The client's folder for a directory stands for the project of lines that come before the first directory. */
function below(path: string): (project: string | undefined) => boolean {
  const folder = path.replaceAll(/[^A-Za-z0-9]/g, '-');
  return (project) =>
    project !== undefined &&
    ([path, folder].includes(project) || [`${path}/`, `${path}\\`].some((start) => project.startsWith(start)));
}

/** SQLite's GLOB: `*`, `?` and `[…]`, in which `^` negates and a `]` in the first place is itself. */
function like(pattern: string): (project: string | undefined) => boolean {
  const tokens = pattern.match(/\[\^?\]?[^\]]*\]|[^]/gu) ?? [];
  const expression = new RegExp(`^${tokens.map(expressionOf).join('')}$`, 'su');
  return (project) => project !== undefined && (project === pattern || expression.test(project));
}

const NEVER = '(?!)';

function expressionOf(token: string): string {
  if (token === '*') return '.*';
  if (token === '?') return '.';
  if (!token.startsWith('[')) return escaped(token);
  const [, negation = '', characters = ''] = /^\[(\^?)(\]?[^\]]*)\]$/su.exec(token) ?? [];
  if (characters === '') return NEVER;
  const ranges = Array.from(characters.matchAll(/(.)-(.)|./gsu), ([one, from, to]) => rangeOf(one, from, to));
  return `[${negation}${ranges.join('')}]`;
}

/** A range that goes backwards holds nothing. */
function rangeOf(one: string, from: string | undefined, to: string | undefined): string {
  if (from === undefined || to === undefined) return escaped(one);
  return from > to ? '' : `${escaped(from)}-${escaped(to)}`;
}

function escaped(character: string): string {
  return String.raw`\u{${character.codePointAt(0)?.toString(16)}}`;
}
