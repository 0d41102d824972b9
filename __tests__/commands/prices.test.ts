/** `stopwire prices`: list, set, check and update. */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkPrices } from '../../src/commands/prices-check.ts';
import { listPrices } from '../../src/commands/prices-list.ts';
import { setPrice, type PricesSetFlags } from '../../src/commands/prices-set.ts';
import { updatePrices } from '../../src/commands/prices-update.ts';
import { status } from '../../src/commands/status.ts';
import { UserError } from '../../src/errors.ts';
import { sha256 } from '../../src/lib/hash.ts';
import { asObject } from '../../src/lib/json.ts';
import { pricePlaces } from '../../src/machine.ts';
import { loadPrices } from '../../src/pricing/load.ts';
import { findPrice } from '../../src/pricing/table.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'pricing', 'anthropic.json');
const CARD = { input: '3.6', output: '18', cacheWrite5m: '4.5', cacheWrite1h: '7.2', cacheRead: '0.18' };

function world() {
  const env = { HOME: makeTempDirectory() };
  const paths = pathsFrom(env);
  const printed: string[] = [];
  const terminal = { ...recordingTerminal(env), out: (line: string) => void printed.push(line) };
  const price = (model: string, timestamp: string, speed?: string) =>
    findPrice(loadPrices(pricePlaces(paths)).table, { model, timestamp, speed, promptTokens: 0 });
  const set = (flags: Partial<PricesSetFlags> & { model: string }) =>
    setPrice({ ...CARD, remove: false, json: false, ...flags }, terminal);
  return { env, paths, printed, terminal, price, set };
}

/** The shipped table with a later day, and Opus 5.5 dearer from then on. */
function newerTable(dataAsOf = '2027-01-15'): string {
  const file = JSON.parse(readFileSync(SHIPPED, 'utf8'));
  file.data_as_of = dataAsOf;
  const { prices } = file.models.find(({ id }: { id: string }) => id === 'claude-opus-5-5');
  const row = prices.at(-1);
  prices.push({ ...row, effective_from: dataAsOf, input: '4.4' });
  row.effective_to = dataAsOf;
  return JSON.stringify(file);
}

