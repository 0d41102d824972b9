/** `stopwire prices update`: takes a newer price table from a file or an address, once and only when asked. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonOf, UserError } from '../errors.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { download, type DownloadOptions } from '../lib/download.ts';
import { sha256 } from '../lib/hash.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { pricePlaces } from '../machine.ts';
import { isOlder, loadPrices, type UsedFile } from '../pricing/load.ts';
import { parsePriceFile } from '../pricing/price-file.ts';
import type { PriceFile } from '../pricing/price-types.ts';
import { changesBetween, type PriceChanges } from '../pricing/price-changes.ts';
import { tableOf } from '../pricing/table.ts';
import { pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, printable, type Terminal } from '../ui.ts';

export interface PricesUpdateFlags {
  from: string;
  sha256?: string | undefined;
  json: boolean;
}

const LIMITS: DownloadOptions = { maxBytes: 4_194_304, timeoutMs: 30_000 };
const SHA256 = /^[0-9a-f]{64}$/;

export async function updatePrices(flags: PricesUpdateFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const bytes = await bytesFrom(flags.from);
  if (bytes === undefined) throw new UserError(`There is nothing at ${shown(flags.from)}.`);
  const hash = sha256(bytes);
  await checkHash(hash, flags, terminal);
  const file = parsePriceFile(bytes.toString('utf8'), 'that was fetched');
  tableOf([{ name: 'that was fetched', file }]);
  const name = `${providerOf(file)}.json`;
  const before = loadPrices(pricePlaces(paths)).files.find(({ path }) => path.endsWith(join('/', name)));
  refuseOlder(file, before);
  ensurePrivateDirectory(paths.dataDirectory);
  ensurePrivateDirectory(paths.updatedPrices);
  const path = join(paths.updatedPrices, name);
  writeFileAtomically(path, bytes, { mode: 0o600 });
  const changes = changesBetween(before?.file.models ?? [], file.models);
  if (flags.json) terminal.out(JSON.stringify({ path, sha256: hash, data_as_of: file.dataAsOf, ...changes }));
  else sayChanges({ path, dataAsOf: file.dataAsOf, changes }, terminal);
  return 0;
}

function isAddress(from: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from);
}

/** Undefined where there is no such file, or the server has none. */
async function bytesFrom(from: string): Promise<Buffer | undefined> {
  if (isAddress(from)) {
    if (!URL.canParse(from)) throw new UserError(`${shown(from)} is not an address.`, { exitCode: 2 });
    return download(new URL(from), LIMITS);
  }
  const path = resolve(from);
  if (!existsSync(path)) return undefined;
  try {
    if (statSync(path).size > LIMITS.maxBytes) throw new UserError(`${path} is too large for a price file.`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read (${reasonOf(error)}).`, { cause: error });
  }
}

/** Without a query, which can hold a key. */
function shown(from: string): string {
  return from.replace(/[?#].*$/s, '');
}

/** The hash that was given, else the one beside the file; without either, a person must say that it is right. */
async function checkHash(hash: string, flags: PricesUpdateFlags, terminal: Terminal): Promise<void> {
  const expected = flags.sha256?.toLowerCase() ?? (await hashBeside(flags.from));
  if (expected === undefined) return askForTrust(hash, flags.from, terminal);
  if (!SHA256.test(expected))
    throw new UserError(`${JSON.stringify(expected)} is not a SHA-256 in hex.`, { exitCode: 2 });
  if (expected === hash) return;
  throw new UserError(`${shown(flags.from)} is not the expected file: its SHA-256 is ${hash}, not ${expected}.`, {
    hint: 'Nothing was changed. See who has changed the file, and whether all of it arrived.',
  });
}

/** The first word of `<name>.sha256`, as sha256sum writes it. */
async function hashBeside(from: string): Promise<string | undefined> {
  const beside = isAddress(from) ? from.replace(/(?=[?#]|$)/, '.sha256') : `${from}.sha256`;
  const text = (await bytesFrom(beside))?.toString('utf8').trim();
  return text?.split(/\s/)[0]?.toLowerCase();
}

async function askForTrust(hash: string, from: string, terminal: Terminal): Promise<void> {
  if (!terminal.isInteractive) {
    throw new UserError(`Nothing vouches for ${shown(from)}: there is no ${shown(from)}.sha256.`, {
      hint: 'Give the hash that you expect with --sha256.',
      exitCode: 2,
    });
  }
  const { askWhetherTo } = await import('./wizard.ts');
  if (await askWhetherTo(`Use the price table with the SHA-256 ${hash}?`)) return;
  throw new UserError('Nothing was changed.');
}

/** It becomes a file's name. */
function providerOf({ provider }: PriceFile): string {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(provider)) return provider;
  throw new UserError('The price table names no provider that could name its file.');
}

function refuseOlder(file: PriceFile, before: UsedFile | undefined): void {
  if (before === undefined || !isOlder(file, before.file)) return;
  throw new UserError(
    `The table is complete up to ${file.dataAsOf}, and the one in use up to ${before.file.dataAsOf}: it would not be used.`,
  );
}

interface Written {
  path: string;
  dataAsOf: string;
  changes: PriceChanges;
}

function sayChanges({ path, dataAsOf, changes }: Written, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  const { added, changed, removed } = changes;
  terminal.say(
    `${paint.done('done')}  prices up to ${dataAsOf}, in ${paint.place(path)}: ${formatCount(added.length)} new rows`,
  );
  for (const row of added) terminal.say(`      ${paint.done('+')} ${printable(row)}`);
  // Rows are only ever added: another amount for a day that has passed is a correction, or a mistake.
  for (const row of changed) terminal.say(`      ${paint.warning('!')} ${printable(row)} has another price`);
  for (const row of removed) terminal.say(`      ${paint.warning('!')} ${printable(row)} is gone`);
  terminal.say(`Records in the embedded store keep their prices until: ${paint.place('npx stopwire reprice')}`);
}
