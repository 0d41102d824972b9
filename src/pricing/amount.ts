/**
 * Exact amounts of money in whole numbers of 10⁻¹² USD, called pico USD here. A price has at most three decimals per
 * million tokens and a factor at most one, so that a token at a price times three factors is a whole number of them.
 */

/** Pico USD per token, a multiple of 1000; undefined for a category that has no price. */
export interface Rates {
  input: bigint;
  output: bigint;
  cacheWrite5m: bigint | undefined;
  cacheWrite1h: bigint | undefined;
  cacheRead: bigint | undefined;
}

/** The five disjoint counts of one request. */
export type TokenCounts = { readonly [Category in keyof Rates]: number };

const CATEGORIES = ['input', 'output', 'cacheWrite5m', 'cacheWrite1h', 'cacheRead'] as const;
const PRICE_DECIMALS = 3;
const AGREED_DECIMALS = 6;

/** USD per million tokens, like `12.5`, as pico USD per token; undefined where it is no plain decimal of three places. */
export function parseRate(decimal: string): bigint | undefined {
  const thousandths = parseDecimal(decimal, PRICE_DECIMALS);
  return thousandths === undefined ? undefined : thousandths * 1000n;
}

/**
 * The same for a price that was agreed on, which a discount can give up to six places: a whole number of pico USD per
 * token. Only a factor on such a price can leave a remainder below a pico USD, and it is cut off.
 */
export function parseAgreedRate(decimal: string): bigint | undefined {
  return parseDecimal(decimal, AGREED_DECIMALS);
}

/** The rate as USD per million tokens, exactly: what parseRate and parseAgreedRate read. */
export function rateText(rate: bigint): string {
  const digits = String(rate).padStart(AGREED_DECIMALS + 1, '0');
  return `${digits.slice(0, -AGREED_DECIMALS)}.${digits.slice(-AGREED_DECIMALS)}`.replace(/\.?0+$/, '');
}

/** USD per thousand requests as pico USD per request; undefined where it is no plain decimal of three places. */
export function parseRequestRate(decimal: string): bigint | undefined {
  const thousandths = parseDecimal(decimal, PRICE_DECIMALS);
  return thousandths === undefined ? undefined : thousandths * 1_000_000n;
}

/** A factor like `1.1` in tenths; undefined where it is no plain decimal of one place. */
export function parseFactor(decimal: string): bigint | undefined {
  return parseDecimal(decimal, 1);
}

/**
 * What the tokens of one request cost, in pico USD; undefined where a category was used that has no price.
 * `factors` are in tenths and at most three, which the rates have room for.
 */
export function tokensCost(counts: TokenCounts, rates: Rates, factors: readonly bigint[]): bigint | undefined {
  let cost = 0n;
  for (const category of CATEGORIES) {
    if (counts[category] === 0) continue;
    const rate = rates[category];
    if (rate === undefined) return undefined;
    cost += unitsCost(counts[category], rate);
  }
  for (const factor of factors) cost *= factor;
  return cost / 10n ** BigInt(factors.length);
}

/** What a number of units costs, in pico USD. */
export function unitsCost(count: number, rate: bigint): bigint {
  return BigInt(count) * rate;
}

/** The double nearest to the amount; reading a decimal rounds once, dividing a large number would round twice. */
export function toUsd(picoUsd: bigint): number {
  return Number(`${picoUsd}e-12`);
}

/** The decimal times 10^places; undefined where it has a sign, an exponent or more places than that. */
function parseDecimal(decimal: string, places: number): bigint | undefined {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === undefined || fraction.length > places) return undefined;
  return BigInt(whole + fraction.padEnd(places, '0'));
}
