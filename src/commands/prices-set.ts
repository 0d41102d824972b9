/** `stopwire prices set`: a contract price, or the price of a model that the list does not know. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileAtomically } from '../lib/atomic-write.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { pricePlaces } from '../machine.ts';
import { parseAgreedRate } from '../pricing/amount.ts';
import { loadPrices } from '../pricing/load.ts';
import { dayOf, withOwnPrice, withoutOwnPrice } from '../pricing/own-prices.ts';
import type { Factors } from '../pricing/price-types.ts';
import { readPriceText } from '../pricing/files.ts';
import { lookUp, normalise } from '../pricing/model-ids.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { paintFor, type Terminal } from '../ui.ts';

export interface PricesSetFlags {
  model: string;
  input?: string | undefined;
  output?: string | undefined;
  cacheWrite5m?: string | undefined;
  cacheWrite1h?: string | undefined;
  cacheRead?: string | undefined;
  from?: string | undefined;
  remove: boolean;
  json: boolean;
}

export async function setPrice(flags: PricesSetFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const model = normalise(flags.model);
  if (model === '') throw new UserError('A model has a name.', { exitCode: 2 });
  const path = paths.ownPrices;
  const from = flags.remove ? undefined : dayOf(flags.from ?? new Date().toISOString().slice(0, 10), '--from');
  if (from === undefined) remove(model, paths);
  else put(model, from, flags, paths);
  if (flags.json) terminal.out(JSON.stringify({ model, path, from: from ?? null }));
  else
    saySet(
      from === undefined
        ? `${model} has no price of its own any more`
        : `${model} has a price of its own from ${from} on,`,
      path,
      terminal,
    );
  return 0;
}

function saySet(done: string, path: string, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  terminal.say(`${paint.done('done')}  ${done} in ${paint.place(path)}`);
  const command = paint.place('npx stopwire reprice');
  terminal.say(`New records are priced so; those in the embedded store are after: ${command}`);
}

const NAME = 'prices.json';

function cardFrom(flags: PricesSetFlags): { [category: string]: string | null } {
  const needed = (flag: string, value: string | undefined): string => {
    if (value === undefined) throw new UserError(`--${flag} is needed: USD per million tokens.`, { exitCode: 2 });
    return priceFrom(flag, value);
  };
  const orNone = (flag: string, value: string | undefined): string | null =>
    value === undefined ? null : priceFrom(flag, value);
  return {
    input: needed('input', flags.input),
    output: needed('output', flags.output),
    cache_write_5m: orNone('cache-write-5m', flags.cacheWrite5m),
    cache_write_1h: orNone('cache-write-1h', flags.cacheWrite1h),
    cache_read: orNone('cache-read', flags.cacheRead),
  };
}

function priceFrom(flag: string, value: string): string {
  if (parseAgreedRate(value) !== undefined) return value;
  throw new UserError(`--${flag} ${JSON.stringify(value)} is not a price in USD per million tokens.`, {
    hint: 'Write it as a plain decimal of up to six places, like 12.5.',
    exitCode: 2,
  });
}

/** Batch and US inference stay what they are in the list; a region's factor would be on top of what was agreed. */
function factorsOf(model: string, paths: Paths): { [name: string]: string } {
  const known = lookUp(loadPrices(pricePlaces(paths)).table, model);
  const { batch, usInference }: Factors = (known?.listed ?? known)?.model.factors ?? {};
  return {
    ...(batch !== undefined && { batch: tenths(batch) }),
    ...(usInference !== undefined && { us_inference: tenths(usInference) }),
  };
}

function tenths(factor: bigint): string {
  return `${factor / 10n}.${factor % 10n}`;
}

function put(model: string, from: string, flags: PricesSetFlags, paths: Paths): void {
  const price = { model, from, card: cardFrom(flags), factors: factorsOf(model, paths) };
  write(withOwnPrice(ownText(paths), price, NAME), paths);
}

function remove(model: string, paths: Paths): void {
  const before = ownText(paths);
  const after = before === undefined ? undefined : withoutOwnPrice(before, model, NAME);
  if (after === undefined) throw new UserError(`${model} has no price of its own in ${paths.ownPrices}.`);
  write(after, paths);
}

function ownText({ ownPrices }: Paths): string | undefined {
  return existsSync(ownPrices) ? readPriceText(ownPrices, NAME) : undefined;
}

function write(text: string, { ownPrices }: Paths): void {
  ensurePrivateDirectory(dirname(ownPrices));
  writeFileAtomically(ownPrices, text, { mode: 0o600 });
}
