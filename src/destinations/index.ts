/** The registry of destinations; each is loaded when it is configured, not before. */
import type { ConfiguredDestination } from '../config.ts';
import { UserError } from '../errors.ts';
import { unchecked, type Destination, type Surroundings, type UncheckedKind } from './destination.ts';

export const destinationKinds = {
  local: async () => unchecked((await import('./local.ts')).local),
  http: async () => unchecked((await import('./http.ts')).http),
  file: async () => unchecked((await import('./file.ts')).file),
  otlp: async () => unchecked((await import('./otlp.ts')).otlp),
  loki: async () => unchecked((await import('./loki.ts')).loki),
  webhook: async () => unchecked((await import('./webhook.ts')).webhook),
  anosys: async () => unchecked((await import('./anosys.ts')).anosys),
  honeyhive: async () => unchecked((await import('./honeyhive.ts')).honeyhive),
  agentmon: async () => unchecked((await import('./agentmon.ts')).agentmon),
  'claude-metrics': async () => unchecked((await import('./claude-metrics.ts')).claudeMetrics),
  clickhouse: async () => unchecked((await import('./clickhouse.ts')).clickhouse),
} satisfies { readonly [kind: string]: () => Promise<UncheckedKind> };

export type DestinationKindName = keyof typeof destinationKinds;

export function isDestinationKind(name: string): name is DestinationKindName {
  return Object.hasOwn(destinationKinds, name);
}

/** Whether records leave this machine for it; an unknown kind has no place to send them to. */
export async function isRemoteKind(kind: string): Promise<boolean> {
  return isDestinationKind(kind) && (await destinationKinds[kind]()).isRemote;
}

/** Opens the destination when there is something to deliver, not before. */
export function lazyDestination(configured: ConfiguredDestination, surroundings: Surroundings) {
  let opened: Promise<Destination> | undefined;
  return {
    open: () => (opened ??= openDestination(configured, surroundings)),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

async function openDestination(
  { name, kind, options }: ConfiguredDestination,
  surroundings: Surroundings,
): Promise<Destination> {
  if (!isDestinationKind(kind)) {
    const known = Object.keys(destinationKinds).join(', ');
    throw new UserError(`Destination ${name} is of the unknown kind "${kind}"; there are ${known}.`);
  }
  return (await destinationKinds[kind]()).open(options, surroundings);
}
