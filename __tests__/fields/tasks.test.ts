import { describe, expect, test } from '@jest/globals';
import { taskFields } from '../../src/fields/tasks.ts';
import { valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string) =>
  mapFixture(folder)
    .filter(({ tool_phase }) => tool_phase === 'complete')
    .map((record) => valuesOf(taskFields, record))
    .filter((values) => Object.keys(values).length > 0);

const RUN = '/home/dev/.claude/projects/-home-dev-project/0c58fef5-c097-4d93-8db2-c4863882cdf1';

describe('the tasks of real sessions', () => {
  test.each([
    [
      '2.1.329-tuiask',
      [
        {
          question:
            '[{"question":"Which one?","header":"Pick","options":[{"label":"A","description":"a"},{"label":"B","description":"b"}],"multiSelect":false}]',
          question_count: 1,
          answer: '{"Which one?":"A"}',
        },
        {
          plan: '1. Do it.\n2. Test it.',
          plan_file_path: '/home/dev/.claude/plans/sequential-launching-stonebraker.md',
        },
      ],
    ],
    ['2.1.329-bashbg', [{ background_task_id: 'b3iclm2ss' }]],
    [
      '2.1.329-subagentbg',
      [
        {
          output_file:
            '/tmp/claude-1000/-home-dev-project/c5a8573b-0a79-4daf-897d-ac7be68c2c9e/tasks/aad2bc06f6959da29.output',
        },
      ],
    ],
    [
      '2.1.329-workflow',
      [
        {
          background_task_id: 'w2mzmn708',
          background_task_type: 'local_workflow',
          workflow_run_id: 'wf_8055263c-787',
          workflow_name: 'lab',
          workflow_summary: 'Two agents',
          workflow_script_path: `${RUN}/workflows/scripts/lab-wf_8055263c-787.js`,
          workflow_transcript_dir: `${RUN}/subagents/workflows/wf_8055263c-787`,
        },
      ],
    ],
  ])('%s', (folder, expected) => {
    expect(told(folder)).toEqual(expected);
  });
});

describe('tasks that no transcript has', () => {
  const todos = [
    { content: 'a', status: 'completed' },
    { content: 'b', status: 'pending' },
  ];
  test.each([
    [
      'a new task',
      { name: 'TaskCreate', input: { subject: 'Read code' }, answer: { task: { id: '1', subject: 'Read code' } } },
      { task_id: '1', task_subject: 'Read code' },
    ],
    [
      'a task that goes on',
      {
        name: 'TaskUpdate',
        input: { taskId: '1', status: 'in_progress' },
        answer: { success: true, taskId: '1', statusChange: { from: 'pending', to: 'in_progress' } },
      },
      { task_id: '1', task_status_from: 'pending', task_status_to: 'in_progress' },
    ],
    [
      'a change that failed',
      { name: 'TaskUpdate', input: { taskId: '2', status: 'x' } },
      { task_id: '2', task_status_to: 'x' },
    ],
    ['the list', { name: 'TaskList', answer: { tasks: todos } }, { todo_count: 2, todo_completed_count: 1 }],
    ['the list of old clients', { name: 'TodoWrite', input: { todos } }, { todo_count: 2, todo_completed_count: 1 }],
    [
      'the list as it was taken',
      { name: 'TodoWrite', input: { todos }, answer: { oldTodos: [], newTodos: [] } },
      { todo_count: 0, todo_completed_count: 0 },
    ],
    [
      'a plan that was changed',
      { name: 'ExitPlanMode', answer: { plan: 'x', planWasEdited: true } },
      { plan: 'x', plan_was_edited: true },
    ],
    ['a look at a task', { name: 'BashOutput', input: { bash_id: 'b1' } }, { background_task_id: 'b1' }],
    [
      'the end of a task',
      { name: 'TaskStop', input: { shell_id: 'b2' }, answer: { task_id: 'b2', task_type: 'local_bash' } },
      { background_task_id: 'b2', background_task_type: 'local_bash' },
    ],
    ['no task', { name: 'Bash', input: { task_id: 'x', plan: 'y' } }, {}],
  ])('%s', (_case, call, expected) => {
    expect(valuesOf(taskFields, recordOfCall(call))).toEqual(expected);
  });
});
