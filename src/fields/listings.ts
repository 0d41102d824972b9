/** What the client told the model it can use: skills, agents, tools that load on demand, and MCP servers. */
import { asArray, asBoolean, asCount, own, type JsonObject } from '../lib/json.ts';
import { count, fieldGroup, flag, ids, texts, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const listingFields = fieldGroup({
  is_initial_listing: flag(
    '`attachment.isInitial`',
    'The list is the first of its kind; later ones name what changed.',
  ),
  skill_count: count('`attachment.skillCount`', 'Skills in the list.'),
  skill_names: texts('`attachment.names[]`', 'Their names.'),
  skill_digests: ids('`attachment.digests[]`', 'Digests of their descriptions.'),
  added_agent_types: texts('`attachment.addedTypes[]`', 'Agents that can be used from now on.'),
  removed_agent_types: texts('`attachment.removedTypes[]`', 'Agents that no longer can.'),
  built_in_agent_types: texts('`attachment.builtInTypes[]`', 'Those that come with the client.'),
  plugin_agent_types: texts('`attachment.builtInPluginTypes[]`', "Those that come with the client's own plugins."),
  shows_concurrency_note: flag('`attachment.showConcurrencyNote`', 'The model was advised to run agents side by side.'),
  deferred_tools_added: count('`attachment.addedNames[]`', 'Tools on demand that are new.'),
  deferred_tools_readded: count('`attachment.readdedNames[]`', 'Tools on demand that are back.'),
  deferred_tools_removed: count('`attachment.removedNames[]`', 'Tools on demand that are gone.'),
  deferred_tools_hidden: count('`attachment.wireHiddenNames[]`', 'Tools on demand that the API is not told of.'),
  deferred_tools_surfaced: count('`attachment.surfacedNames[]`', 'Tools on demand that were loaded.'),
  deferred_tools_recorded: count('`attachment.entries[].name`', 'Tools whose definitions were kept for later.'),
  mcp_servers_failed: texts('`attachment.failedMcpServers[]`', 'MCP servers that did not start.'),
  mcp_servers_failed_count: count('`attachment.failedMcpServers[]`', 'How many.'),
  mcp_servers_pending: texts('`attachment.pendingMcpServers[]`', 'MCP servers that have not started yet.'),
  mcp_servers_pending_count: count('`attachment.pendingMcpServers[]`', 'How many.'),
  mcp_servers_needing_auth: texts('`attachment.needsAuthMcpServers[]`', 'MCP servers that ask for a login.'),
  mcp_servers_needing_auth_count: count('`attachment.needsAuthMcpServers[]`', 'How many.'),
});

type Listings = ValuesOf<typeof listingFields>;

export function fillListings(record: Listings, { parts: { attachment, subtype } }: Scope): void {
  if (attachment !== undefined && subtype !== undefined) own(KINDS, subtype)?.(record, attachment);
}

const KINDS: { readonly [subtype: string]: (record: Listings, attachment: JsonObject) => void } = {
  skill_listing: fillSkills,
  agent_listing_delta: fillAgents,
  deferred_tools_delta: fillTools,
  deferred_tools_record: fillRecorded,
};

function fillSkills(record: Listings, attachment: JsonObject): void {
  record.is_initial_listing = asBoolean(attachment['isInitial']);
  record.skill_count = asCount(attachment['skillCount']);
  record.skill_names = asStrings(attachment['names']);
  record.skill_digests = asStrings(attachment['digests']);
}

function fillAgents(record: Listings, attachment: JsonObject): void {
  record.is_initial_listing = asBoolean(attachment['isInitial']);
  record.added_agent_types = asStrings(attachment['addedTypes']);
  record.removed_agent_types = asStrings(attachment['removedTypes']);
  record.built_in_agent_types = asStrings(attachment['builtInTypes']);
  record.plugin_agent_types = asStrings(attachment['builtInPluginTypes']);
  record.shows_concurrency_note = asBoolean(attachment['showConcurrencyNote']);
}

function fillTools(record: Listings, attachment: JsonObject): void {
  record.deferred_tools_added = lengthOf(attachment['addedNames']);
  record.deferred_tools_readded = lengthOf(attachment['readdedNames']);
  record.deferred_tools_removed = lengthOf(attachment['removedNames']);
  record.deferred_tools_hidden = lengthOf(attachment['wireHiddenNames']);
  record.deferred_tools_surfaced = lengthOf(attachment['surfacedNames']);
  fillServers(record, attachment);
}

function fillServers(record: Listings, attachment: JsonObject): void {
  const failed = asStrings(attachment['failedMcpServers']);
  const pending = asStrings(attachment['pendingMcpServers']);
  const needingAuth = asStrings(attachment['needsAuthMcpServers']);
  record.mcp_servers_failed = failed;
  record.mcp_servers_failed_count = failed?.length;
  record.mcp_servers_pending = pending;
  record.mcp_servers_pending_count = pending?.length;
  record.mcp_servers_needing_auth = needingAuth;
  record.mcp_servers_needing_auth_count = needingAuth?.length;
}

function fillRecorded(record: Listings, attachment: JsonObject): void {
  record.deferred_tools_recorded = lengthOf(attachment['entries']);
}

function lengthOf(value: unknown): number | undefined {
  return asArray(value)?.length;
}
