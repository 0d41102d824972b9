/** The token counts of a response and of the steps in it, with the lifetime of every cache write. */
import { asArray, asCount, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { TokenCounts } from './amount.ts';

/** The usage of a response, by the names of the record's fields. */
export interface ResponseUsage {
  model?: string | undefined;
  requested_model?: string | undefined;
  advisor_model?: string | undefined;
  timestamp?: string | undefined;
  stop_reason?: string | undefined;
  /** JSON. */
  stop_details?: string | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cache_read_tokens?: number | undefined;
  cache_creation_tokens?: number | undefined;
  cache_creation_5m_tokens?: number | undefined;
  cache_creation_1h_tokens?: number | undefined;
  web_search_requests?: number | undefined;
  code_execution_requests?: number | undefined;
  /** JSON: a list of usages. */
  iterations?: string | undefined;
  iteration_count?: number | undefined;
  service_tier?: string | undefined;
  speed?: string | undefined;
  inference_geo?: string | undefined;
}

/** One item of `usage.iterations`. */
export interface Entry {
  type: string | undefined;
  model: string | undefined;
  split: Split;
}

/** Token counts, and whether the lifetime of every cache write is known. */
export interface Split {
  counts: TokenCounts;
  isAssumed: boolean;
}

/** The top level of the usage. */
export function wholeSplit(usage: ResponseUsage): Split {
  return splitOf(
    {
      input: usage.input_tokens ?? 0,
      output: usage.output_tokens ?? 0,
      cacheRead: usage.cache_read_tokens ?? 0,
      cacheWrite5m: usage.cache_creation_5m_tokens ?? 0,
      cacheWrite1h: usage.cache_creation_1h_tokens ?? 0,
    },
    usage.cache_creation_tokens ?? 0,
  );
}

/** The items of `usage.iterations`; undefined where they cannot be read. */
export function entriesOf(usage: ResponseUsage): Entry[] | undefined {
  const list = asArray(parsed(usage.iterations));
  if (list === undefined || !list.every(isObject)) return undefined;
  const lifetime = onlyLifetime(usage);
  return list.map((item) => ({
    type: asString(item['type']),
    model: asString(item['model']),
    split: entrySplit(item, lifetime),
  }));
}

function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

function entrySplit(item: JsonObject, lifetime: Lifetime | undefined): Split {
  const split = asObject(item['cache_creation']);
  const count = (from: JsonObject | undefined, name: string): number => asCount(from?.[name]) ?? 0;
  const counts = {
    input: count(item, 'input_tokens'),
    output: count(item, 'output_tokens'),
    cacheRead: count(item, 'cache_read_input_tokens'),
    cacheWrite5m: count(split, 'ephemeral_5m_input_tokens'),
    cacheWrite1h: count(split, 'ephemeral_1h_input_tokens'),
  };
  return splitOf(counts, count(item, 'cache_creation_input_tokens'), split === undefined ? lifetime : undefined);
}

type Lifetime = 'cacheWrite5m' | 'cacheWrite1h';

/** Where all cache writes of the response live equally long, those of a step that does not say so do too. */
function onlyLifetime(usage: ResponseUsage): Lifetime | undefined {
  const {
    cache_creation_tokens: all = 0,
    cache_creation_5m_tokens: five = 0,
    cache_creation_1h_tokens: hour = 0,
  } = usage;
  if (all > five + hour || five + hour === 0) return undefined;
  if (hour === 0) return 'cacheWrite5m';
  return five === 0 ? 'cacheWrite1h' : undefined;
}

/** Cache writes whose lifetime nobody told are taken as those of five minutes, as the client does. */
function splitOf(counts: TokenCounts, written: number, lifetime?: Lifetime): Split {
  const rest = Math.max(0, written - counts.cacheWrite5m - counts.cacheWrite1h);
  if (rest === 0) return { counts, isAssumed: false };
  const to = lifetime ?? 'cacheWrite5m';
  return { counts: { ...counts, [to]: counts[to] + rest }, isAssumed: lifetime === undefined };
}
