/** Plans, questions to the person, to-do lists, and work that goes on in the background. */
import { asArray, asBoolean, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { count, fieldGroup, flag, id, place, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';

export const taskFields = fieldGroup({
  question: text(
    '`toolUseResult.questions[].**`, `message.content[].input.questions[].**`',
    'What the model asked, as JSON.',
  ),
  question_count: count('`toolUseResult.questions[]`', 'How many questions it asked.'),
  answer: text('`toolUseResult.answers.**`', 'What the person answered to each, as JSON.'),
  plan: text('`toolUseResult.plan`, `message.content[].input.plan`', 'The plan that was put forward.'),
  plan_file_path: place('`toolUseResult.filePath` of ExitPlanMode', 'Where the client keeps the plan.'),
  plan_was_edited: flag('`toolUseResult.planWasEdited`', 'The person changed the plan before approving it.'),
  task_id: id(
    '`toolUseResult.task.id`, `toolUseResult.taskId`, `message.content[].input.taskId`',
    'The task of the to-do list.',
  ),
  task_subject: text('`toolUseResult.task.subject`, `message.content[].input.subject`', 'What the task is called.'),
  task_status_from: word('`toolUseResult.statusChange.from`', 'Its status before the call.'),
  task_status_to: word(
    '`toolUseResult.statusChange.to`, `message.content[].input.status`',
    'Its status after the call.',
  ),
  todo_count: count(
    '`toolUseResult.newTodos[]`, `toolUseResult.tasks[]`, `message.content[].input.todos[]`',
    'Tasks on the list.',
  ),
  todo_completed_count: count(
    '`toolUseResult.newTodos[].status`, `toolUseResult.tasks[].status`, `message.content[].input.todos[].status`',
    'Those of them that are done.',
  ),
  background_task_id: id(
    '`toolUseResult.backgroundTaskId`, `toolUseResult.taskId` of Workflow, `message.content[].input.task_id`, `message.content[].input.shell_id`, `message.content[].input.bash_id`',
    'The background task that the call started, asked for or ended.',
  ),
  background_task_type: word('`toolUseResult.taskType`, `toolUseResult.task_type`', 'What kind of task it is.'),
  output_file: place('`toolUseResult.outputFile`', 'Where a background task writes its output.'),
  workflow_run_id: id('`toolUseResult.runId`', 'The run that a call of Workflow started.'),
  workflow_name: text('`toolUseResult.workflowName`', 'What the workflow is called.'),
  workflow_summary: text('`toolUseResult.summary` of Workflow', 'What it is for, in a few words.'),
  workflow_script_path: place('`toolUseResult.scriptPath`', 'Its script.'),
  workflow_transcript_dir: place('`toolUseResult.transcriptDir`', 'The folder of the transcripts of its agents.'),
});

type TaskValues = ValuesOf<typeof taskFields>;

export function fillTask(record: TaskValues, call: Call): void {
  (FILLS.get(call.name) ?? fillBackground)(record, call);
}

function fillQuestion(record: TaskValues, { input, answer }: Call): void {
  const questions = asArray(answer['questions']) ?? asArray(input['questions']);
  record.question = jsonTextOf(questions);
  record.question_count = questions?.length;
  record.answer = jsonTextOf(answer['answers']);
}

function fillPlan(record: TaskValues, { input, answer }: Call): void {
  record.plan = asString(answer['plan']) ?? asString(input['plan']);
  record.plan_file_path = asString(answer['filePath']);
  record.plan_was_edited = asBoolean(answer['planWasEdited']);
}

function fillTaskOf(record: TaskValues, { name, input, answer }: Call): void {
  const about = asObject(answer['task']);
  const change = asObject(answer['statusChange']);
  record.task_id = asString(about?.['id']) ?? asString(answer['taskId']) ?? asString(input['taskId']);
  record.task_subject = asString(about?.['subject']) ?? asString(input['subject']);
  record.task_status_from = asString(change?.['from']);
  record.task_status_to = asString(change?.['to']) ?? (name === 'TaskUpdate' ? asString(input['status']) : undefined);
}

function fillList(record: TaskValues, { input, answer }: Call): void {
  const items = asArray(answer['newTodos']) ?? asArray(answer['tasks']) ?? asArray(input['todos']);
  record.todo_count = items?.length;
  record.todo_completed_count = items?.filter((item) => isObject(item) && item['status'] === 'completed').length;
}

function fillWorkflow(record: TaskValues, { answer }: Call): void {
  record.background_task_id = asString(answer['taskId']);
  record.background_task_type = asString(answer['taskType']);
  record.workflow_run_id = asString(answer['runId']);
  record.workflow_name = asString(answer['workflowName']);
  record.workflow_summary = asString(answer['summary']);
  record.workflow_script_path = asString(answer['scriptPath']);
  record.workflow_transcript_dir = asString(answer['transcriptDir']);
}

/** Tools that ask after a task in the background or end it, old names and new. */
const WATCHING: ReadonlySet<string> = new Set(['TaskOutput', 'TaskStop', 'BashOutput', 'KillShell', 'KillBash']);

function fillBackground(record: TaskValues, { name, input, answer }: Call): void {
  const asksFor = WATCHING.has(name) ? watchedTask(input) : undefined;
  const taskId = asString(answer['backgroundTaskId']) ?? asksFor;
  const file = asString(answer['outputFile']);
  if (taskId === undefined && file === undefined) return;
  record.background_task_id = taskId;
  record.background_task_type = asString(answer['task_type']);
  record.output_file = file;
}

function watchedTask(input: JsonObject): string | undefined {
  return asString(input['task_id']) ?? asString(input['shell_id']) ?? asString(input['bash_id']);
}

const FILLS: ReadonlyMap<string, (record: TaskValues, call: Call) => void> = new Map([
  ['AskUserQuestion', fillQuestion],
  ['ExitPlanMode', fillPlan],
  ['TaskCreate', fillTaskOf],
  ['TaskUpdate', fillTaskOf],
  ['TaskGet', fillTaskOf],
  ['TaskList', fillList],
  ['TodoWrite', fillList],
  ['Workflow', fillWorkflow],
]);
