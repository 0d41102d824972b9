/** An event as Claude Metrics takes it, with what all events say of the person, the session and the machine. */
import type { MessageRecord } from '../../fields/index.ts';
import type { JsonObject } from '../../lib/json.ts';
import { turnName } from '../../insights/closings.ts';
import { uuid5 } from '../../lib/uuid5.ts';

/** The order in which the events of a batch are sent: the roll-ups of sessions come last. */
export interface Event {
  path:
    '/events/prompt' | '/events/execution' | '/events/tool' | '/events/system' | '/events/session' | '/health-checks';
  body: JsonObject;
}

/** What the user has decided. */
export interface Choices {
  /** The account, where it is not the one that the records tell. */
  accountEmail?: string;
  /** Whether commands are sent, and not only what kind they are of. */
  bashCommands: boolean;
}

/** An event that the record tells of once. The id is made of the record's: the server knows an event that comes again. */
export function eventOf(
  record: MessageRecord,
  path: Event['path'],
  { choices, ...body }: JsonObject & { choices: Choices },
): Event {
  const { session_id: session, turn_id: turn } = record;
  return {
    path,
    body: {
      event_id: uuid5('claude-metrics', session, record.id, path),
      ...accountOf(record, choices),
      session_id: session ?? null,
      session_name: sessionName(record),
      turn_id: turn === undefined ? null : uuid5('claude-metrics-turn', turnName(record)),
      ...body,
    },
  };
}

export function accountOf(record: MessageRecord, { accountEmail }: Choices): JsonObject {
  return {
    account_email: accountEmail ?? emailOf(record),
    account_uuid: record.account_id ?? null,
    organization_uuid: record.organization_id ?? null,
  };
}

/** The account's, as far as the record has one: it must be an address, so a redacted one is none. */
function emailOf({
  account_email: email,
  os_user: user = 'unknown',
  host_name: host = 'stopwire.invalid',
}: MessageRecord): string {
  const part = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-');
  return email?.includes('@') ? email : `${part(user)}@${part(host)}`;
}

export function sessionName({ session_title: title }: MessageRecord): string | null {
  return cut(title, 255);
}

/** No more than so many characters; null where there is nothing. */
export function cut(text: string | undefined, characters: number): string | null {
  return text?.slice(0, characters).toWellFormed() ?? null;
}

/**
 * The machine. Without what identifies it to others (the system's machine id, its address in the network); the larger
 * facts stand on the record of the session alone. The server keeps no time of an event, so it is told here.
 */
export function clientMeta(record: MessageRecord): JsonObject {
  return {
    ...program(record),
    claude_code_version: record.client_version ?? null,
    machine_id_os: null,
    machine_id_plugin: record.host_id ?? null,
    hostname: record.host_name ?? null,
    os_name: platform(record),
    os_version: record.os_version ?? null,
    arch: ARCHITECTURES[record.host_arch ?? ''] ?? record.host_arch ?? null,
    cpu_model: record.cpu_model ?? null,
    cpu_count: record.cpu_count ?? null,
    ram_bytes: record.memory_bytes ?? null,
    local_ip: null,
    mcp_servers: scoped(record.mcp_servers),
    skills_registered: scoped(record.skills_registered),
    occurred_at: record.timestamp ?? null,
  };
}

export function program(record: MessageRecord): JsonObject {
  return {
    os: platform(record),
    plugin_version: record.stopwire_version ?? null,
    node_version: record.node_version ?? null,
  };
}

/** The server has systems and processors as Node.js spells them, records as OpenTelemetry does. */
function platform({ os_type: type }: MessageRecord): string | null {
  return type === 'windows' ? 'win32' : (type ?? null);
}

const ARCHITECTURES: { readonly [arch: string]: string } = { amd64: 'x64', x86: 'ia32', arm32: 'arm', ppc32: 'ppc' };

/** Of `github (user)`. */
function scoped(names: readonly string[] | undefined): JsonObject[] | null {
  if (names === undefined) return null;
  return names.map((entry) => {
    const [, name = entry, scope = null] = /^(.*) \((\w+)\)$/.exec(entry) ?? [];
    return { name, scope };
  });
}

/** Of `Bash=3`. */
export function tallied(entries: readonly string[] | undefined): JsonObject[] | null {
  if (entries === undefined || entries.length === 0) return null;
  return entries.map((entry) => {
    const end = entry.lastIndexOf('=');
    return { name: entry.slice(0, end), count: Number(entry.slice(end + 1)) };
  });
}
