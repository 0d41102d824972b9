/** The account that Claude Code is logged in with. */
import { readClaudeJson } from './claude-json.ts';
import { asObject, asString } from './json.ts';

export interface Account {
  email?: string | undefined;
  accountUuid?: string | undefined;
  organizationUuid?: string | undefined;
  organizationName?: string | undefined;
}

/** `oauthAccount` of a `.claude.json`; undefined for users of an API key, who have none. Never throws. */
export function readAccount(claudeJson: string): Account | undefined {
  const account = asObject(readClaudeJson(claudeJson)?.['oauthAccount']);
  if (account === undefined) return undefined;
  const { emailAddress, accountUuid, organizationUuid, organizationName } = account;
  return {
    email: asString(emailAddress),
    accountUuid: asString(accountUuid),
    organizationUuid: asString(organizationUuid),
    organizationName: asString(organizationName),
  };
}
