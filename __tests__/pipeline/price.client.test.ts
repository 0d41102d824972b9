/** Our amounts against those of the client: what Claude Code 2.1.329 itself said that known usages cost. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '../../src/lib/json.ts';
import { price } from '../../src/pipeline/price.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';
import { mapFile } from '../helpers/mapped.ts';
import { transcriptAt } from '../helpers/transcripts.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const table = loadPriceTable(join(ROOT, 'pricing'));
/** The day of the measurement. */
const MEASURED_AT = '2026-11-21T12:00:00.000Z';

interface Vector {
  name: string;
  requestedModel: string;
  responseModel: string | undefined;
  /** Whether the client knows the model. */
  isKnown: boolean;
  counts: JsonObject;
  usd: number;
}

interface Difference {
  why: string;
  /** How many usages it is the reason for. */
  usages: number;
  applies: (vector: Vector) => boolean;
}

const hasFastMode = /(?:fable|mythos)-5-2|opus-5|opus-4-8/;
const hasUsInference = /(?:fable|mythos)-5|opus-(?:5|4-[678])|sonnet-(?:5|4-6)|haiku-5/;
const isOnlyOurs = /mythos-preview|3-opus|3-haiku/;

/** Where we do not start from the client's amount: the first that applies says with which status we end. */
const otherStatus: (Difference & { status: string })[] = [
  {
    why: 'a model named <synthetic> is the client itself, no API',
    usages: 1,
    applies: ({ responseModel }) => responseModel === '<synthetic>',
    status: 'not_billed',
  },
  {
    why: 'the client gives an unknown model the price of its default model, we give it none',
    usages: 123,
    applies: ({ isKnown, requestedModel }) => !isKnown && !isOnlyOurs.test(requestedModel),
    status: 'unknown_model',
  },
  {
    why: 'the client knows no end of fast mode and takes 1x where there never was one, we take no price',
    usages: 86,
    applies: ({ counts, requestedModel }) => counts['speed'] === 'fast' && !hasFastMode.test(requestedModel),
    status: 'fast_rate_unknown',
  },
  {
    why: 'the client does not know the model, we have a price for it',
    usages: 36,
    applies: ({ isKnown }) => !isKnown,
    status: 'priced',
  },
];

/** Where our amount follows from the client's; several can apply. */
const otherAmount: (Difference & { ours: (usd: number, vector: Vector) => number })[] = [
  {
    why: 'the client has no tier over 200,000 prompt tokens for Sonnet 4 and 4.5, we have that of the beta',
    usages: 10,
    applies: ({ requestedModel, counts }) => /sonnet-4-(?:0|5|2025)/.test(requestedModel) && promptOf(counts) > 200_000,
    // Twice the price, but for output, which is one and a half times 15 USD.
    ours: (usd, { counts }) => usd * 2 - countOf(counts, 'output_tokens') * 7.5e-6,
  },
  {
    why: 'the client ignores batch, we halve the price',
    usages: 23,
    applies: ({ counts }) => counts['service_tier'] === 'batch',
    ours: (usd) => usd / 2,
  },
  {
    why: 'the client charges 1.1x for US inference on models that do not offer it',
    usages: 23,
    applies: ({ counts, requestedModel }) => counts['inference_geo'] === 'us' && !hasUsInference.test(requestedModel),
    ours: (usd) => usd / 1.1,
  },
  {
    why: 'the client leaves out a compaction, which the top level does not hold',
    usages: 1,
    applies: hasStep('compaction'),
    // 50,000 tokens in and 1,000 out.
    ours: (usd) => usd + 0.22,
  },
  {
    why: 'the client leaves out an attempt that another model began and declined',
    usages: 1,
    applies: hasStep('fallback_message'),
    // 1,000 tokens in and 10 out, on Fable 5.1.
    ours: (usd) => usd + 0.0105,
  },
  {
    why: 'the client has no factor for the regions of Bedrock, we take 1.1x on tokens',
    usages: 10,
    applies: ({ requestedModel, counts }) =>
      requestedModel.startsWith('us.') && counts['server_tool_use'] === undefined,
    ours: (usd) => usd * 1.1,
  },
];

const compared = readVectors().map((vector) => ({
  vector,
  cost: costOf(vector),
  status: otherStatus.find(({ applies }) => applies(vector)),
  amounts: otherAmount.filter(({ applies }) => applies(vector)),
}));
const fromClient = compared.filter(({ status }) => status === undefined);

describe("the client's amount", () => {
  test('is ours, but where we differ on purpose', () => {
    const same = fromClient.filter(({ amounts }) => amounts.length === 0);
    expect(same).toHaveLength(432);
    expect(same.filter(({ cost, vector }) => !isNear(cost, vector.usd))).toEqual([]);
  });

  test('becomes ours by just what we do differently', () => {
    const changed = fromClient.filter(({ amounts }) => amounts.length > 0);
    expect(changed).toHaveLength(66);
    const off = changed.filter(({ cost, vector, amounts }) => {
      const usd = amounts.reduce((amount, { ours }) => ours(amount, vector), vector.usd);
      return !isNear(cost, usd);
    });
    expect(off).toEqual([]);
  });

  test('is not taken where we have another price or none', () => {
    const replaced = compared.filter(({ status }) => status !== undefined);
    expect(replaced).toHaveLength(246);
    expect(replaced.filter(({ cost, status }) => cost.cost_status !== status?.status)).toEqual([]);
  });

  test.each([...otherStatus, ...otherAmount])('$why: $usages usages', (difference) => {
    const reasons = compared.flatMap(({ status, amounts }): Difference[] => (status ? [status] : amounts));
    expect(reasons.filter((reason) => reason === difference)).toHaveLength(difference.usages);
  });
});

function hasStep(type: string): (vector: Vector) => boolean {
  return ({ counts }) => asArray(counts['iterations'])?.some((step) => asObject(step)?.['type'] === type) ?? false;
}

function costOf({ requestedModel, responseModel, counts }: Vector): MessageRecord {
  const message = { model: responseModel ?? requestedModel, usage: counts };
  const value = { type: 'assistant', timestamp: MEASURED_AT, requestedModel, message };
  const [record] = mapFile({
    transcript: transcriptAt('/gone.jsonl'),
    lines: [{ value, start: 0, bytes: Buffer.alloc(0) }],
  });
  if (record === undefined) throw new Error('every line makes a record');
  return price(record, table);
}

function isNear({ cost_usd }: MessageRecord, usd: number): boolean {
  return cost_usd !== undefined && Math.abs(cost_usd - usd) < 1e-9;
}

function promptOf(counts: JsonObject): number {
  const names = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
  return names.reduce((sum, name) => sum + countOf(counts, name), 0);
}

function countOf(counts: JsonObject, name: string): number {
  return asNumber(counts[name]) ?? 0;
}

function readVectors(): Vector[] {
  const file: unknown = JSON.parse(readFileSync(join(ROOT, 'fixtures', 'pricing', 'client-cost-vectors.json'), 'utf8'));
  const vectors = asArray(asObject(file)?.['vectors']) ?? [];
  return vectors.filter(isObject).map((vector) => ({
    name: asString(vector['name']) ?? '',
    requestedModel: asString(vector['requestedModel']) ?? '',
    responseModel: asString(vector['responseModel']),
    isKnown: vector['known'] !== false,
    counts: asObject(vector['usage']) ?? {},
    usd: asNumber(vector['usd']) ?? NaN,
  }));
}
