/** `stopwire version`: what runs here, and where it keeps things; what a bug report needs. */
import { programVersion } from '../program.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { hasNodeSqlite, openDatabase } from '../state/sqlite.ts';
import { asString, isObject } from '../lib/json.ts';
import { table, type Terminal } from '../ui.ts';

export function version({ json }: { json: boolean }, terminal: Terminal): number {
  const { node } = process.versions;
  const { platform, arch, execPath } = process;
  const paths = pathsFrom(terminal.env);
  const { config, stateDirectory: state, dataDirectory: data, log } = paths;
  const places = { config, state, data, log, claude: claudeConfigDirectory(terminal.env, paths.home), node: execPath };
  const sqlite = sqliteVersion();
  if (json) {
    terminal.out(JSON.stringify({ stopwire: programVersion(), node, platform, arch, sqlite, paths: places }));
    return 0;
  }
  terminal.out(
    table([
      ['stopwire', programVersion()],
      ['Node', `${node}, ${platform} ${arch}`],
      ['SQLite', sqlite === null ? 'none' : `${sqlite.version}, by ${sqlite.driver}`],
      ['configuration', config],
      ['state', state],
      ['data', data],
      ['log', log],
      ['Claude Code', places.claude],
    ]),
  );
  return 0;
}

/** Null where this Node has no driver. */
function sqliteVersion(): { version: string; driver: string } | null {
  try {
    const database = openDatabase(':memory:');
    const [row] = database.prepare('SELECT sqlite_version() AS version').all();
    database.close();
    const found = isObject(row) ? asString(row['version']) : undefined;
    return { version: found ?? 'unknown', driver: hasNodeSqlite() ? 'node:sqlite' : 'libsql' };
  } catch {
    return null;
  }
}
