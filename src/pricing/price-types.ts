/** What a price file says, once it is read. Types only. */
import type { Rates } from './amount.ts';

export interface PriceFile {
  /** Names the file; empty in a file of the user's own. */
  provider: string;
  /** Up to which day the prices are known to be complete, `YYYY-MM-DD`. */
  dataAsOf: string;
  /** Pico USD per request. */
  webSearch: bigint;
  bedrockRegions: BedrockRegions;
  models: readonly Model[];
  /** The ids of the sources that rows may name. */
  sources: readonly string[];
  /** What records say of the table: the day up to which it is complete, or the start of a user file's hash. */
  version: string;
}

/** The region prefixes of Bedrock ids, without the dot. */
export interface BedrockRegions {
  /** At list price. */
  listPrice: readonly string[];
  /** With the model's regional factor. */
  regional: readonly string[];
  /** Taken to have the regional factor, which no source confirms. */
  unconfirmed: readonly string[];
}

export interface Model {
  id: string;
  /** What the API, Google Cloud and Foundry call it; `id` is one of them. */
  ids: readonly string[];
  /** Bedrock ids without a region. */
  bedrockIds: readonly string[];
  gatewayIds: readonly string[];
  /** Gateway ids that stand for fast mode. */
  gatewayFastIds: readonly string[];
  factors: Factors;
  /** Oldest first; no two are in force on one day. */
  prices: readonly PriceRow[];
  fast: readonly PriceRow[];
}

/** In tenths; absent where it is not offered for the model. */
export interface Factors {
  batch?: bigint;
  usInference?: bigint;
  regional?: bigint;
}

/** Prices in force from one day, 00:00 UTC, until before another. */
export interface PriceRow {
  /** `YYYY-MM-DD`. */
  effectiveFrom: string;
  /** Epoch ms. */
  from: number;
  /** Epoch ms; Infinity where the row is still in force. */
  until: number;
  rates: Rates;
  /** By threshold, highest first: the first one that the prompt is over applies to the whole request. */
  tiers: readonly Tier[];
  confidence: 'high' | 'medium' | 'low';
  sources: readonly string[];
}

export interface Tier {
  overPromptTokens: number;
  rates: Rates;
}
