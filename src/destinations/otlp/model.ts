/** What OTLP carries, in the shape of its JSON encoding: ids in hex, 64-bit numbers as decimal text, enums as numbers. */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: readonly AnyValue[] } };

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: readonly KeyValue[];
  status?: { message?: string; code: number };
}

export interface LogRecord {
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  severityNumber: number;
  severityText: string;
  body: AnyValue;
  attributes: readonly KeyValue[];
  traceId?: string;
  spanId?: string;
  eventName: string;
}

interface DataPoint {
  attributes: readonly KeyValue[];
  startTimeUnixNano: string;
  timeUnixNano: string;
}

export type NumberDataPoint = DataPoint & ({ asInt: string } | { asDouble: number });

export interface HistogramDataPoint extends DataPoint {
  count: string;
  sum: number;
  bucketCounts: readonly string[];
  explicitBounds: readonly number[];
  min: number;
  max: number;
}

export interface Metric {
  name: string;
  description: string;
  unit?: string | undefined;
  sum?: { dataPoints: readonly NumberDataPoint[]; aggregationTemporality: number; isMonotonic: boolean };
  histogram?: { dataPoints: readonly HistogramDataPoint[]; aggregationTemporality: number };
}

export interface Resource {
  attributes: readonly KeyValue[];
}

export interface Scope {
  name: string;
  version?: string;
}

/** The numbers of OTLP's enums that are used here. */
export const SPAN_KIND = { internal: 1, client: 3 } as const;
export const STATUS_ERROR = 2;
export const DELTA = 1;

/** A value of an attribute: a number as an integer, unless it is wrapped by `double`. */
export type Value = string | number | boolean | readonly string[] | { doubleValue: number } | undefined;

/** The values that are there, under their names. */
export function attributesOf(values: { readonly [name: string]: Value }): KeyValue[] {
  const attributes: KeyValue[] = [];
  for (const key of Object.keys(values)) {
    const attribute = attributeOf(key, values[key]);
    if (attribute !== undefined) attributes.push(attribute);
  }
  return attributes;
}

/** Undefined where there is no value; a list without items says nothing either. */
export function attributeOf(key: string, value: Value): KeyValue | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  return { key, value: anyValue(value) };
}

/** A number that is one with a fraction even where it happens to have none, so that a column keeps its type. */
export function double(value: number | undefined): { doubleValue: number } | undefined {
  return value === undefined ? undefined : { doubleValue: value };
}

function anyValue(value: Exclude<Value, undefined>): AnyValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return 'doubleValue' in value ? value : { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
  }
}

/** Nanoseconds since the epoch of an ISO 8601 time, plus milliseconds; undefined for what is no time. */
export function nanoseconds(timestamp: string | undefined, plusMs = 0): string | undefined {
  const ms = Date.parse(timestamp ?? '') + plusMs;
  return ms > 0 ? `${ms}000000` : undefined;
}
