/** Metrics: measurements of a batch added up by metric and attributes, as deltas that a server adds to what it has. */
import type { MessageRecord } from '../../fields/index.ts';
import { toUsd } from '../../pricing/amount.ts';
import { histogramsOf, sumsOf, type Attributes, type Measurement } from './measurements.ts';
import { HISTOGRAMS, SUMS, type HistogramName, type SumName } from './metric-names.ts';
import { attributesOf, DELTA, nanoseconds, type HistogramDataPoint, type Metric } from './model.ts';
import { newResponses } from './responses.ts';

export function metricsOf(records: readonly MessageRecord[]): Metric[] {
  const own = records.filter(({ is_replay }) => !is_replay);
  const sums = series(own.flatMap(sumsOf));
  const histograms = series(newResponses(own).flatMap(histogramsOf));
  return [...sumMetrics(sums), ...histogramMetrics(histograms)];
}

/** The measurements of one metric with the same attributes. */
interface Series<Name> {
  name: Name;
  attributes: Attributes;
  values: (number | bigint)[];
  /** Epoch ms. */
  start: number;
  end: number;
}

function series<Name>(measurements: readonly Measurement<Name>[]): Series<Name>[] {
  const byName = new Map<string, Series<Name>>();
  for (const { name, attributes, value, from, until } of measurements) {
    const end = Date.parse(until ?? '');
    if (Number.isNaN(end)) continue;
    const start = Math.min(Date.parse(from ?? '') || end, end);
    const key = JSON.stringify([name, attributes]);
    const known = byName.get(key);
    if (known === undefined) {
      byName.set(key, { name, attributes, values: [value], start, end });
    } else {
      known.values.push(value);
      known.start = Math.min(known.start, start);
      known.end = Math.max(known.end, end);
    }
  }
  return Array.from(byName.values());
}

function sumMetrics(all: readonly Series<SumName>[]): Metric[] {
  return byMetric(SUMS, all, ({ name, ...one }) => {
    const value = one.values.reduce((sum, more) => add(sum, more));
    if (typeof value === 'bigint') return { ...pointOf(one), asDouble: toUsd(value) };
    return { ...pointOf(one), ...(SUMS[name].isWhole ? { asInt: String(value) } : { asDouble: value }) };
  }).map(([named, dataPoints]) => ({
    ...named,
    sum: { dataPoints, aggregationTemporality: DELTA, isMonotonic: true },
  }));
}

function add(sum: number | bigint, more: number | bigint): number | bigint {
  if (typeof sum === 'bigint') return sum + BigInt(more);
  return sum + Number(more);
}

function histogramMetrics(all: readonly Series<HistogramName>[]): Metric[] {
  return byMetric(HISTOGRAMS, all, histogramPoint).map(([named, dataPoints]) => ({
    ...named,
    histogram: { dataPoints, aggregationTemporality: DELTA },
  }));
}

function histogramPoint({ name, ...one }: Series<HistogramName>): HistogramDataPoint {
  const { bounds } = HISTOGRAMS[name];
  const values = one.values.map(Number);
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  for (const value of values) {
    // A value that equals a bound belongs below it.
    const index = bounds.findIndex((bound) => value <= bound);
    const bucket = index < 0 ? bounds.length : index;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return {
    ...pointOf(one),
    count: String(values.length),
    sum: values.reduce((sum, value) => sum + value, 0),
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** A point's window is open at its start, so one that has no length begins a millisecond earlier. */
function pointOf({ attributes, start, end }: Omit<Series<string>, 'name'>) {
  return {
    attributes: attributesOf(attributes),
    startTimeUnixNano: nanoseconds(new Date(start < end ? start : end - 1).toISOString()) ?? '0',
    timeUnixNano: nanoseconds(new Date(end).toISOString()) ?? '0',
  };
}

/** The metrics in the order of their table, each with the points of its series; those without any are left out. */
function byMetric<Name extends string, Point>(
  table: { readonly [Known in Name]: { unit: string | undefined; description: string } },
  all: readonly Series<Name>[],
  point: (one: Series<Name>) => Point,
): [named: Omit<Metric, 'sum' | 'histogram'>, points: Point[]][] {
  const names = new Set(all.map(({ name }) => name));
  return Array.from(names, (name) => {
    const { unit, description } = table[name];
    return [{ name, unit, description }, all.filter((one) => one.name === name).map(point)];
  });
}
