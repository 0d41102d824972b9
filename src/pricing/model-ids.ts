/** The names that a model goes by, and finding one by them. */
import type { BedrockRegions, Model, PriceFile } from './price-types.ts';

/** What each known model id stands for. */
export type PriceTable = ReadonlyMap<string, KnownId>;

/** A model under one of its ids, with what the id itself tells. */
export interface KnownId {
  model: Model;
  /** Pico USD per request. */
  webSearch: bigint;
  /** The factor, in tenths, of the cloud region that the id names. */
  regional: bigint | undefined;
  /** The id stands for fast mode. */
  isFast: boolean;
  /** What the id leaves open. */
  flags: readonly string[];
  /** `override`: from the user's own file. */
  basis: 'list' | 'override';
  /** Of the file that the price is from. */
  version: string;
  /** What the list says of an id that the user's file overrides, for the days and speeds that it leaves out. */
  listed?: KnownId;
}

/** Names that gateways and routers put before an id. */
const PROVIDER_PREFIXES = ['anthropic/', 'bedrock/', 'vertex_ai/', 'azure_ai/', 'openrouter/', 'vercel/'];

/** What a model's name stands for, by the rules of findPrice. */
export function lookUp(table: PriceTable, name: string): KnownId | undefined {
  const id = normalise(name);
  const exact = table.get(id);
  if (exact !== undefined) return exact;
  const prefix = PROVIDER_PREFIXES.find((one) => id.startsWith(one));
  const stripped = prefix === undefined ? undefined : table.get(id.slice(prefix.length));
  // Who has a price of their own for an id has it from the one who bills that id, not from a gateway.
  const behind = stripped?.basis === 'override' ? stripped.listed : stripped;
  if (behind === undefined || behind.flags.includes('gateway_price')) return behind;
  return { ...behind, flags: [...behind.flags, 'gateway_price'] };
}

/** `[1m]` is the client's sign for the long window, `@default` Google's for the newest version: one model, one price. */
export function normalise(name: string): string {
  const id = name.trim().toLowerCase();
  const tail = id.startsWith('arn:') ? id.slice(id.lastIndexOf('/') + 1) : id;
  return tail.replace(/\[1m\]$/, '').replace(/@default$/, '');
}

/** Every id of a file, those of the Bedrock regions spelt out. */
export function* knownIds({ models, webSearch, bedrockRegions, version }: PriceFile): Generator<[string, KnownId]> {
  for (const model of models) {
    const about = { basis: 'list' as const, version, flags: [] };
    const plain: KnownId = { model, webSearch, regional: undefined, isFast: false, ...about };
    const gateway: KnownId = { ...plain, flags: ['gateway_price'] };
    for (const id of model.ids) yield [id, plain];
    for (const id of model.gatewayIds) yield [id, gateway];
    for (const id of model.gatewayFastIds) yield [id, { ...gateway, isFast: true }];
    for (const id of model.bedrockIds) yield* bedrockIds(id, plain, bedrockRegions);
  }
}

/** A Bedrock id without a region, and with each. Where the model has no regional factor, nothing is left open. */
function* bedrockIds(id: string, plain: KnownId, regions: BedrockRegions): Generator<[string, KnownId]> {
  const { regional } = plain.model.factors;
  const open = (flag: string): KnownId => (regional === undefined ? plain : { ...plain, flags: [flag] });
  yield [id, open('bedrock_region_unknown')];
  for (const region of regions.listPrice) yield [`${region}.${id}`, plain];
  for (const region of regions.regional) yield [`${region}.${id}`, { ...plain, regional }];
  for (const region of regions.unconfirmed) yield [`${region}.${id}`, { ...open('region_price_unknown'), regional }];
}
