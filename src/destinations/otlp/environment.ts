/** What the standard variables of OpenTelemetry ask for, as options. Read once, when a destination is added. */

/** Of each option the text that `--set` would take; a list has a line for each entry. */
export type OptionTexts = ReadonlyMap<string, string>;

const SIGNALS = ['TRACES', 'LOGS', 'METRICS'] as const;

/**
 * The options that `OTEL_EXPORTER_OTLP_*`, `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` set (OpenTelemetry
 * specification, "OTLP Exporter Configuration"). Each signal can have an endpoint of its own; any other variable of a
 * signal counts where all three signals have the same value, since one connection serves them all.
 */
export function fromEnvironment(env: NodeJS.ProcessEnv): OptionTexts {
  const general = (name: string): string | undefined => valueOf(env, `OTEL_EXPORTER_OTLP_${name}`) ?? agreed(env, name);
  const resource = new Map(pairsOf(valueOf(env, 'OTEL_RESOURCE_ATTRIBUTES')));
  const compression = general('COMPRESSION');
  const options: { readonly [option: string]: string | undefined } = {
    endpoint: valueOf(env, 'OTEL_EXPORTER_OTLP_ENDPOINT'),
    tracesEndpoint: valueOf(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'),
    logsEndpoint: valueOf(env, 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'),
    metricsEndpoint: valueOf(env, 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'),
    protocol: protocolOf(general('PROTOCOL')),
    headers: lines(pairsOf(general('HEADERS')), ': '),
    timeoutMs: general('TIMEOUT'),
    gzipAboveBytes: compression === undefined ? undefined : GZIP_ABOVE[compression],
    ca: general('CERTIFICATE'),
    clientCertificate: general('CLIENT_CERTIFICATE'),
    clientKey: general('CLIENT_KEY'),
    serviceName: valueOf(env, 'OTEL_SERVICE_NAME') ?? resource.get('service.name'),
    resourceAttributes: lines(
      Array.from(resource).filter(([name]) => name !== 'service.name'),
      '=',
    ),
  };
  return new Map(Object.entries(options).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
}

/** An empty variable is as good as none (OpenTelemetry specification, "Empty value"). */
function valueOf(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** What all three signals are given alike. */
function agreed(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const [first, ...others] = SIGNALS.map((signal) => valueOf(env, `OTEL_EXPORTER_OTLP_${signal}_${name}`));
  return others.every((other) => other === first) ? first : undefined;
}

/** Records do not travel over gRPC: whoever set that for the client gets the default here. */
function protocolOf(protocol: string | undefined): string | undefined {
  return protocol === 'http/json' || protocol === 'http/protobuf' ? protocol : undefined;
}

const GZIP_ABOVE: { readonly [compression: string]: string } = { gzip: '0', none: '1073741824' };

/** A list as `one=1,other=2`, with values that are percent-encoded as in a W3C Baggage header. */
function pairsOf(list: string | undefined): (readonly [name: string, value: string])[] {
  return (list ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [] : [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const];
  });
}

function lines(pairs: readonly (readonly [name: string, value: string])[], between: string): string | undefined {
  return pairs.length === 0 ? undefined : pairs.map((pair) => pair.join(between)).join('\n');
}

/** A value that is not percent-encoded stays as it is. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
