/** Claude Metrics: an event a request, in the order of the lines, and a heartbeat of the machine. */
import { UserError } from '../errors.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import { eventsOf, healthCheck } from './claude-metrics/events.ts';
import { heartbeatOf } from './claude-metrics/heartbeat.ts';
import type { Delivery, Destination, DestinationKind, Surroundings } from './destination.ts';
import { requestsInOrder } from './http-parts.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: 'The address of the API, up to its version.',
    default: 'http://127.0.0.1:8000/api/v1',
  },
  apiKey: {
    ...transportOptions.apiKey,
    about: 'The token (`cm_…`), sent as `Authorization: Bearer <token>`.',
    required: true,
  },
  accountEmail: {
    kind: 'string',
    about: "Whom events belong to; without it, the client's account where records have it, else `user@host`.",
  },
  bashCommands: {
    kind: 'boolean',
    about: 'Whether commands are sent, cut at 8,000 characters, and not only what kind they are of.',
    default: false,
  },
  healthChecks: {
    kind: 'boolean',
    about: 'Whether a heartbeat of this machine is sent along with records, at most every ten minutes.',
    default: true,
  },
  maxRecords: {
    kind: 'integer',
    about: 'Records in one batch; each prompt, call of a tool and end of a turn in it is a request.',
    default: 50,
    min: 1,
    max: 1_000,
  },
});

const MAX_BYTES = 1_048_576;

/**
 * The protocol knows one event a request, and no time but that of its arrival, so events are sent one after the other. A
 * hundred records are fifteen to forty of them: with answers within 20 ms, 100,000 records take five to fifteen minutes.
 */
export const claudeMetrics: DestinationKind<typeof options> = {
  about:
    'Claude Metrics: prompts, executions, calls of tools and sessions, an event a request (docs/claude-metrics.md).',
  options,
  isRemote: true,
  fromEnvironment(env) {
    const texts = {
      endpoint: env['CLAUDE_METRICS_API_URL'],
      apiKey: env['CLAUDE_METRICS_API_TOKEN'],
      accountEmail: env['CLAUDE_METRICS_ACCOUNT_EMAIL'],
      bashCommands: env['CLAUDE_METRICS_BASH_ARGS'] === '1' ? 'true' : undefined,
    };
    return new Map(Object.entries(texts).flatMap(([option, text]) => (text ? [[option, text]] : [])));
  },
  open: (values, surroundings) => openClaudeMetrics(values, surroundings, Date.now),
};

/** Opens the destination with the clock `now` (epoch ms). Throws a UserError where an option cannot be used. */
export async function openClaudeMetrics(
  values: OptionValues<typeof options>,
  surroundings: Surroundings,
  now: () => number,
): Promise<Destination> {
  checkToken(values.apiKey);
  const transport = await openTransport(values, surroundings, { now });
  const heartbeat = heartbeatOf(values.endpoint, surroundings.stateDirectory);
  const inOrder = requestsInOrder();
  const post = (path: string, body: object, signal: AbortSignal): Promise<Delivery> => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
    return transport.post(JSON.stringify(body), headers, signal, { path });
  };
  return {
    limits: { maxRecords: values.maxRecords, maxBytes: MAX_BYTES },
    async deliver({ id, records }, signal) {
      const requests = eventsOf(records, values).map(
        ({ path, body }) =>
          () =>
            post(path, body, signal),
      );
      const delivery = await inOrder(id, requests);
      const last = records.findLast(({ type }) => type !== 'canary');
      if (delivery.kind === 'delivered' && last && values.healthChecks && heartbeat.isDue(now())) {
        heartbeat.sent(now());
        const { path, body } = healthCheck(last, new Date(now()).toISOString(), values);
        // What became of it changes nothing for the records.
        await post(path, body, signal);
      }
      return delivery;
    },
    async check(signal) {
      const asked = await post('/health-checks', {}, signal);
      // It says what is missing once it has taken the token.
      return asked.kind === 'rejected' ? { kind: 'delivered' } : asked;
    },
    close: () => transport.close(),
  };
}

function checkToken(token: string): void {
  if (token.startsWith('cm_')) return;
  throw new UserError('The token for Claude Metrics was not accepted: it does not begin with "cm_".', {
    hint: 'Copy it from Claude Metrics again.',
  });
}
