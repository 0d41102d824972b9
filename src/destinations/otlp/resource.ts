/** What sends the telemetry: the client, as it names itself, on its machine. */
import type { MessageRecord } from '../../fields/index.ts';
import { attributesOf, type Resource, type Value } from './model.ts';

export interface ResourceOptions {
  serviceName: string;
  /** `key=value` each; they win over what the records say. */
  resourceAttributes: readonly string[];
}

export interface RecordsOfResource {
  resource: Resource;
  records: readonly MessageRecord[];
}

/** The records by the client and the machine that they come from, in the order of their first. */
export function byResource(records: readonly MessageRecord[], options: ResourceOptions): RecordsOfResource[] {
  const added = Object.fromEntries(options.resourceAttributes.map(pairOf));
  const groups = new Map<string, MessageRecord[]>();
  for (const record of records) {
    const name = [record.client_version, record.host_name, record.host_id].join('\0');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [record]);
    else group.push(record);
  }
  return Array.from(groups.values(), (group) => {
    const attributes = attributesOf({ ...described(group[0], options), ...added });
    return { resource: { attributes }, records: group };
  });
}

function described(record: MessageRecord | undefined, { serviceName }: ResourceOptions): { [name: string]: Value } {
  return {
    'service.name': serviceName,
    'service.version': record?.client_version,
    'host.name': record?.host_name,
    'host.id': record?.host_id,
    'host.arch': record?.host_arch,
    'os.type': record?.os_type,
    'os.version': record?.os_version,
  };
}

function pairOf(pair: string): [name: string, value: string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}
