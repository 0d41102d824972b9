/** Reading price files from disk, each under a name that may be shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { reasonOf, UserError } from '../errors.ts';
import { parseOverrideFile, parsePriceFile, unusable } from './price-file.ts';
import type { PriceFile } from './price-types.ts';

/** A price file, under the name that errors give it. */
export interface NamedFile {
  name: string;
  file: PriceFile;
}

/**
 * One file of a directory. Its name is that and the directory's: the rest of a path can name a person.
 * Throws a UserError where it cannot be read or understood.
 */
export function readTable(directory: string, name: string): NamedFile {
  const shown = join(basename(directory), name);
  return { name: shown, file: parsePriceFile(readPriceText(join(directory, name), shown), shown) };
}

/** Throws a UserError where the file cannot be read or understood. */
export function readOverride(path: string): NamedFile {
  const name = basename(path);
  return { name, file: parseOverrideFile(readPriceText(path, name), name) };
}

/** The names of the price files in a directory. Throws a UserError where there is none. */
export function priceFilesIn(directory: string): string[] {
  const shown = basename(directory);
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
    if (names.length > 0) return names.toSorted();
  } catch (error) {
    throw noPriceFiles(`The folder ${shown} of price files cannot be read: ${reasonOf(error)}.`, error);
  }
  throw noPriceFiles(`The folder ${shown} holds no price file.`);
}

/** Throws a UserError that names the file as `shown`. */
export function readPriceText(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(shown, `it cannot be read (${reasonOf(error)})`, error);
  }
}

function noPriceFiles(message: string, cause?: unknown): UserError {
  return new UserError(message, { hint: 'Installing stopwire again brings its price files back.', cause });
}
