import { describe, expect, test } from '@jest/globals';
import { errorClasses, outcomeOf, type Outcome } from '../../src/line/outcome.ts';
import { partsOf } from '../../src/line/parts.ts';
import type { Line } from '../../src/types.ts';
import { mapFixture } from '../helpers/mapped.ts';

const REJECTED =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file).";

describe('failed calls of real sessions', () => {
  test.each([
    ['1.0.128-parallel', ['error allowed']],
    ['2.0.14-parallel', ['error allowed']],
    ['2.0.76-parallel', ['exit_nonzero allowed 7']],
    ['2.1.200-parallel', ['exit_nonzero allowed 7']],
    ['2.1.329-bashfail', ['exit_nonzero allowed 3']],
    ['2.1.329-bashtimeout', ['timeout allowed 143']],
    ['2.1.329-denied', ['permission_denied denied_rule']],
    ['2.1.329-deniedrule', ['permission_denied denied_rule']],
    ['2.1.329-tuipermission', ['exit_nonzero allowed 7', 'permission_denied denied_user']],
    ['2.1.329-tuiinterrupt', ['interrupted allowed']],
    ['2.1.329-psignal', ['interrupted allowed', 'exit_nonzero allowed 137']],
    ['2.1.329-plan', ['unknown_tool allowed', 'unknown_tool allowed']],
    ['2.1.329-mcp', ['error allowed']],
    ['2.1.329-fileops', []],
  ])('%s: %j', (folder, expected) => {
    const failed = mapFixture(folder).filter(({ tool_success }) => tool_success === false);
    const told = failed.map((record) => [record.tool_error_class, record.permission_outcome, record.exit_code]);
    expect(told.map((values) => values.filter((value) => value !== undefined).join(' '))).toEqual(expected);
  });
});

/** A result as the client writes it: the text in the block, and once more beside it behind `Error: `. */
function failure(text: string, beside: Line = {}): Outcome {
  const block = { type: 'tool_result', tool_use_id: 't', is_error: true, content: text };
  return outcome({ toolUseResult: `Error: ${text}`, ...beside }, block);
}

function outcome(beside: Line, ...blocks: Line[]): Outcome {
  const line = { type: 'user', message: { role: 'user', content: blocks }, ...beside };
  const parts = partsOf({ line, start: 0, end: 1, tail: Buffer.alloc(0) });
  return outcomeOf(parts, parts.toolResults.at(-1) ?? {});
}

describe('why a call failed', () => {
  test.each([
    ['Exit code 1\nhusky - pre-commit hook error: blocked by hook', 'exit_nonzero'],
    ['Exit code 28\ncurl: (28) Operation timed out', 'exit_nonzero'],
    ['Exit code 128\nfatal: access to this repository has been denied', 'exit_nonzero'],
    ['Exit code 127\n/bin/bash: line 1: foo: command not found', 'exit_nonzero'],
    ['Exit code 1\nbash: ./x.sh: Permission denied', 'exit_nonzero'],
    ['Exit code 2\nerror TS2304: Cannot find name old_string', 'exit_nonzero'],
    ['Exit code 143\nCommand timed out after 2m 0.0s', 'timeout'],
    ['Command timed out after 2m 0.0s', 'timeout'],
    ['MCP error -32001: Request timed out', 'timeout'],
    ['MCP error -32602: Invalid arguments for tool add', 'invalid_input'],
    [
      'InputValidationError: Bash failed due to the following issue:\nThe required parameter `command` is missing',
      'invalid_input',
    ],
    ['Found 2 matches of the string to replace, but replace_all is false.', 'invalid_input'],
    ['No changes to make: old_string and new_string are exactly the same.', 'invalid_input'],
    ['String to replace not found in file.\nString: not in there', 'old_string_not_found'],
    ['File does not exist. Note: your current working directory is /home/dev/project.', 'not_found'],
    ["ENOENT: no such file or directory, open '/x'", 'not_found'],
    ['No such tool available: NoSuchTool', 'unknown_tool'],
    ["EACCES: permission denied, open '/etc/shadow'", 'permission_denied'],
    ['[Request interrupted by user for tool use]', 'interrupted'],
    ['boom', 'error'],
    ['', 'error'],
  ])('%j: %s, though nobody refused it', (text, errorClass) => {
    expect(failure(text)).toMatchObject({ isError: true, errorClass, permission: 'allowed' });
    expect(failure(`<tool_use_error>${text}</tool_use_error>`, { toolUseResult: undefined })).toMatchObject({
      errorClass,
    });
  });

  test('only words of the list are used', () => {
    expect(errorClasses).toHaveLength(10);
    expect(errorClasses).toContain(failure('anything').errorClass);
  });
});

