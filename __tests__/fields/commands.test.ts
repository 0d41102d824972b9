import { describe, expect, test } from '@jest/globals';
import { commandFields } from '../../src/fields/commands.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string) =>
  mapFixture(folder)
    .filter(({ tool_phase, tool_name }) => tool_phase === 'complete' && tool_name === 'Bash')
    .map((record) => valuesOf(commandFields, record));

const WENT_ON = { is_interrupted: false, is_timed_out: false, is_background: false };
const RAN = { ...WENT_ON, is_sandboxed: false };
const OUTPUT = { is_image_output: false, no_output_expected: false, stderr_bytes: 0 };

describe('the commands of real sessions', () => {
  test.each([
    [
      '2.1.329-bash',
      {
        ...RAN,
        ...OUTPUT,
        bash_command: 'ls -la && git log --oneline | head -3',
        bash_description: 'List files and log',
        bash_command_kind: 'fs',
        bash_programs: ['ls', 'git', 'head'],
        stdout_bytes: 290,
      },
    ],
    [
      '2.1.329-bashbg',
      {
        ...RAN,
        ...OUTPUT,
        bash_command: 'for i in 1 2 3; do echo tick $i; sleep 0.3; done',
        bash_description: 'Tick in the background',
        bash_command_kind: 'other',
        bash_programs: ['echo', 'sleep'],
        is_background: true,
        stdout_bytes: 0,
      },
    ],
    [
      '2.1.329-bashtimeout',
      {
        ...RAN,
        bash_command: 'sleep 5',
        bash_description: 'Sleep',
        bash_command_kind: 'other',
        bash_programs: ['sleep'],
        bash_timeout_ms: 1000,
        exit_code: 143,
        is_timed_out: true,
      },
    ],
    [
      '2.1.329-bashlong',
      {
        ...RAN,
        ...OUTPUT,
        bash_command: 'seq 1 20000',
        bash_description: 'Print many lines',
        bash_command_kind: 'other',
        bash_programs: ['seq'],
        stdout_bytes: 46,
        persisted_output_path:
          '/home/dev/.claude/projects/-home-dev-project/010ada57-b9bf-45ee-a24d-97d87fc480d4/tool-results/bckk3qnh3.txt',
        persisted_output_bytes: 108_894,
      },
    ],
    [
      '2.1.329-deniedrule',
      {
        ...WENT_ON,
        bash_command: 'curl -s http://127.0.0.1:9/',
        bash_description: 'Network call',
        bash_command_kind: 'net',
        bash_programs: ['curl'],
        command_risks: ['network'],
      },
    ],
    [
      '2.1.329-tuiinterrupt',
      {
        ...WENT_ON,
        bash_command: 'node -e "setTimeout(()=>{},30000)"',
        bash_description: 'Wait 30 s',
        bash_command_kind: 'other',
        bash_programs: ['node'],
        is_interrupted: true,
      },
    ],
  ])('%s', (folder, expected) => {
    expect(told(folder)).toEqual([expected]);
  });
});

describe('commands that no transcript has', () => {
  const bash = (command: string, answer: unknown = {}, block = {}) =>
    valuesOf(commandFields, recordOfCall({ name: 'Bash', input: { command }, answer, block }));

  test.each([
    ['cat /etc/passwd', {}, { command_risks: ['system_file'], command_outside_paths: ['/etc/passwd'] }],
    ['grep x y', { returnCodeInterpretation: 'No matches found' }, { return_code_interpretation: 'No matches found' }],
    ['sleep 9', { timedOutAfterMs: 5, backgroundTaskId: 'b' }, { is_timed_out: true, is_background: true }],
    ['sleep 9', { interrupted: true, stdout: '' }, { is_interrupted: true }],
    ['x', { dangerouslyDisableSandbox: true }, { is_sandbox_disabled: true }],
    ['plot', { stdout: 'data:image/png;base64,AA', isImage: true }, { is_image_output: true, stdout_bytes: 24 }],
    ['git commit -m x', { stdout: '[main 1a2b3c4] x' }, { commit_sha: '1a2b3c4', commit_count: 1 }],
    [
      'gh pr create',
      { stdout: 'https://github.com/a/b/pull/1' },
      { pr_url: 'https://github.com/a/b/pull/1', pull_request_count: 1 },
    ],
  ])('%s with %j', (command, answer, expected) => {
    expect(bash(command, answer)).toMatchObject(expected);
  });

  test('what failed made no commit', () => {
    const failed = bash('git commit -q', 'Error: Exit code 1\nnothing to commit', { is_error: true });
    expect(failed).toMatchObject({ exit_code: 1, bash_command_kind: 'git' });
    expect(failed).not.toHaveProperty('commit_count');
  });

  test('what is asked of other tools is no command', () => {
    expect(valuesOf(commandFields, recordOfCall({ name: 'mcp__x__run', input: { command: 'ls' } }))).toEqual({});
    expect(valuesOf(commandFields, recordOfCall({ name: 'PowerShell', input: { command: 'ls' } }))).toMatchObject({
      bash_command: 'ls',
    });
  });
});
