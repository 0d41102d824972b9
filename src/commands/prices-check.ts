/** `stopwire prices check`: whether price files can be used, and where one cannot. */
import { basename, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { isObject } from '../lib/json.ts';
import { pricePlaces } from '../machine.ts';
import { loadPrices } from '../pricing/load.ts';
import { readPriceText } from '../pricing/files.ts';
import { parseOverrideFile, parsePriceFile } from '../pricing/price-file.ts';
import type { PriceFile } from '../pricing/price-types.ts';
import { tableOf } from '../pricing/table.ts';
import { pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, printable, type Terminal } from '../ui.ts';

/** Exit code 1 where a file cannot be used. Without a file, all that prices are taken from are checked. */
export async function checkPrices(
  { file: given, json }: { file?: string | undefined; json: boolean },
  terminal: Terminal,
): Promise<number> {
  const { checked, problems } = given === undefined ? checkInForce(terminal.env) : checkOne(resolve(given));
  if (json) terminal.out(JSON.stringify({ checked, problems }));
  else {
    const paint = paintFor('stdout', terminal.env);
    for (const line of checked) terminal.out(`${paint.done('ok')}  ${printable(line)}`);
    for (const problem of problems) terminal.out(`${paint.warning('!')}   ${printable(problem)}`);
  }
  return problems.length === 0 ? 0 : 1;
}

interface Checked {
  checked: string[];
  problems: readonly string[];
}

function checkInForce(env: NodeJS.ProcessEnv): Checked {
  const { files, override, problems } = loadPrices(pricePlaces(pathsFrom(env)));
  const all = [...files, ...(override === undefined ? [] : [override])];
  return { checked: all.map(({ name, file }) => described(name, file)), problems };
}

function checkOne(path: string): Checked {
  const name = basename(path);
  try {
    const json = readPriceText(path, name);
    const file = isTable(json) ? parsePriceFile(json, name) : parseOverrideFile(json, name);
    tableOf([{ name, file }]);
    return { checked: [described(name, file)], problems: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { checked: [], problems: [error.message] };
  }
}

/** Only a whole table names its provider; a file of one's own may leave out what the table must say. */
function isTable(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) && value['provider'] !== undefined;
  } catch {
    return false;
  }
}

function described(name: string, { models, dataAsOf }: PriceFile): string {
  const rows = models.reduce((sum, { prices, fast }) => sum + prices.length + fast.length, 0);
  const until = dataAsOf === '' ? '' : `, complete up to ${dataAsOf}`;
  return `${name}: ${formatCount(models.length)} models, ${formatCount(rows)} rows${until}`;
}
