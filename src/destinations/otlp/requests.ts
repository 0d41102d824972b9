/** The requests of a batch: for each signal a body, encoded as the protocol says. */
import type { MessageRecord } from '../../fields/index.ts';
import { logRecordsOf } from './log-records.ts';
import type { TraceBy } from './ids.ts';
import { metricsOf } from './metrics.ts';
import type { Scope } from './model.ts';
import { encode } from './protobuf.ts';
import { byResource, type RecordsOfResource, type ResourceOptions } from './resource.ts';
import { requests } from './schema.ts';
import { spansOf } from './spans.ts';

export type Protocol = 'http/protobuf' | 'http/json';

/** In the order in which they are sent: metrics are added up by whoever gets them, so they come last. */
export const signals = ['traces', 'logs', 'metrics'] as const;
export type Signal = (typeof signals)[number];

export interface RequestOptions extends ResourceOptions {
  traceBy: TraceBy;
}

/** The body of a request as an object of the JSON shape; undefined where the records give nothing to send. */
export function requestOf(
  signal: Signal,
  records: readonly MessageRecord[],
  options: RequestOptions,
): object | undefined {
  const scope = scopeOf(records[0]);
  const groups = byResource(records, options);
  const [byResourceName, byScopeName, itemsName] = NAMES[signal];
  const nested = groups.flatMap(({ resource, records: grouped }) => {
    const items = itemsOf(signal, grouped, options);
    return items.length === 0 ? [] : [{ resource, [byScopeName]: [{ scope, [itemsName]: items }] }];
  });
  return nested.length === 0 ? undefined : { [byResourceName]: nested };
}

/** A request that leaves nothing behind, to see whether one would be taken. */
export function emptyRequest(signal: Signal): object {
  return { [NAMES[signal][0]]: [] };
}

export function bodyOf(signal: Signal, request: object, protocol: Protocol): string | Uint8Array {
  return protocol === 'http/json' ? JSON.stringify(request) : encode(requests[signal], request);
}

export const contentTypes: { readonly [Known in Protocol]: string } = {
  'http/protobuf': 'application/x-protobuf',
  'http/json': 'application/json',
};

const NAMES = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
} as const;

function itemsOf(signal: Signal, records: RecordsOfResource['records'], { traceBy }: RequestOptions): object[] {
  switch (signal) {
    case 'traces':
      return spansOf(records, traceBy);
    case 'logs':
      return logRecordsOf(records, traceBy);
    default:
      return metricsOf(records);
  }
}

function scopeOf(record: MessageRecord | undefined): Scope {
  const version = record?.stopwire_version;
  return { name: 'stopwire', ...(version !== undefined && { version }) };
}
