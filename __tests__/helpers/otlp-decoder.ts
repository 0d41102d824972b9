/** OTLP bodies decoded by protobufjs from the published .proto files, into the shape of the JSON encoding. */
import { join } from 'node:path';
import protobuf from 'protobufjs';

const PROTO = join(import.meta.dirname, '..', '..', 'fixtures', 'otlp-proto');

const MESSAGES = {
  traces: 'trace.v1.ExportTraceServiceRequest',
  logs: 'logs.v1.ExportLogsServiceRequest',
  metrics: 'metrics.v1.ExportMetricsServiceRequest',
} as const;

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(PROTO, target);
root.loadSync(
  ['trace/v1/trace', 'logs/v1/logs', 'metrics/v1/metrics'].map(
    (name) => `opentelemetry/proto/collector/${name}_service.proto`,
  ),
);

/** The request as an object, with 64-bit numbers as text and ids as hex, as the JSON encoding has them. */
export function decodeOtlp(signal: keyof typeof MESSAGES, bytes: Uint8Array): unknown {
  const type = root.lookupType(`opentelemetry.proto.collector.${MESSAGES[signal]}`);
  return hexIds(type.toObject(type.decode(bytes), { longs: String, enums: Number, bytes: Buffer }));
}

/** An answer as a server would write it. */
export function encodeOtlpAnswer(partialSuccess: object): Buffer {
  const type = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse');
  return Buffer.from(type.encode(type.fromObject({ partialSuccess })).finish());
}

function hexIds(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map(hexIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hexIds(one)]));
}
