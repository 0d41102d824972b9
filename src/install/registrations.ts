/** Where our Stop hook is registered: in Claude Code's settings of all levels, and in plugins that are switched on. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asArray, asObject, asString, type JsonObject } from '../lib/json.ts';
import { readJsonObject } from '../lib/read-file.ts';
import { isOurs } from './launcher.ts';
import type { SettingsLevel } from './settings-levels.ts';

export interface Registration {
  level: SettingsLevel['name'] | 'plugin';
  /** The file that it stands in. */
  path: string;
  command: string;
  /** Of a plugin: its name as the client's commands take it, and its folder. */
  plugin?: { name: string; root: string };
}

const MAX_BYTES = 1_048_576;

/** All of them; the client merges the hooks of all levels, and runs handlers that are the same only once. */
export function registrations(levels: readonly SettingsLevel[], claudeDirectory: string): Registration[] {
  const inSettings = levels.flatMap(({ name, path, value }) =>
    commandsIn(value).map((command) => ({ level: name, path, command })),
  );
  const plugins = [...installedPlugins(levels, claudeDirectory), ...skillPlugins(claudeDirectory)];
  const inPlugins = plugins.flatMap((plugin) => {
    const path = join(plugin.root, 'hooks', 'hooks.json');
    return commandsIn(readJsonObject(path, MAX_BYTES)).map((command) => {
      return { level: 'plugin', path, command, plugin } satisfies Registration;
    });
  });
  return [...inSettings, ...inPlugins];
}

/** Our commands that the client would run at the end of a turn; what is not shaped as the client has it, it drops. */
function commandsIn(settings: JsonObject | undefined): string[] {
  const groups = asArray(asObject(settings?.['hooks'])?.['Stop']) ?? [];
  const handlers = groups.flatMap((group) => asArray(asObject(group)?.['hooks']) ?? []).map(asObject);
  return handlers.flatMap((handler) => {
    const command = handler?.['type'] === 'command' ? asString(handler['command']) : undefined;
    return command !== undefined && isOurs(command) ? [command] : [];
  });
}

/** Those that `claude plugin install` has installed; of each, the strongest level that names it says whether it runs. */
function installedPlugins(
  levels: readonly SettingsLevel[],
  claudeDirectory: string,
): NonNullable<Registration['plugin']>[] {
  const file = readJsonObject(join(claudeDirectory, 'plugins', 'installed_plugins.json'), MAX_BYTES);
  const choices: JsonObject[] = levels.map(({ value }) => asObject(value?.['enabledPlugins']) ?? {});
  return Object.entries(asObject(file?.['plugins']) ?? {})
    .filter(([name]) => choices.find((choice) => Object.hasOwn(choice, name))?.[name] === true)
    .flatMap(([name, installed]) => {
      const roots = (asArray(installed) ?? [installed]).map((one) => asString(asObject(one)?.['installPath']));
      return [...new Set(roots)].flatMap((root) => (root === undefined ? [] : { name, root }));
    });
}

/** Folders of `skills/` that are plugins: these run by themselves. */
function skillPlugins(claudeDirectory: string): NonNullable<Registration['plugin']>[] {
  const folder = join(claudeDirectory, 'skills');
  return listOf(folder)
    .map((name) => ({ name, root: join(folder, name) }))
    .filter(({ root }) => readJsonObject(join(root, '.claude-plugin', 'plugin.json'), MAX_BYTES) !== undefined);
}

function listOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
