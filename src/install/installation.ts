/** What an installation changed in files that others own, so that uninstalling can take exactly that back. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { asArray, asBoolean, asObject, asString, isObject } from '../lib/json.ts';
import type { Created } from './settings.ts';

/** One settings file with our hook in it. */
export interface PatchedSettings {
  path: string;
  /** The containers that we had to make for the hook. */
  created: readonly Created[];
  /** SHA-256 of the file as we left it: while it holds, nobody else has changed it. */
  sha256: string;
  /** Where its bytes from before are kept; undefined where there was no file before, or they are not known. */
  backup?: string;
  /** There was no such file before. */
  wasMissing?: true;
  /** There was no such directory before. */
  madeDirectory?: true;
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
  const created = (asArray(value['created']) ?? []).filter((name) => name === 'hooks' || name === 'Stop');
  const backup = asString(value['backup']);
  return [
    {
      path,
      sha256,
      created,
      ...(backup !== undefined && { backup }),
      ...(asBoolean(value['wasMissing']) && { wasMissing: true }),
      ...(asBoolean(value['madeDirectory']) && { madeDirectory: true }),
    },
  ];
}
