/** The field numbers of the messages that are sent, from the .proto files of opentelemetry-proto 1.9.0. */

/** How a field is written: `hex` is bytes, `doubles` and `fixed64s` are packed. */
export type Scalar = 'string' | 'hex' | 'bool' | 'int64' | 'enum' | 'fixed64' | 'double' | 'doubles' | 'fixed64s';

/** A field's number, and its kind or the message that it holds; a list is a field that is repeated. */
type Field = readonly [number: number, kind: Scalar | (() => Message)];

export interface Message {
  readonly [jsonName: string]: Field;
}

const anyValue: Message = {
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int64'],
  doubleValue: [4, 'double'],
  arrayValue: [5, () => ({ values: [1, () => anyValue] })],
};
const keyValue: Message = { key: [1, 'string'], value: [2, () => anyValue] };
const resource: Message = { attributes: [1, () => keyValue] };
const scope: Message = { name: [1, 'string'], version: [2, 'string'] };

const span: Message = {
  traceId: [1, 'hex'],
  spanId: [2, 'hex'],
  parentSpanId: [4, 'hex'],
  name: [5, 'string'],
  kind: [6, 'enum'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, () => keyValue],
  status: [15, () => ({ message: [2, 'string'], code: [3, 'enum'] })],
};

const logRecord: Message = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'enum'],
  severityText: [3, 'string'],
  body: [5, () => anyValue],
  attributes: [6, () => keyValue],
  traceId: [9, 'hex'],
  spanId: [10, 'hex'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
};

const numberDataPoint: Message = {
  startTimeUnixNano: [2, 'fixed64'],
  timeUnixNano: [3, 'fixed64'],
  asDouble: [4, 'double'],
  asInt: [6, 'fixed64'],
  attributes: [7, () => keyValue],
};

const histogramDataPoint: Message = {
  startTimeUnixNano: [2, 'fixed64'],
  timeUnixNano: [3, 'fixed64'],
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  bucketCounts: [6, 'fixed64s'],
  explicitBounds: [7, 'doubles'],
  attributes: [9, () => keyValue],
  min: [11, 'double'],
  max: [12, 'double'],
};

const metric: Message = {
  name: [1, 'string'],
  description: [2, 'string'],
  unit: [3, 'string'],
  sum: [
    7,
    () => ({ dataPoints: [1, () => numberDataPoint], aggregationTemporality: [2, 'enum'], isMonotonic: [3, 'bool'] }),
  ],
  histogram: [9, () => ({ dataPoints: [1, () => histogramDataPoint], aggregationTemporality: [2, 'enum'] })],
};

/** The bodies of the three requests, ExportTraceServiceRequest and the like. */
export const requests = {
  traces: requestOf('resourceSpans', 'scopeSpans', 'spans', span),
  logs: requestOf('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  metrics: requestOf('resourceMetrics', 'scopeMetrics', 'metrics', metric),
} as const;

/** The three are built alike: by resource, in each by scope, in each the items. */
function requestOf(byResource: string, byScope: string, items: string, item: Message): Message {
  const scoped: Message = { scope: [1, () => scope], [items]: [2, () => item] };
  return { [byResource]: [1, () => ({ resource: [1, () => resource], [byScope]: [2, () => scoped] })] };
}
