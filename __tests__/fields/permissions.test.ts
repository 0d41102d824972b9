import { describe, expect, test } from '@jest/globals';
import { permissionFields } from '../../src/fields/permissions.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string) =>
  mapFixture(folder)
    .filter(({ tool_phase }) => tool_phase === 'complete')
    .map((record) => valuesOf(permissionFields, record));

describe('the decisions of real sessions', () => {
  test.each([
    ['1.0.128-thinktool', [{ permission_outcome: 'allowed' }]],
    [
      '2.1.329-denied',
      [
        {
          permission_outcome: 'denied_rule',
          permission_decision: 'reject',
          permission_source: 'config',
          permission_reason_code: 'bashMiss:no-rule-match',
          tool_denial_kind: 'user-rejected',
        },
      ],
    ],
    [
      '2.1.329-deniedrule',
      [
        {
          permission_outcome: 'denied_rule',
          permission_decision: 'reject',
          permission_source: 'config',
          permission_reason_type: 'subcommandResults',
          permission_rule_source: 'cliArg',
          permission_reason_code: 'rule:cliArg',
          tool_denial_kind: 'permission-rule',
        },
      ],
    ],
    [
      '2.1.329-tuipermission',
      [
        {
          permission_outcome: 'allowed',
          permission_decision: 'accept',
          permission_source: 'user_temporary',
          permission_reason_code: 'bashMiss:no-rule-match',
          permission_grant_scope: 'once',
        },
        { permission_outcome: 'denied_user', tool_denial_kind: 'user-rejected', tool_denied_before_run: true },
      ],
    ],
  ])('%s', (folder, expected) => {
    expect(told(folder)).toEqual(expected);
  });

  test('count in the turn as they count in the records', () => {
    const totals = mapFixture('2.1.329-tuipermission').map((record) => record.turn_permission_denials ?? 0);
    expect(Math.max(...totals)).toBe(1);
  });
});

describe('the reason of a hook', () => {
  test.each([
    ['PreToolUse:Bash hook error: [./guard.sh]: not on a Friday', 'not on a Friday'],
    ['PreToolUse:Bash hook blocking error: no', 'no'],
    ['Hook PreToolUse:Bash denied this tool', 'Hook PreToolUse:Bash denied this tool'],
    [`hook error: ${'x'.repeat(200)}`, 'x'.repeat(128)],
  ])('%j', (text, reason) => {
    const record = recordOfCall({ name: 'Bash', answer: `Error: ${text}`, block: { is_error: true, content: text } });
    expect(record).toMatchObject({ permission_outcome: 'blocked_hook', hook_block_reason: reason });
  });
});
