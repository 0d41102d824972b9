/** What a session is tied to: a pull request, and sessions that it goes on in or comes from. */
import { asCount, asString } from '../lib/json.ts';
import { count, fieldGroup, id, place, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const sessionLinkFields = fieldGroup({
  pr_link_url: place('`prUrl`', 'The pull request that the session is for.'),
  pr_number: count('`prNumber`', 'Its number.'),
  pr_repository: place('`prRepository`', 'Its repository, as `owner/name`.'),
  bridge_session_id: id('`bridgeSessionId`', 'The session under which it is steered from another device.'),
  bridge_sequence: count('`lastSequenceNum`', 'The last message that was exchanged with that device.'),
  continued_in_session_id: id('`continuedInSessionId`', 'The session in which the conversation goes on.'),
  fork_parent_session_id: id('`parentSessionId`', 'The session whose context the sub-agent was given.'),
  fork_parent_uuid: id('`parentLastUuid`', 'The last line of that context.'),
  fork_context_length: count('`contextLength`', 'Messages of that context.'),
  relocated_cwd: place('`relocatedCwd`', 'The directory that the session was moved to.'),
  isolation_side: word('`side` of isolation-latch lines', 'On which side of its isolation the session runs.'),
});

type SessionLinks = ValuesOf<typeof sessionLinkFields>;

export function fillPullRequest(record: SessionLinks, { parts: { line } }: Scope): void {
  record.pr_link_url = asString(line['prUrl']);
  record.pr_number = asCount(line['prNumber']);
  record.pr_repository = asString(line['prRepository']);
}

export function fillSessionLinks(record: SessionLinks, { parts: { line } }: Scope): void {
  record.bridge_session_id = asString(line['bridgeSessionId']);
  record.bridge_sequence = asCount(line['lastSequenceNum']);
  record.continued_in_session_id = asString(line['continuedInSessionId']);
  record.fork_parent_session_id = asString(line['parentSessionId']);
  record.fork_parent_uuid = asString(line['parentLastUuid']);
  record.fork_context_length = asCount(line['contextLength']);
  record.relocated_cwd = asString(line['relocatedCwd']);
  record.isolation_side = asString(line['side']);
}
