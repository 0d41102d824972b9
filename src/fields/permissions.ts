/** Whether a call was allowed, and who decided that. */
import { asBoolean, asObject, asString, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { fieldGroup, flag, text, word, type ValuesOf } from './field.ts';
import { errorText } from '../line/outcome.ts';

export const permissionFields = fieldGroup({
  permission_outcome: word(
    '`toolDenialKind`, `toolDenialBeforeRun`, `permissionDecision.source`, else the text of the result',
    '`allowed`, `denied_user`, `blocked_hook`, or `denied_rule`: a rule forbade the call, or none allowed it and nobody was there to be asked.',
  ),
  permission_decision: word('`permissionDecision.decision`', '`accept` or `reject`; written since 2.1.329.'),
  permission_source: word(
    '`permissionDecision.source`',
    'Who decided: `config`, `user_temporary`, `user_permanent` and others.',
  ),
  permission_reason_type: word('`permissionDecision.reasonType`', 'What the decision rests on, for instance `rule`.'),
  permission_reason_code: word('`permissionDecision.reasonCode`', 'The reason in more detail.'),
  permission_rule_source: word(
    '`permissionDecision.ruleSource`',
    'Where the rule stands, for instance `userSettings`.',
  ),
  permission_grant_scope: word('`permissionDecision.grantScope`', 'How far a permission goes: `once` or `session`.'),
  tool_denial_kind: word('`toolDenialKind`', 'Why the call was refused, in the word of the client.'),
  tool_denied_before_run: flag('`toolDenialBeforeRun`', 'The call was refused before it had begun.'),
  hook_block_reason: text(
    'the text of a result that a hook blocked',
    'What the hook gave as its reason, cut at 128 characters.',
  ),
});

type PermissionValues = ValuesOf<typeof permissionFields>;

export function fillPermission(record: PermissionValues, { block, written, outcome, isFirst, scope }: Call): void {
  const { permission } = outcome;
  record.permission_outcome = permission;
  if (permission === 'blocked_hook') record.hook_block_reason = reasonOf(errorText(block, written));
  if (isFirst) fillDecision(record, scope.parts.line);
}

function fillDecision(record: PermissionValues, line: JsonObject): void {
  const decision = asObject(line['permissionDecision']);
  if (decision !== undefined) {
    record.permission_decision = asString(decision['decision']);
    record.permission_source = asString(decision['source']);
    record.permission_reason_type = asString(decision['reasonType']);
    record.permission_reason_code = asString(decision['reasonCode']);
    record.permission_rule_source = asString(decision['ruleSource']);
    record.permission_grant_scope = asString(decision['grantScope']);
  }
  record.tool_denial_kind = asString(line['toolDenialKind']);
  record.tool_denied_before_run = asBoolean(line['toolDenialBeforeRun']);
}

const MAX_REASON = 128;

/** Without what the client puts before it: `PreToolUse:Bash hook error: [the hook's command]: `. */
function reasonOf(error: string): string {
  const reason = error.slice(0, 2000).replace(/^(?:\w+:\S+ )?hook (?:blocking )?error:?\s*(?:\[[^\]]*\]:\s*)?/i, '');
  return reason.trim().slice(0, MAX_REASON).toWellFormed();
}