const reject = (source: string): Line => ({ permissionDecision: { decision: 'reject', source } });

describe('who refused a call', () => {
  test.each([
    [REJECTED, {}, 'denied_user', 'permission_denied'],
    [REJECTED, { toolDenialKind: 'user-rejected', toolDenialBeforeRun: true }, 'denied_user', 'permission_denied'],
    [REJECTED, { toolDenialKind: 'user-rejected' }, 'allowed', 'interrupted'],
    [REJECTED, { toolDenialKind: 'user-rejected', ...reject('user_reject') }, 'denied_user', 'permission_denied'],
    ['This command requires approval', reject('config'), 'denied_rule', 'permission_denied'],
    ['This command requires approval', {}, 'denied_rule', 'permission_denied'],
    [
      "Claude requested permissions to write to /x, but you haven't granted it yet.",
      {},
      'denied_rule',
      'permission_denied',
    ],
    ['Permission to use Bash with command rm x has been denied.', {}, 'denied_rule', 'permission_denied'],
    ['whatever', { toolDenialKind: 'permission-rule' }, 'denied_rule', 'permission_denied'],
    ['whatever', { toolDenialKind: 'hook-blocked' }, 'blocked_hook', 'hook_blocked'],
    ['whatever', reject('hook'), 'blocked_hook', 'hook_blocked'],
    ['PreToolUse:Bash hook error: [./guard.sh]: not on a Friday', {}, 'blocked_hook', 'hook_blocked'],
    ['Hook PreToolUse:Bash denied this tool', {}, 'blocked_hook', 'hook_blocked'],
    ['Operation was blocked by hook: no', {}, 'blocked_hook', 'hook_blocked'],
    [
      'Exit code 1',
      { permissionDecision: { decision: 'accept', source: 'user_temporary' } },
      'allowed',
      'exit_nonzero',
    ],
  ])('%j with %j: %s', (text, beside, permission, errorClass) => {
    expect(failure(text, beside)).toMatchObject({ permission, errorClass });
  });
});

describe('what counts as a failure', () => {
  const ok = { type: 'tool_result', tool_use_id: 't', content: 'Exit code 1' };

  test('not the words of a call that went well', () => {
    expect(outcome({}, ok)).toEqual({
      isError: false,
      errorClass: undefined,
      permission: 'allowed',
      exitCode: undefined,
    });
  });

  test('an interruption, though the block does not call it an error', () => {
    const interrupted = outcome({ toolUseResult: { stdout: 'a', interrupted: true } }, ok);
    expect(interrupted).toMatchObject({ isError: true, errorClass: 'interrupted', permission: 'allowed' });
  });

  test('what the line says counts for its first result alone', () => {
    const beside = { toolUseResult: { interrupted: true }, toolDenialKind: 'permission-rule' };
    expect(outcome(beside, ok, { ...ok, tool_use_id: 'u' })).toMatchObject({ isError: false });
    expect(outcome(beside, ok, { ...ok, is_error: true, content: 'boom' })).toMatchObject({ errorClass: 'error' });
  });
});
