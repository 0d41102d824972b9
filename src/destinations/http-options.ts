/** The options of a connection, which every HTTP destination has. */
import { declareOptions } from '../lib/options.ts';

/** To be spread into the options of a destination. */
export const transportOptions = declareOptions({
  endpoint: { kind: 'url', about: 'The address that batches are posted to.', required: true },
  apiKey: { kind: 'string', about: 'Sent as `Authorization: Bearer <key>`.', secret: true },
  headers: { kind: 'list', about: 'More headers, each as `Name: value`.', secret: true },
  gzipAboveBytes: {
    kind: 'integer',
    about: 'A longer body is compressed with gzip.',
    default: 8_192,
    min: 0,
    max: 1_073_741_824,
  },
  timeoutMs: {
    kind: 'integer',
    about: 'Milliseconds for a whole request and its answer.',
    default: 10_000,
    min: 100,
    max: 600_000,
  },
  connectTimeoutMs: {
    kind: 'integer',
    about: 'Milliseconds to connect, proxy and TLS included.',
    default: 3_000,
    min: 100,
    max: 600_000,
  },
  insecureHttp: {
    kind: 'boolean',
    about: 'Allows plain http to another machine: records and key travel readable.',
    default: false,
  },
  proxy: {
    kind: 'url',
    about:
      'The proxy to connect through, by CONNECT; a login stands in its address. Without it, https goes through `HTTPS_PROXY`, but for the hosts in `NO_PROXY`.',
    secret: true,
  },
  ca: {
    kind: 'path',
    about: 'A PEM file of certificate authorities to trust besides those of Node and `NODE_EXTRA_CA_CERTS`.',
  },
  clientCertificate: { kind: 'path', about: 'A PEM file with the certificate to show to the server.' },
  clientKey: { kind: 'path', about: 'A PEM file with its private key, unencrypted and readable by its owner alone.' },
});