describe('prices set', () => {
  test('gives a known model a price from a day on; before it, and for fast mode, the list counts', async () => {
    const { price, set, paths } = world();
    expect(await set({ model: ' Claude-Opus-5-5[1m]', from: '2026-11-01' })).toBe(0);
    expect(price('claude-opus-5-5', '2026-10-31T23:59:59Z')).toMatchObject({
      basis: 'list',
      tableVersion: '2026-11-20',
    });
    const own = price('claude-opus-5-5', '2026-11-01T00:00:00Z');
    expect(own).toMatchObject({ basis: 'override', effectiveFrom: '2026-11-01', id: 'claude-opus-5-5@2026-11-01' });
    expect(own).toMatchObject({
      rates: { input: 3_600_000n, cacheRead: 180_000n },
      factors: { batch: 5n, usInference: 11n },
    });
    expect(price('claude-opus-5-5', '2026-11-01T00:00:00Z', 'fast')).toMatchObject({ basis: 'list', speed: 'fast' });
    expect(price('us.anthropic.claude-opus-5-5', '2026-11-01T00:00:00Z')).toMatchObject({ basis: 'list' });
    expect(price('openrouter/claude-opus-5-5', '2026-11-01T00:00:00Z')).toMatchObject({ basis: 'list' });
    expect(statSync(paths.ownPrices).mode & 0o777).toBe(0o600);
  });

  test('gives a model that the list does not know a price, under exactly that name', async () => {
    const { price, set } = world();
    await set({ model: 'house-model', from: '2026-01-01', cacheWrite5m: undefined, cacheWrite1h: undefined });
    expect(price('house-model', '2026-11-21T00:00:00Z')).toMatchObject({
      basis: 'override',
      rates: { cacheWrite5m: undefined },
    });
    expect(price('house-model-2', '2026-11-21T00:00:00Z')).toEqual({ status: 'unknown_model' });
    expect(price('house-model', '2025-12-31T23:59:59Z')).toEqual({ status: 'no_price_for_date' });
  });

  test('a second price ends the first, one in between fits in, and one of the same day replaces', async () => {
    const { price, set, paths } = world();
    const input = (day: string): unknown => asObject(asObject(price('m', `${day}T12:00:00Z`))?.['rates'])?.['input'];
    await set({ model: 'm', from: '2026-01-01', input: '1' });
    await set({ model: 'm', from: '2026-09-01', input: '3' });
    await set({ model: 'm', from: '2026-05-01', input: '2' });
    await set({ model: 'm', from: '2026-09-01', input: '4' });
    const days = ['2026-04-30', '2026-05-01', '2026-08-31', '2026-09-01', '2027-09-01'];
    expect(days.map(input)).toEqual([1_000_000n, 2_000_000n, 2_000_000n, 4_000_000n, 4_000_000n]);
    expect(JSON.parse(readFileSync(paths.ownPrices, 'utf8')).models).toHaveLength(1);
  });

  test('takes a discount of six places exactly', async () => {
    const { price, set } = world();
    await set({ model: 'm', from: '2026-01-01', input: '5.312501' });
    expect(price('m', '2026-02-01T00:00:00Z')).toMatchObject({ rates: { input: 5_312_501n } });
  });

  test('leaves what a person wrote into the file', async () => {
    const { set, paths } = world();
    mkdirSync(dirname(paths.ownPrices), { recursive: true });
    const mine = { id: 'mine', notes: ['from the contract of May'], prices: [] };
    writeFileSync(paths.ownPrices, JSON.stringify({ schema_version: 1, web_search_usd_per_1000: '8', models: [mine] }));
    await set({ model: 'm', from: '2026-01-01' });
    const after = JSON.parse(readFileSync(paths.ownPrices, 'utf8'));
    expect(after).toMatchObject({ web_search_usd_per_1000: '8', models: [mine, { id: 'm' }] });
  });

  test('takes it off again', async () => {
    const { price, set } = world();
    await set({ model: 'claude-opus-5-5', from: '2026-11-01' });
    await set({ model: 'claude-opus-5-5', remove: true });
    expect(price('claude-opus-5-5', '2026-11-02T00:00:00Z')).toMatchObject({ basis: 'list' });
    await expect(set({ model: 'claude-opus-5-5', remove: true })).rejects.toThrow(/has no price of its own/);
  });

  test.each<[string, Partial<PricesSetFlags>, RegExp]>([
    ['no input price', { input: undefined }, /--input is needed/],
    ['an amount with a sign', { output: '-1' }, /--output "-1" is not a price/],
    ['an amount with an exponent', { cacheRead: '1e3' }, /--cache-read "1e3" is not a price/],
    ['seven places', { cacheWrite5m: '1.0000001' }, /--cache-write-5m/],
    ['a day that is none', { from: '2026-02-30' }, /--from "2026-02-30" is not a day/],
    ['no day', { from: 'yesterday' }, /--from "yesterday" is not a day/],
    ['no name', { model: ' ' }, /has a name/],
  ])('%s is refused, and nothing is written', async (_, flags, message) => {
    const { set, paths } = world();
    await expect(set({ model: 'm', ...flags })).rejects.toThrow(message);
    expect(statSync(paths.ownPrices, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('a file that cannot be understood is not written over', async () => {
    const { set, paths } = world();
    mkdirSync(dirname(paths.ownPrices), { recursive: true });
    writeFileSync(paths.ownPrices, '{ "schema_version": 1, "models": [{}] }');
    await expect(set({ model: 'm' })).rejects.toThrow(/prices\.json cannot be used: models\[0\]\.id is not a text/);
    expect(readFileSync(paths.ownPrices, 'utf8')).toBe('{ "schema_version": 1, "models": [{}] }');
  });
});

describe('prices list', () => {
  test('shows the row of today for every model, and every row of one', async () => {
    const { printed, terminal } = world();
    expect(await listPrices({ json: false }, terminal)).toBe(0);
    expect(printed.join('\n')).toMatch(/^claude-opus-5-5 +2026-09-22 +4 +20 +5 +8 +0\.2$/m);
    expect(printed.join('\n')).toMatch(
      /^claude-haiku-5-5 .* 0\.5 +2\.5 +0\.625 +1 +0\.05 +prompts over 100000 tokens$/m,
    );
    expect(printed.join('\n')).not.toContain('2026-09-28');
    await listPrices({ json: false, model: 'eu.anthropic.claude-sonnet-5-5' }, terminal);
    expect(printed.at(-1)).toMatch(/^claude-sonnet-5-5 +2026-09-28 .* 0\.2 +until 2026-10-06$/m);
  });

  test('as JSON has decimals as text, and says where they are from', async () => {
    const { printed, terminal, set } = world();
    await set({ model: 'claude-opus-5-5', from: '2026-11-01' });
    await listPrices({ json: true, model: 'claude-opus-5-5' }, terminal);
    const [own, listed] = JSON.parse(printed[0] ?? '').models;
    expect(own).toMatchObject({
      basis: 'override',
      prices: [{ effective_from: '2026-11-01', effective_to: null, input: '3.6' }],
    });
    expect(listed).toMatchObject({ basis: 'list', fast: [{ input: '8', cache_read: '0.4' }] });
  });

  test('a model without a price is an error', async () => {
    await expect(listPrices({ json: false, model: 'gpt-5' }, world().terminal)).rejects.toThrow(
      /no price for the model "gpt-5"/,
    );
  });
});

describe('prices check', () => {
  const OWN = {
    schema_version: 1,
    models: [{ id: 'm', prices: [{ effective_from: '2026-01-01', input: '1', output: '2' }] }],
  };

  test.each<[string, unknown, number, RegExp]>([
    [
      'a file of one’s own needs cache prices or null',
      OWN,
      1,
      /models\[0\]\.prices\[0\]\.cache_write_5m is not a decimal/,
    ],
    ['no JSON', '{', 1, /it is not JSON/],
    ['a whole table is held to its rules', { ...OWN, provider: 'acme' }, 1, /data_as_of is not a text/],
    ['nothing wrong', { schema_version: 1, models: [] }, 0, /ok {2}file\.json: 0 models, 0 rows/],
    [
      'one id twice',
      {
        schema_version: 1,
        models: [
          { id: 'm', prices: [] },
          { id: 'm', prices: [] },
        ],
      },
      1,
      /has the id m/,
    ],
  ])('%s', async (_, content, code, said) => {
    const { printed, terminal } = world();
    const file = join(makeTempDirectory(), 'file.json');
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    expect(await checkPrices({ file, json: false }, terminal)).toBe(code);
    expect(printed.join('\n')).toMatch(said);
  });

  test('without a file, looks at what is in use', async () => {
    const { printed, terminal, set } = world();
    await set({ model: 'm', from: '2026-01-01' });
    expect(await checkPrices({ json: true }, terminal)).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toEqual({
      checked: [
        expect.stringMatching(/anthropic\.json: 31 models, \d+ rows, complete up to/),
        'prices.json: 1 models, 1 rows',
      ],
      problems: [],
    });
  });
});

describe('prices update', () => {
  function fileWith(text: string, hash?: string): string {
    const path = join(makeTempDirectory(), 'new.json');
    writeFileSync(path, text);
    if (hash !== undefined) writeFileSync(`${path}.sha256`, `${hash}  new.json\n`);
    return path;
  }

  test.each([
    ['the hash that was given', (text: string) => ({ from: fileWith(text), sha256: sha256(text).toUpperCase() })],
    ['the hash beside it', (text: string) => ({ from: fileWith(text, sha256(text)) })],
  ])('takes a newer table by %s', async (_, flags) => {
    const { price, terminal, paths, printed } = world();
    expect(await updatePrices({ ...flags(newerTable()), json: true }, terminal)).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      data_as_of: '2027-01-15',
      added: ['claude-opus-5-5@2027-01-15'],
      changed: [],
      removed: [],
    });
    expect(price('claude-opus-5-5', '2027-01-14T23:59:59Z')).toMatchObject({ rates: { input: 4_000_000n } });
    expect(price('claude-opus-5-5', '2027-01-15T00:00:00Z')).toMatchObject({
      rates: { input: 4_400_000n },
      tableVersion: '2027-01-15',
      basis: 'list',
    });
    const path = join(paths.updatedPrices, 'anthropic.json');
    expect([statSync(path).mode & 0o777, statSync(paths.updatedPrices).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test.each<[string, () => { from: string; sha256?: string }, RegExp]>([
    ['nothing vouches for it', () => ({ from: fileWith(newerTable()) }), /Nothing vouches for/],
    ['the hash is another one', () => ({ from: fileWith(newerTable(), 'a'.repeat(64)) }), /not the expected file/],
    ['the hash is none', () => ({ from: fileWith(newerTable()), sha256: 'abc' }), /"abc" is not a SHA-256/],
    ['there is no such file', () => ({ from: join(makeTempDirectory(), 'gone.json') }), /There is nothing at/],
    ['it is no https', () => ({ from: 'http://127.0.0.1:9/prices.json?key=secret' }), /only https/],
    ['it is older', () => given(newerTable('2026-11-01')), /complete up to 2026-11-01, and the one in use up to/],
    ['it is broken', () => given('{"schema_version":1}'), /cannot be used: data_as_of is not a text/],
    ['it names no file', () => given(newerTable().replace('"anthropic"', '"../../x"')), /names no provider/],
  ])('refuses a table where %s, and changes nothing', async (_, flags, message) => {
    const { terminal, paths } = world();
    await expect(updatePrices({ ...flags(), json: false }, terminal)).rejects.toThrow(message);
    await expect(updatePrices({ ...flags(), json: false }, terminal)).rejects.toThrow(UserError);
    expect(statSync(paths.updatedPrices, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('says which rows are not what they were', async () => {
    const { terminal } = world();
    const file = JSON.parse(newerTable());
    file.models[0].prices[0].input = '80';
    file.models.pop();
    await updatePrices({ ...given(JSON.stringify(file)), json: false }, terminal);
    expect(terminal.said.join('\n')).toMatch(
      /\+ claude-opus-5-5@2027-01-15\n.*claude-fable-5-2@2026-11-09 has another price\n.* is gone/,
    );
  });

  function given(text: string): { from: string; sha256: string } {
    return { from: fileWith(text), sha256: sha256(text) };
  }
});

describe('a price file that is broken', () => {
  const claude = (env: { HOME: string }): string => join(env.HOME, '.claude');

  test.each([
    ['of one’s own', 'ownPrices', 'prices.json'],
    ['that was fetched', 'updatedPrices', 'prices/anthropic.json'],
  ] as const)('%s is left out and named by status; the shipped prices count', async (_, place, shown) => {
    const { env, paths, price } = world();
    const path = place === 'ownPrices' ? paths.ownPrices : join(paths.updatedPrices, 'anthropic.json');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{"schema_version": 1, "models": [{"id": 5}]}');
    expect(price('claude-opus-5-5', '2026-11-21T00:00:00Z')).toMatchObject({ status: 'found', basis: 'list' });
    const printed: string[] = [];
    const terminal = { ...recordingTerminal(env), out: (line: string) => void printed.push(line) };
    expect(await status({ json: true, configDir: claude(env) }, terminal)).toBe(1);
    const { problems }: { problems: string[] } = JSON.parse(printed.join(''));
    expect(problems.filter((problem) => problem.startsWith(`The price file ${shown} cannot be used: `))).toHaveLength(
      1,
    );
  });

  test('a table that was fetched is not used once a newer one is shipped', () => {
    const { paths, price } = world();
    mkdirSync(paths.updatedPrices, { recursive: true });
    const older = newerTable('2026-11-15').replace('"input":"4.4"', '"input":"9"');
    writeFileSync(join(paths.updatedPrices, 'anthropic.json'), older);
    expect(price('claude-opus-5-5', '2026-11-16T00:00:00Z')).toMatchObject({ rates: { input: 4_000_000n } });
  });

  test('where the shipped ones are broken, too, there is an empty table and no error', () => {
    const { paths } = world();
    const shipped = makeTempDirectory();
    writeFileSync(join(shipped, 'anthropic.json'), '{');
    const prices = loadPrices({ ...pricePlaces(paths), shipped });
    expect(prices.table.size).toBe(0);
    expect(prices.problems).toEqual([expect.stringContaining('it is not JSON')]);
    expect(loadPrices({ ...pricePlaces(paths), shipped: join(shipped, 'none') }).problems).toHaveLength(1);
  });

  test('one of several is left out alone', () => {
    const { paths } = world();
    const shipped = makeTempDirectory();
    copyFileSync(SHIPPED, join(shipped, 'anthropic.json'));
    writeFileSync(join(shipped, 'other.json'), '{');
    const { table, problems } = loadPrices({ ...pricePlaces(paths), shipped });
    expect([table.has('claude-opus-5-5'), problems.length]).toEqual([true, 1]);
  });
});
