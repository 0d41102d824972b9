/** What an installation changed in files that others own, so that uninstalling can take exactly that back. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { asArray, asBoolean, asObject, asString, isObject } from '../lib/json.ts';
import type { WrittenVariables } from './otel-settings.ts';
import type { Created } from './settings-parse.ts';

/** One settings file with our hook in it. */
export interface PatchedSettings {
  path: string;
  /** The folder whose sessions it counts for; undefined where it counts for all. */
  project?: string;
  /** The containers that we had to make for the hook. */
  created: readonly Created[];
  /** The variables that we have set in its `env`. */
  variables?: WrittenVariables;
  /** SHA-256 of the file as we left it: while it holds, nobody else has changed it. */
  sha256: string;
  /** Where its bytes from before are kept; undefined where there was no file before, or they are not known. */
  backup?: string;
  /** There was no such file before. */
  wasMissing?: true;
  /** There was no such directory before. */
  madeDirectory?: true;
  /** The hook has been taken out again; backups may be left. */
  isBare?: true;
}

/** Reads the record; empty where there is none or it cannot be understood: then hooks are found by their command. */
export function readInstallation(path: string): PatchedSettings[] {
  if (!existsSync(path)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return (asArray(asObject(value)?.['settings']) ?? []).filter(isObject).flatMap(narrow);
  } catch {
    return [];
  }
}

export function writeInstallation(path: string, settings: readonly PatchedSettings[]): void {
  writeFileAtomically(path, `${JSON.stringify({ settings }, undefined, 2)}\n`, { mode: 0o600 });
}

function narrow(value: { readonly [key: string]: unknown }): PatchedSettings[] {
  const path = asString(value['path']);
  const sha256 = asString(value['sha256']);
  if (path === undefined || sha256 === undefined) return [];
  const created = (asArray(value['created']) ?? []).filter(
    (name) => name === 'hooks' || name === 'Stop' || name === 'env',
  );
  const backup = asString(value['backup']);
  const project = asString(value['project']);
  const variables = Object.entries(asObject(value['variables']) ?? {}).flatMap(narrowVariable);
  return [
    {
      path,
      sha256,
      created,
      ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
      ...(project !== undefined && { project }),
      ...(backup !== undefined && { backup }),
      ...(asBoolean(value['wasMissing']) && { wasMissing: true }),
      ...(asBoolean(value['madeDirectory']) && { madeDirectory: true }),
      ...(asBoolean(value['isBare']) && { isBare: true }),
    },
  ];
}

function narrowVariable([name, written]: [string, unknown]): [string, WrittenVariables[string]][] {
  const value = asString(asObject(written)?.['value']);
  const before = asString(asObject(written)?.['before']);
  return value === undefined ? [] : [[name, { value, ...(before !== undefined && { before }) }]];
}
