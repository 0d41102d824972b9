/** OTLP over HTTP: traces, logs and metrics for any OpenTelemetry collector or backend. */
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Batch, Destination, DestinationKind, Surroundings } from './destination.ts';
import { requestsInOrder, type Request } from './http-parts.ts';
import { transportOptions } from './http-options.ts';
import { openTransport, type Transport } from './http-transport.ts';
import { fromEnvironment } from './otlp/environment.ts';
import { judging, otlpOutcome } from './otlp/outcome.ts';
import { bodyOf, contentTypes, emptyRequest, requestOf, signals, type Signal } from './otlp/requests.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: 'The base address: `/v1/traces`, `/v1/logs` and `/v1/metrics` are put behind it.',
    default: 'http://localhost:4318',
  },
  tracesEndpoint: { kind: 'url', about: 'Where traces go, as it is; without it, below `endpoint`.' },
  logsEndpoint: { kind: 'url', about: 'Where logs go, as it is; without it, below `endpoint`.' },
  metricsEndpoint: { kind: 'url', about: 'Where metrics go, as it is; without it, below `endpoint`.' },
  protocol: {
    kind: 'choice',
    about: 'How bodies are encoded; every backend takes `http/protobuf`, some do not take `http/json`.',
    choices: ['http/protobuf', 'http/json'],
    default: 'http/protobuf',
  },
  traces: { kind: 'boolean', about: 'Whether traces are sent.', default: true },
  logs: { kind: 'boolean', about: 'Whether logs are sent.', default: true },
  metrics: { kind: 'boolean', about: 'Whether metrics are sent.', default: true },
  traceBy: {
    kind: 'choice',
    about: 'What one trace holds: a `turn`, from a prompt to the end of its answer, or the whole `session`.',
    choices: ['turn', 'session'],
    default: 'turn',
  },
  serviceName: {
    kind: 'string',
    about: 'The resource attribute `service.name`; dashboards for Claude Code look for its default.',
    default: 'claude-code',
  },
  resourceAttributes: { kind: 'list', about: 'More resource attributes, each as `key=value`.' },
  retryServerErrors: {
    kind: 'boolean',
    about:
      "Whether a failure of the server's own other than 502, 503 and 504 is tried again: 8 times, over at least a day, then the records at fault become dead letters. The specification has it refused at once: `false`.",
    default: true,
  },
  maxRecords: { kind: 'integer', about: 'Records in one batch.', default: 500, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one batch, before they are encoded.",
    default: 2_097_152,
    min: 1_024,
    max: 67_108_864,
  },
});

type Values = OptionValues<typeof options>;

/**
 * A batch is up to three requests, traces and logs first: what comes twice carries the same ids. Metrics come last,
 * since a server adds up what it gets. Where the acknowledgement of metrics is lost, they are sent again, and a server
 * that took them the first time counts them twice.
 */
export const otlp: DestinationKind<typeof options> = {
  about: 'OpenTelemetry: traces, logs and metrics over OTLP/HTTP.',
  options,
  isRemote: true,
  fromEnvironment,
  open: (values, surroundings) => openOtlp(values, surroundings, Date.now),
};

/** Opens the destination with the clock `now` (epoch ms). Throws a UserError where an option cannot be used. */
export async function openOtlp(values: Values, surroundings: Surroundings, now: () => number): Promise<Destination> {
  const { protocol, traceBy, serviceName, resourceAttributes = [], retryServerErrors, maxRecords, maxBytes } = values;
  const open = (endpoint: string): Promise<Transport> =>
    openTransport({ ...values, endpoint }, surroundings, { now, outcomeOf: otlpOutcome });
  const base = await open(values.endpoint);
  const routes: Route[] = [];
  for (const signal of signals.filter((one) => values[one])) {
    const endpoint = values[`${signal}Endpoint`];
    const route =
      endpoint === undefined ? { transport: base, path: `/v1/${signal}` } : { transport: await open(endpoint) };
    routes.push({ signal, ...route });
  }
  const post = ({ signal, transport, path }: Route, request: object, abort: AbortSignal): ReturnType<Request> =>
    transport.post(
      bodyOf(signal, request, protocol),
      { 'Content-Type': contentTypes[protocol] },
      abort,
      path === undefined ? {} : { path },
    );
  const judged = judging(retryServerErrors);
  const inOrder = requestsInOrder();
  return {
    limits: { maxRecords, maxBytes },
    deliver({ id, records }: Batch, abort) {
      const requests = routes.map((route) => async (): ReturnType<Request> => {
        const request = requestOf(route.signal, records, { traceBy, serviceName, resourceAttributes });
        if (request === undefined) return { kind: 'delivered' };
        return judged(route.signal, await post(route, request, abort));
      });
      return inOrder(id, requests);
    },
    check: (abort) =>
      requestsInOrder()(
        '',
        routes.map((route) => () => post(route, emptyRequest(route.signal), abort)),
      ),
    async close() {
      for (const { transport } of [{ transport: base }, ...routes]) await transport.close();
    },
  };
}

/** Where the requests of a signal go. */
interface Route {
  signal: Signal;
  transport: Transport;
  path?: string;
}
