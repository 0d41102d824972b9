/** The machine on which the line was read, and the client's account where the user has asked for it. */
import {
  bytes,
  count,
  fieldGroup,
  flag,
  id,
  place,
  processor,
  scopedWords,
  text,
  word,
  type ValuesOf,
} from './field.ts';
import type { Scope } from './scope.ts';

export const machineFields = fieldGroup({
  os_user: place("the operating system's user", 'Who ran the client.'),
  host_name: place("the operating system's host name", 'On which machine.'),
  host_id: id('a random name, made at the first run', 'This installation of stopwire.'),
  host_arch: word('the processor', '`amd64`, `arm64` and so on, as OpenTelemetry spells them.'),
  os_type: word('the operating system', '`linux`, `darwin` or `windows`.'),
  os_version: word('the operating system', 'Its release.'),
  is_container: flag('marks that container engines leave', 'The client ran in a container.'),
  is_wsl: flag('the kernel release', 'The client ran in the Windows Subsystem for Linux.'),
  account_email: text('.claude.json, on request only', "The client's account."),
  account_id: place('.claude.json, on request only', "The account's id."),
  organization_id: place('.claude.json, on request only', "The account's organization."),
});

/** Larger facts of the machine, on the record of the session alone. */
export const machineDetailFields = fieldGroup({
  node_version: word('the running Node.js', 'The version of Node.js that stopwire runs on.'),
  cpu_model: processor('the processor', 'Its model.'),
  cpu_count: count('the processor', 'Its logical cores.'),
  memory_bytes: bytes('the operating system', 'Memory of the machine.'),
  mcp_servers: scopedWords('.claude.json and .mcp.json', 'MCP servers that are set up, with their scope.'),
  skills_registered: scopedWords(
    "the client's and the project's skills folders",
    'Skills that are there, with their scope.',
  ),
});

export function fillMachine(record: ValuesOf<typeof machineFields>, { capture }: Scope): void {
  const { host, hostId, account } = capture;
  record.os_user = host.osUser;
  record.host_name = host.hostName;
  record.host_id = hostId;
  record.host_arch = host.arch;
  record.os_type = host.osType;
  record.os_version = host.osVersion;
  record.is_container = host.isContainer;
  record.is_wsl = host.isWsl;
  record.account_email = account?.email;
  record.account_id = account?.accountUuid;
  record.organization_id = account?.organizationUuid;
}

export function fillMachineDetails(
  record: ValuesOf<typeof machineDetailFields>,
  { capture: { host, inventoryAt }, context }: Scope,
): void {
  record.node_version = host.nodeVersion;
  record.cpu_model = host.cpuModel;
  record.cpu_count = host.cpuCount;
  record.memory_bytes = host.memoryBytes;
  const { project } = context.last;
  if (project === undefined) return;
  const { mcpServers, skills } = inventoryAt(project);
  record.mcp_servers = mcpServers;
  record.skills_registered = skills;
}
