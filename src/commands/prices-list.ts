/** `stopwire prices list`: the prices in force, or all that a model ever had. */
import { UserError } from '../errors.ts';
import { pricePlaces } from '../machine.ts';
import { rateText, type Rates } from '../pricing/amount.ts';
import { loadPrices, type Prices } from '../pricing/load.ts';
import type { Model, PriceRow } from '../pricing/price-types.ts';
import { lookUp } from '../pricing/model-ids.ts';
import { pathsFrom } from '../state/paths.ts';
import { paintFor, printable, table, type Terminal } from '../ui.ts';

export interface PricesListFlags {
  json: boolean;
  model?: string | undefined;
}

export async function listPrices({ json, model }: PricesListFlags, terminal: Terminal): Promise<number> {
  const prices = loadPrices(pricePlaces(pathsFrom(terminal.env)));
  const entries = model === undefined ? allEntries(prices) : entriesOf(prices, model);
  if (json) terminal.out(JSON.stringify(report(prices, entries)));
  else {
    const shown = model === undefined ? entries.flatMap(inForce) : entries.flatMap(allRows);
    terminal.out(table([HEAD, ...shown], [2, 3, 4, 5, 6]));
    sayWhere(prices, terminal);
  }
  return prices.problems.length === 0 ? 0 : 1;
}

type Basis = 'list' | 'override';

interface Entry {
  basis: Basis;
  model: Model;
}

function allEntries({ files, override }: Prices): Entry[] {
  const own = (override?.file.models ?? []).map((model): Entry => ({ basis: 'override', model }));
  const listed = files.flatMap(({ file }) => file.models.map((model): Entry => ({ basis: 'list', model })));
  return [...own, ...listed];
}

function entriesOf({ table: prices }: Prices, name: string): Entry[] {
  const known = lookUp(prices, name);
  if (known === undefined) {
    throw new UserError(`There is no price for the model ${JSON.stringify(name)}.`, {
      hint: 'stopwire prices list shows every model; stopwire prices set gives one a price of your own.',
    });
  }
  return [known, ...(known.listed === undefined ? [] : [known.listed])].map(({ basis, model }) => ({ basis, model }));
}

const HEAD = ['model', 'from', 'input', 'output', '5m', '1h', 'read', 'applies to'];

/** The row of today: how old ones are shown is a matter of `--model`. */
function inForce({ basis, model }: Entry): string[][] {
  const now = Date.now();
  const current = ({ from, until }: PriceRow): boolean => from <= now && now < until;
  return rowsOf(basis, model.id, model.prices.filter(current), model.fast.filter(current));
}

function allRows({ basis, model }: Entry): string[][] {
  return rowsOf(basis, model.id, model.prices, model.fast);
}

function rowsOf(basis: Basis, id: string, prices: readonly PriceRow[], fast: readonly PriceRow[]): string[][] {
  const cells = (row: PriceRow, rates: Rates, applies: string): string[] => [
    printable(id),
    row.effectiveFrom,
    ...Object.values(card(rates)).map((price) => price ?? '-'),
    [basis === 'override' ? 'your own' : '', applies, row.until === Infinity ? '' : `until ${lastDay(row)}`]
      .filter((part) => part !== '')
      .join(', '),
  ];
  const lines = (row: PriceRow, speed: string): string[][] => [
    cells(row, row.rates, speed),
    ...row.tiers.map((tier) =>
      cells(row, tier.rates, `${speed}${speed && ', '}prompts over ${tier.overPromptTokens} tokens`),
    ),
  ];
  return [...prices.flatMap((row) => lines(row, '')), ...fast.flatMap((row) => lines(row, 'fast'))];
}

/** USD per million tokens, by the names of the price files; null where there is no price. */
function card({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: Rates): {
  [category: string]: string | null;
} {
  const text = (rate: bigint | undefined): string | null => (rate === undefined ? null : rateText(rate));
  return {
    input: text(input),
    output: text(output),
    cache_write_5m: text(cacheWrite5m),
    cache_write_1h: text(cacheWrite1h),
    cache_read: text(cacheRead),
  };
}

function lastDay({ until }: PriceRow): string {
  return new Date(until - 1).toISOString().slice(0, 10);
}

function report({ files, override, problems }: Prices, entries: readonly Entry[]): unknown {
  return {
    unit: 'USD per 1,000,000 tokens',
    tables: files.map(({ path, file, isUpdated }) => ({ path, data_as_of: file.dataAsOf, is_updated: isUpdated })),
    ...(override !== undefined && { override: { version: override.file.version } }),
    problems,
    models: entries.map(({ basis, model }) => ({
      id: model.id,
      basis,
      ids: model.ids,
      prices: model.prices.map(reportRow),
      fast: model.fast.map(reportRow),
    })),
  };
}

function reportRow(row: PriceRow): unknown {
  return {
    effective_from: row.effectiveFrom,
    effective_to: row.until === Infinity ? null : new Date(row.until).toISOString().slice(0, 10),
    ...card(row.rates),
    prompt_tiers: row.tiers.map(({ overPromptTokens, rates }) => ({
      over_prompt_tokens: overPromptTokens,
      ...card(rates),
    })),
    confidence: row.confidence,
    sources: row.sources,
  };
}

function sayWhere({ files, override, problems }: Prices, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  terminal.say('5m and 1h are cache writes by their lifetime, read is a cache read.');
  for (const { path, file, isUpdated } of files) {
    const whose = isUpdated ? 'fetched' : 'shipped';
    terminal.say(`USD per million tokens, complete up to ${file.dataAsOf}, ${whose}:\n  ${paint.place(path)}`);
  }
  if (override !== undefined) terminal.say(`Prices of your own: ${paint.place(override.name)}`);
  for (const problem of problems) terminal.say(`${paint.warning('!')} ${printable(problem)}`);
}
