/** Lines that must have been there: records of the embedded store that follow a line which is not in it. */
import { recordId } from '../fields/identity.ts';
import { asNumber, asString } from '../lib/json.ts';
import { openDatabase, type Database, type SqlRow } from './sqlite.ts';
import { rows } from './store-costs.ts';

/** A record whose parent no record is. */
export interface Orphan {
  /** The uuid of the line that is missing. */
  parent: string;
  /** The uuid of a line that follows it. */
  child: string;
  /** The transcript that the child was read from. */
  file: string | undefined;
  /** The byte offset at which what the store has of that transcript begins. */
  storedFrom: number;
  /** Bytes of that transcript could not be read as a line: the parent may be among them. */
  isInDamagedFile: boolean;
}

export interface OrphanSearch {
  /** How many records were looked at. */
  checked: number;
  orphans: Orphan[];
}

/** Lines of these types have always had a uuid; newer ones are learned from the records themselves. */
const TYPES = ['user', 'assistant', 'attachment', 'system', 'progress'];

const CHILDREN = `
  SELECT type, json ->> 'uuid' AS uuid, json ->> 'parent_uuid' AS parent, session_id AS session, file
  FROM (SELECT type, json, session_id, source_file AS file, timestamp FROM records ORDER BY seq DESC LIMIT ?)
  WHERE timestamp >= ? AND json ->> 'uuid' IS NOT NULL
`;

/**
 * Looks at those of the `limit` newest records that are from `since` (ISO 8601) on; a parent may be older than that. A
 * line without `parentUuid` has none: the first of a session or a sub-agent, and the boundary of a compaction, which
 * names what it follows in `logicalParentUuid` alone. What a fork copied is there under the id of the original.
 *
 * @throws UserError where this Node cannot open the store
 */
export function findOrphans(path: string, { since, limit }: { since: string; limit: number }): OrphanSearch {
  const database = openDatabase(path);
  try {
    const children = rows(database, CHILDREN, [limit, since]);
    const known = new Set(children.map(({ uuid }) => uuid));
    const candidates = new Map<string, SqlRow>();
    for (const child of children) {
      const parent = asString(child['parent']);
      if (parent !== undefined && !known.has(parent)) candidates.set(parent, child);
    }
    const types = [...new Set([...TYPES, ...children.map(({ type }) => asString(type) ?? '')])];
    for (const parent of storedAmong(database, [...candidates.keys()], types)) candidates.delete(parent);
    return { checked: children.length, orphans: orphansAmong(database, candidates) };
  } finally {
    database.close();
  }
}

function orphansAmong(database: Database, children: ReadonlyMap<string, SqlRow>): Orphan[] {
  const damaged = children.size === 0 ? new Set<unknown>() : damagedFiles(database);
  return Array.from(children, ([parent, { uuid, session, file }]) => ({
    parent,
    child: asString(uuid) ?? '',
    file: asString(file),
    storedFrom: storedFrom(database, asString(session), asString(file)),
    isInDamagedFile: damaged.has(file),
  }));
}

/** By their ids, which the store has an index of; a record's id follows from its line's type and uuid. */
function storedAmong(database: Database, uuids: readonly string[], types: readonly string[]): string[] {
  const names = new Map(uuids.flatMap((uuid) => types.map((type) => [recordId([type, uuid]), uuid])));
  const sql = 'SELECT id FROM records WHERE id IN (SELECT value FROM json_each(?))';
  const found = rows(database, sql, [JSON.stringify([...names.keys()])]);
  return found.flatMap(({ id }) => names.get(asString(id) ?? '') ?? []);
}

function damagedFiles(database: Database): Set<unknown> {
  const sql = "SELECT DISTINCT source_file AS file FROM records WHERE type = 'unparseable'";
  return new Set(rows(database, sql, []).map(({ file }) => file));
}

/** By way of the session, which the store has an index of. */
function storedFrom(database: Database, session: string | undefined, file: string | undefined): number {
  const sql = `
    SELECT min(json ->> 'source_offset') AS least FROM records
    WHERE session_id IS ? AND source_file IS ? AND json ->> 'uuid' IS NOT NULL
  `;
  const [row] = rows(database, sql, [session ?? null, file ?? null]);
  return asNumber(row?.['least']) ?? 0;
}
