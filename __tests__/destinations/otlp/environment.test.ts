import { describe, expect, test } from '@jest/globals';
import { otlp } from '../../../src/destinations/otlp.ts';
import { fromEnvironment } from '../../../src/destinations/otlp/environment.ts';

const cases: [string, NodeJS.ProcessEnv, { [option: string]: string }][] = [
  ['nothing', { OTEL_TRACES_SAMPLER: 'always_on', PATH: '/bin' }, {}],
  ['empty variables', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_SERVICE_NAME: ' ' }, {}],
  ['the endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' }, { endpoint: 'http://otel:4318' }],
  [
    'an endpoint for each signal',
    {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/v1/traces',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://l/v1/logs',
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/v1/metrics',
    },
    { tracesEndpoint: 'http://t/v1/traces', logsEndpoint: 'http://l/v1/logs', metricsEndpoint: 'http://m/v1/metrics' },
  ],
  [
    'headers, percent-encoded',
    { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b%3D, x-team = seven,broken' },
    { headers: 'api-key: a b=\nx-team: seven' },
  ],
  ['a header that only looks encoded', { OTEL_EXPORTER_OTLP_HEADERS: 'k=100%' }, { headers: 'k: 100%' }],
  [
    'what one signal alone is given, which others must not get',
    { OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=secret', OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '5' },
    {},
  ],
  [
    'what all three signals are given',
    {
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'k=1',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'k=1',
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'k=1',
    },
    { headers: 'k: 1' },
  ],
  ['the protocol', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, { protocol: 'http/json' }],
  ['a protocol that is not spoken here', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, {}],
  ['gzip', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }, { gzipAboveBytes: '0' }],
  ['no compression', { OTEL_EXPORTER_OTLP_COMPRESSION: 'none' }, { gzipAboveBytes: '1073741824' }],
  ['the timeout', { OTEL_EXPORTER_OTLP_TIMEOUT: '2500' }, { timeoutMs: '2500' }],
  [
    'certificates',
    {
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca.pem',
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/c.pem',
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k.pem',
    },
    { ca: '/ca.pem', clientCertificate: '/c.pem', clientKey: '/k.pem' },
  ],
  [
    'the service and its resource',
    { OTEL_SERVICE_NAME: 'agents', OTEL_RESOURCE_ATTRIBUTES: 'team=a%2Cb,service.name=other,env=prod' },
    { serviceName: 'agents', resourceAttributes: 'team=a,b\nenv=prod' },
  ],
  [
    'a service that is named among the attributes',
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=agents' },
    { serviceName: 'agents' },
  ],
];

describe('the variables of OpenTelemetry', () => {
  test.each(cases)('say: %s', (_title, env, expected) => {
    expect(Object.fromEntries(fromEnvironment(env))).toEqual(expected);
  });

  test('name options that there are', () => {
    const named = cases.flatMap(([, env]) => [...fromEnvironment(env).keys()]);
    expect(named.filter((name) => !Object.hasOwn(otlp.options, name))).toEqual([]);
  });
});
