/** The shell command that a call ran, and how it went. */
import { asBoolean, asCount, asString, type JsonObject } from '../lib/json.ts';
import type { Call } from './call.ts';
import { commandKindOf, programNames } from '../line/command-kinds.ts';
import { commandRisksOf, outsidePaths } from '../line/command-risks.ts';
import { bytes, count, fieldGroup, flag, id, ms, place, places, text, word, words, type ValuesOf } from './field.ts';
import { gitResults } from '../line/git-results.ts';
import { invocationsOf, type Invocation } from '../line/programs.ts';
import type { Folders } from '../line/project-paths.ts';

export const commandFields = fieldGroup({
  bash_command: text('`message.content[].input.command` of Bash', 'The command.'),
  bash_description: text('`message.content[].input.description` of Bash', 'What the model says it is for.'),
  bash_command_kind: word(
    'bash_command',
    'What the command is for, by its first program: `git`, `composer`, `npm`, `php`, `test`, `artisan`, `fs`, `net`, `docker`, `gh`, `other`.',
  ),
  bash_programs: words(
    'bash_command',
    'The programs that it calls, at most eight; `other` for those not commonly known.',
  ),
  bash_timeout_ms: ms('`message.content[].input.timeout`', 'How long it was allowed to take.'),
  command_risks: words(
    'bash_command',
    'What in it deserves a second look: `destructive`, `privilege`, `network`, `sensitive_file`, `system_file`.',
  ),
  command_outside_paths: places(
    "bash_command, the transcript's first `cwd`, the last `cwd`",
    'Paths in it that are in neither the project nor the working directory, by their names alone.',
  ),
  exit_code: count('`toolUseResult`, `message.content[].content`: `Exit code 1`', 'How a failed command ended.'),
  return_code_interpretation: text('`toolUseResult.returnCodeInterpretation`', 'What a special exit code means.'),
  is_interrupted: flag('`toolUseResult.interrupted`, tool_error_class', 'The command was stopped.'),
  is_timed_out: flag('`toolUseResult.timedOutAfterMs`, tool_error_class', 'The command took too long.'),
  is_background: flag(
    '`message.content[].input.run_in_background`, `toolUseResult.backgroundTaskId`',
    'The session did not wait for the command.',
  ),
  is_sandboxed: flag('`sandboxed`', 'The command ran in a sandbox.'),
  is_sandbox_disabled: flag(
    '`toolUseResult.dangerouslyDisableSandbox`, `message.content[].input.dangerouslyDisableSandbox`',
    'The model asked for the command to run without one.',
  ),
  is_image_output: flag('`toolUseResult.isImage`', 'The output is an image.'),
  no_output_expected: flag('`toolUseResult.noOutputExpected`', 'A command that says nothing when it goes well.'),
  stdout_bytes: bytes('`toolUseResult.stdout`', 'How long the standard output is, as far as the client keeps it.'),
  stderr_bytes: bytes('`toolUseResult.stderr`', 'How long the error output is.'),
  persisted_output_path: place(
    '`toolUseResult.persistedOutputPath`',
    'Where the client has put an output that is too long for the transcript.',
  ),
  persisted_output_bytes: bytes('`toolUseResult.persistedOutputSize`', 'How long that output is.'),
  commit_sha: id(
    '`toolUseResult.gitOperation.commit.sha`, `toolUseResult.stdout`',
    'The commit that the command made.',
  ),
  commit_count: count('commit_sha, bash_command', 'Commits that it made.'),
  pr_url: place(
    '`toolUseResult.gitOperation.pr.url`, `toolUseResult.stdout`, `toolUseResult.stderr`',
    'The pull or merge request that gh, glab or git push named.',
  ),
  pull_request_count: count(
    '`toolUseResult.gitOperation.pr.action`, pr_url, bash_command',
    'Pull requests that it opened.',
  ),
});

type CommandValues = ValuesOf<typeof commandFields>;

export function fillCommand(record: CommandValues, call: Call): void {
  if (!SHELL_TOOLS.has(call.name)) return;
  const { parts, context } = call.scope;
  fillRun(record, call);
  fillOutput(record, call.answer);
  record.is_sandboxed = asBoolean(parts.line['sandboxed']);
  const command = asString(call.input['command']);
  if (command === undefined) return;
  const invocations = invocationsOf(command);
  fillWording(record, invocations, context.last);
  if (!call.outcome.isError) fillMade(record, invocations, call.answer);
}

const SHELL_TOOLS: ReadonlySet<string> = new Set(['Bash', 'PowerShell']);

function fillRun(record: CommandValues, { input, answer, outcome }: Call): void {
  const { errorClass, exitCode } = outcome;
  record.bash_command = asString(input['command']);
  record.bash_description = asString(input['description']);
  record.bash_timeout_ms = asCount(input['timeout']);
  record.exit_code = exitCode;
  record.is_interrupted = errorClass === 'interrupted' || answer['interrupted'] === true;
  record.is_timed_out = errorClass === 'timeout' || answer['timedOutAfterMs'] !== undefined;
  record.is_background = input['run_in_background'] === true || answer['backgroundTaskId'] !== undefined;
  record.is_sandbox_disabled =
    asBoolean(answer['dangerouslyDisableSandbox']) ?? asBoolean(input['dangerouslyDisableSandbox']);
}

function fillOutput(record: CommandValues, answer: JsonObject): void {
  const stdout = asString(answer['stdout']);
  const stderr = asString(answer['stderr']);
  record.return_code_interpretation = asString(answer['returnCodeInterpretation']);
  record.is_image_output = asBoolean(answer['isImage']);
  record.no_output_expected = asBoolean(answer['noOutputExpected']);
  record.stdout_bytes = stdout === undefined ? undefined : Buffer.byteLength(stdout);
  record.stderr_bytes = stderr === undefined ? undefined : Buffer.byteLength(stderr);
  record.persisted_output_path = asString(answer['persistedOutputPath']);
  record.persisted_output_bytes = asCount(answer['persistedOutputSize']);
}

function fillWording(record: CommandValues, invocations: readonly Invocation[], folders: Folders): void {
  const risks = commandRisksOf(invocations);
  const outside = outsidePaths(invocations, folders);
  record.bash_command_kind = commandKindOf(invocations);
  record.bash_programs = programNames(invocations);
  if (risks.length > 0) record.command_risks = risks;
  if (outside.length > 0) record.command_outside_paths = outside;
}

function fillMade(record: CommandValues, invocations: readonly Invocation[], answer: JsonObject): void {
  const made = gitResults(invocations, answer);
  if (made === undefined) return;
  if (made.commitSha !== undefined) record.commit_sha = made.commitSha;
  if (made.commits > 0) record.commit_count = made.commits;
  if (made.pullRequestUrl !== undefined) record.pr_url = made.pullRequestUrl;
  if (made.pullRequests > 0) record.pull_request_count = made.pullRequests;
}
