/** Grafana Loki: a log line for each event, in few streams, over its push API. */
import { UserError } from '../errors.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Batch, Delivery, Destination, DestinationKind, Dropped, Surroundings } from './destination.ts';
import { bearer, type KeyHeader } from './http-headers.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';
import { entriesOf, type Entry } from './loki/entries.ts';
import { checkOutcome, pushOutcome } from './loki/outcome.ts';
import { encode, staticLabels } from './loki/streams.ts';

const PUSH = '/loki/api/v1/push';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: `The address of Loki; \`${PUSH}\` is put behind it, unless it stands there.`,
    default: 'http://localhost:3100',
  },
  apiKey: { ...transportOptions.apiKey, about: 'Sent as `Authorization: Bearer <key>`; with `user`, the password.' },
  user: { kind: 'string', about: 'The user name for `Authorization: Basic`; in Grafana Cloud a number.' },
  tenant: { kind: 'string', about: 'The tenant, sent as `X-Scope-OrgID`.' },
  serviceName: { kind: 'string', about: 'The label `service_name`.', default: 'claude-code' },
  labels: { kind: 'list', about: 'More labels for every line, each as `name=value`, for instance `team=web`.' },
  hourLabel: {
    kind: 'boolean',
    about:
      'Adds the label `hour`, weekday and hour in UTC (`mon-09`): within a stream, Loki takes no line that is an hour older than its newest, so without it what is delivered late can be refused.',
    default: true,
  },
  structuredMetadata: {
    kind: 'boolean',
    about: 'Session, tool, model, cost and so on as structured metadata (from Loki 3.0); they stand in the line, too.',
    default: true,
  },
  entries: {
    kind: 'choice',
    about: 'What becomes a line: `all` events, or calls of `tools` alone.',
    choices: ['all', 'tools'],
    default: 'all',
  },
  maxAgeHours: {
    kind: 'integer',
    about: 'Older lines are left out and counted: Loki refuses them, by default after a week. 0 sends them all.',
    default: 168,
    min: 0,
    max: 876_000,
  },
  maxLineBytes: {
    kind: 'integer',
    about: "The texts of a longer line are cut; as large as the server's `max_line_size`.",
    default: 262_144,
    min: 16_384,
    max: 16_777_216,
  },
  maxRecords: { kind: 'integer', about: 'Records in one request.', default: 1_000, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one request, before they become lines.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

type Values = OptionValues<typeof options>;

export const loki: DestinationKind<typeof options> = {
  about: 'Grafana Loki: a log line for each tool call, prompt, response, turn and session (docs/loki.md).',
  options,
  isRemote: true,
  open: (values, surroundings) => openLoki(values, surroundings, Date.now),
};

/** Opens the destination with the clock `now` (epoch ms). Throws a UserError where an option cannot be used. */
export async function openLoki(values: Values, surroundings: Surroundings, now: () => number): Promise<Destination> {
  const { endpoint, maxRecords, maxBytes, maxAgeHours } = values;
  const labels = { service_name: values.serviceName, ...staticLabels(values.labels ?? []) };
  const keyHeader = keyHeaderFor(values);
  const transport = await openTransport(values, surroundings, { now, outcomeOf: pushOutcome, keyHeader });
  const target = new URL(endpoint).pathname.endsWith(PUSH) ? {} : { path: PUSH };
  const headers = { 'Content-Type': 'application/json', ...tenantHeader(values) };
  const push = (entries: readonly Entry[], signal: AbortSignal): Promise<Delivery> =>
    transport.post(encode(entries, { ...values, labels }), headers, signal, target);
  return {
    limits: { maxRecords, maxBytes },
    async deliver({ records }: Batch, signal) {
      const oldest = maxAgeHours === 0 ? 0 : now() - maxAgeHours * HOUR_MS;
      const all = records.flatMap((record) => entriesOf(record, values.entries));
      const entries = all.filter(({ ms }) => ms >= oldest);
      const leftOut = { count: all.length - entries.length, reason: TOO_OLD };
      if (entries.length === 0) return { kind: 'delivered', ...dropped(leftOut) };
      const delivery = await push(entries, signal);
      return delivery.kind === 'delivered' ? afterPush(delivery, entries.length, leftOut) : delivery;
    },
    check: async (signal) => checkOutcome(await push([], signal)),
    close: () => transport.close(),
  };
}

const HOUR_MS = 3_600_000;
const TOO_OLD = 'they are older than the option maxAgeHours allows, or have no time';

function keyHeaderFor({ user, apiKey }: Values): KeyHeader {
  if (user === undefined) return bearer;
  if (apiKey === undefined || user.includes(':')) {
    throw new UserError('The option user was not accepted: it needs a password in apiKey, and may contain no colon.', {
      hint: 'Give user and apiKey together, or apiKey alone for a bearer token.',
    });
  }
  return (key) => ['authorization', `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`];
}

function tenantHeader({ tenant }: Values): { 'X-Scope-OrgID'?: string } {
  if (tenant === undefined) return {};
  if (/^[\x21-\x7e]+$/.test(tenant)) return { 'X-Scope-OrgID': tenant };
  throw new UserError('The option tenant was not accepted: it contains a space or a character outside ASCII.', {
    hint: 'Give it as the Loki server knows it, for instance "team-7".',
  });
}

/** A push of which every entry was refused is a refusal, to be narrowed down as others are. */
function afterPush({ dropped: refused }: Delivery & { kind: 'delivered' }, sent: number, leftOut: Dropped): Delivery {
  if (refused === undefined) return { kind: 'delivered', ...dropped(leftOut) };
  if (refused.count >= sent) return { kind: 'rejected', reason: refused.reason };
  return { kind: 'delivered', dropped: { ...refused, count: refused.count + leftOut.count } };
}

function dropped(leftOut: Dropped): { dropped?: Dropped } {
  return leftOut.count === 0 ? {} : { dropped: leftOut };
}
