/** What events and metrics say alike, in the words of the official client. */
import type { MessageRecord } from '../../fields/index.ts';
import type { Value } from './model.ts';

/** Whose session it was, as far as the records still say so. */
export function personOf(record: MessageRecord): { readonly [name: string]: Value } {
  return {
    'user.name': record.os_user,
    'user.email': record.account_email,
    'user.account_uuid': record.account_id,
    'organization.id': record.organization_id,
  };
}

/** As the official client spells it. */
export function speedOf({ speed }: MessageRecord): string | undefined {
  return speed === 'standard' ? 'normal' : speed;
}

export function querySource({ agent_id }: MessageRecord): 'main' | 'subagent' {
  return agent_id === undefined ? 'main' : 'subagent';
}

/** `accept` or `reject`; older clients tell it by the outcome alone. */
export function decisionOf({ permission_decision, permission_outcome }: MessageRecord): string | undefined {
  if (permission_decision !== undefined || permission_outcome === undefined) return permission_decision;
  return permission_outcome === 'allowed' ? 'accept' : 'reject';
}
