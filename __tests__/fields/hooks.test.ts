import { describe, expect, test } from '@jest/globals';
import { hookStatuses } from '../../src/line/hook-status.ts';
import { hookFields } from '../../src/fields/hooks.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string): { [name: string]: unknown }[] =>
  mapFixture(folder)
    .filter(({ derived }) => derived !== true)
    .map((record) => valuesOf(hookFields, record))
    .filter((values) => Object.keys(values).length > 0);

const STOP = { hook_event: 'Stop', hook_name: 'Stop' };
const QUIET = { hook_has_output: false, prevented_continuation: false };

describe('a hook that ran', () => {
  test.each([
    [
      '2.1.329-hook-ok-stdout',
      {
        ...STOP,
        hook_status: 'success',
        hook_command: "node /home/dev/.lab/hook-log.mjs Stop --out 'plain text from the hook' --err 'stderr text'",
        hook_tool_use_id: '3d506a89-aa57-4b24-9213-98d9d571e880',
        hook_exit_code: 0,
        hook_duration_ms: 54,
        hook_output: 'plain text from the hook',
        hook_stdout: 'plain text from the hook',
        hook_stderr: 'stderr text',
      },
    ],
    [
      '2.1.329-hook-exit1',
      {
        ...STOP,
        hook_status: 'non_blocking_error',
        hook_command: "node /home/dev/.lab/hook-log.mjs Stop --exit 1 --err 'hook went wrong'",
        hook_tool_use_id: '8e1d83a8-7746-473b-aeca-373ee0a89fc8',
        hook_exit_code: 1,
        hook_duration_ms: 106,
        hook_stdout: '',
        hook_stderr: 'Failed with non-blocking status code: hook went wrong',
      },
    ],
    [
      '2.1.329-hook-block-json',
      {
        ...STOP,
        hook_status: 'blocking_error',
        hook_command: `node /home/dev/.lab/hook-log.mjs Stop --out '{"decision":"block","reason":"say more"}'`,
        hook_tool_use_id: '691f44c1-8796-42fb-af39-553807b94d58',
        hook_errors: ['say more'],
      },
    ],
    [
      '2.1.329-hook-timeout',
      {
        ...STOP,
        hook_status: 'cancelled',
        hook_command: 'node /home/dev/.lab/hook-log.mjs Stop --sleep 5000',
        hook_tool_use_id: 'aa4eb4aa-1dc6-43ff-ab3c-af3233abf21f',
        hook_duration_ms: 1009,
        hook_timeout_ms: 1000,
        is_hook_timed_out: true,
      },
    ],
    [
      '2.1.329-hook-async',
      {
        ...STOP,
        hook_status: 'async_response',
        hook_process_id: 'async_hook_16390',
        hook_exit_code: 0,
        hook_stdout: '{"systemMessage":"async done"}',
        hook_stderr: '',
        hook_response: '{"systemMessage":"async done"}',
      },
    ],
  ])('is described: %s', (folder, expected) => {
    expect(told(folder)).toContainEqual(expected);
  });

  test('is described by the line that reports its progress', () => {
    const [first] = told('2.1.50-simple');
    expect(first).toEqual({
      hook_event: 'SessionStart',
      hook_name: 'SessionStart:startup',
      hook_status: 'progress',
      hook_command: 'node /home/dev/.lab/hook-log.mjs SessionStart',
      hook_tool_use_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('is named by the notice of an old client', () => {
    expect(told('1.0.128-compact')).toEqual([{ hook_tool_use_id: '2dcab65b-6dfb-4eea-aaa7-6bf836331e45' }]);
  });
});

describe('the summary of Stop hooks', () => {
  test.each([
    [
      '2.1.329-hook-timeout',
      {
        ...QUIET,
        hook_tool_use_id: 'aa4eb4aa-1dc6-43ff-ab3c-af3233abf21f',
        hook_duration_ms: 1009,
        hook_count: 1,
        hook_commands: ['node /home/dev/.lab/hook-log.mjs Stop --sleep 5000'],
        hook_durations: '[1009]',
      },
    ],
    [
      '2.1.329-hook-exit1',
      {
        ...QUIET,
        hook_status: 'non_blocking_error',
        hook_has_output: true,
        hook_tool_use_id: '8e1d83a8-7746-473b-aeca-373ee0a89fc8',
        hook_duration_ms: 106,
        hook_count: 1,
        hook_commands: ["node /home/dev/.lab/hook-log.mjs Stop --exit 1 --err 'hook went wrong'"],
        hook_durations: '[106]',
        hook_errors: ['Failed with non-blocking status code: hook went wrong'],
        failed_hook_indexes: '[0]',
      },
    ],
    [
      '2.1.329-hook-block-json',
      {
        ...QUIET,
        hook_status: 'blocking_error',
        hook_has_output: true,
        hook_tool_use_id: '691f44c1-8796-42fb-af39-553807b94d58',
        hook_count: 1,
        hook_commands: [`node /home/dev/.lab/hook-log.mjs Stop --out '{"decision":"block","reason":"say more"}'`],
        hook_durations: '[null]',
        hook_errors: ['say more'],
      },
    ],
  ])('is told: %s', (folder, expected) => {
    expect(told(folder)).toContainEqual(expected);
  });

  const summary = { type: 'system', subtype: 'stop_hook_summary' };
  const run = (command: string, durationMs?: number): object => ({ command, durationMs });
  const own = "'/home/dev/.local/share/stopwire/launcher' stopwire-stop-hook";
  test.each([
    ['own_hook_duration_ms', { hookInfos: [run('echo', 40), run(own, 4)] }, 4],
    ['hook_duration_ms', { hookInfos: [run('echo', 40), run(own, 4)] }, 44],
    ['hook_durations', { hookInfos: [run('echo'), run(own, 4)] }, '[null,4]'],
    ['own_hook_duration_ms', { hookInfos: [run('echo', 40)] }, undefined],
    ['hook_duration_ms', { hookInfos: [run('echo')] }, undefined],
    ['hook_count', { hookInfos: [run('echo'), run('echo')] }, 2],
    ['hook_count', { hookInfos: 7 }, 0],
    ['hook_label', { hookLabel: 'Stop' }, 'Stop'],
    ['ide_diagnostics', { hookInfos: [run('a'), { ide_diagnostics: [{ line: 1 }] }] }, '[{"line":1}]'],
    ['hook_status', { hookErrors: ['a', 'b'], failedHookErrorIndexes: [1] }, 'blocking_error'],
    ['hook_status', { hookErrors: ['a'] }, undefined],
    ['hook_status', { hookErrors: [], hookAdditionalContext: ['a'] }, 'additional_context'],
    ['hook_status', { hookErrors: ['a'], preventedContinuation: true }, 'stopped'],
    ['hook_status', { hookErrors: [] }, undefined],
  ] as const)('gives %s of %j', (name, line, expected) => {
    expect(recordOf({ ...summary, ...line })[name]).toBe(expected);
  });

  test('holds what hooks gave the model to read', () => {
    expect(recordOf({ ...summary, hookAdditionalContext: ['a', 1] }).hook_additional_context).toEqual(['a']);
  });
});

describe('a hook that no fixture has', () => {
  const attachment = (type: string, more: object): { [key: string]: unknown } => ({
    type: 'attachment',
    attachment: { type, ...more },
  });
  test.each([
    [attachment('hook_additional_context', { content: ['a', 'b'] }), { hook_additional_context: ['a', 'b'] }],
    [attachment('hook_system_message', { content: 'a' }), { hook_output: 'a' }],
    [attachment('hook_stopped_continuation', { message: 'a' }), { hook_output: 'a', hook_stop_reason: 'a' }],
    [attachment('hook_success', { hookSpecificOutput: { x: 1 } }), { hook_specific_output: '{"x":1}' }],
    [attachment('hook_of_tomorrow', { exitCode: 3 }), { hook_exit_code: 3 }],
    [attachment('file', { exitCode: 3, hookEvent: 'Stop' }), {}],
    [
      {
        type: 'progress',
        data: { type: 'hook_progress', statusMessage: 'x', hookSpecificOutput: {}, ide_diagnostics: [] },
      },
      { hook_status_message: 'x', hook_specific_output: '{}', ide_diagnostics: '[]' },
    ],
    [{ type: 'progress', data: { type: 'bash_progress', command: 'x' } }, {}],
  ])('is described: %j', (line, expected) => {
    const { hook_status, ...values } = valuesOf(hookFields, recordOf(line));
    expect(values).toEqual(expected);
    expect([undefined, ...hookStatuses]).toContain(hook_status);
  });

  test.each([
    ['hook_additional_context', 'additional_context'],
    ['hook_system_message', 'system_message'],
    ['hook_stopped_continuation', 'stopped'],
    ['hook_error_during_execution', 'non_blocking_error'],
    ['hook_of_tomorrow', undefined],
  ])('of the kind %s ended as %s', (type, expected) => {
    expect(recordOf(attachment(type, {})).hook_status).toBe(expected);
  });
});
