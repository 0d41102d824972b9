/** The prices in force: the shipped files or newer ones that the user fetched, and the user's own over them. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import { priceFilesIn, readOverride, readTable, type NamedFile } from './files.ts';
import type { PriceFile } from './price-types.ts';
import { tableOf, withOverride, type PriceTable } from './table.ts';

export interface PricePlaces {
  /** The folder that came with this version. */
  shipped: string;
  /** The folder that `stopwire prices update` fills; need not be there. */
  updated: string;
  /** The user's own file; need not be there. */
  override: string;
}

export interface Prices {
  /** Empty where no price file can be used: then nothing has a price, and everything is still delivered. */
  table: PriceTable;
  /** The files that the list prices are from. */
  files: readonly UsedFile[];
  /** The user's own file, where it is part of the table. */
  override?: NamedFile;
  /** What could not be used, a sentence each. */
  problems: readonly string[];
}

export interface UsedFile extends NamedFile {
  path: string;
  isUpdated: boolean;
}

/** Loads what can be used and says what cannot: a broken file never stops a delivery. Does not throw. */
export function loadPrices({ shipped, updated, override }: PricePlaces): Prices {
  const problems: string[] = [];
  const noted = <Value>(load: () => Value): Value | undefined => {
    try {
      return load();
    } catch (error) {
      problems.push(sentence(error));
      return undefined;
    }
  };
  const read = (directory: string, isUpdated: boolean): UsedFile[] =>
    (noted(() => priceFilesIn(directory)) ?? []).flatMap(
      (name) => noted(() => ({ ...readTable(directory, name), path: join(directory, name), isUpdated })) ?? [],
    );
  const own = read(shipped, false);
  const files = existsSync(updated) ? newest(own, read(updated, true)) : own;
  const merged = noted(() => tableOf(files));
  const list = merged ?? noted(() => tableOf(own)) ?? new Map();
  const mine = existsSync(override) ? noted(() => readOverride(override)) : undefined;
  const table = mine && noted(() => withOverride(list, mine));
  return {
    table: table ?? list,
    files: merged === undefined ? own : files,
    ...(table !== undefined && mine !== undefined && { override: mine }),
    problems,
  };
}

/** One file for each name: the one whose prices are complete up to the later day. */
function newest(shipped: readonly UsedFile[], updated: readonly UsedFile[]): UsedFile[] {
  const byName = new Map(shipped.map((one) => [basename(one.path), one]));
  for (const one of updated) {
    const other = byName.get(basename(one.path));
    if (other === undefined || !isOlder(one.file, other.file)) byName.set(basename(one.path), one);
  }
  return [...byName.values()];
}

/** Of two files of one day, the one that the user asked for counts. */
export function isOlder(file: PriceFile, than: PriceFile): boolean {
  return file.dataAsOf < than.dataAsOf;
}

function sentence(error: unknown): string {
  return error instanceof UserError ? error.message : 'A price file cannot be used.';
}
