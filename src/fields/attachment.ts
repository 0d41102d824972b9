/** What the client attached to the conversation: files, instructions, modes and reminders. */
import { asArray, asBoolean, asCount, asObject, asString, isObject, own, type JsonObject } from '../lib/json.ts';
import {
  bytes,
  count,
  fieldGroup,
  flag,
  place,
  places,
  text,
  texts,
  tokens,
  word,
  words,
  type ValuesOf,
} from './field.ts';
import { jsonTextWithoutMedia } from '../line/media.ts';
import type { LineParts } from '../line/parts.ts';
import type { Scope } from './scope.ts';
import { asStrings, bytesOf } from '../line/values.ts';

export const attachmentFields = fieldGroup({
  attachment: text(
    '`attachment.**`',
    'The whole attachment as JSON, without images; the parts of a prompt_snapshot stand in `system_prompt` and `offered_tools`.',
  ),
  mentioned_file: place('`attachment.filename`', 'The file that a prompt mentions with an @.'),
  mentioned_file_lines: count('`attachment.content.file.numLines`', 'Lines of it that were attached.'),
  mentioned_file_total_lines: count('`attachment.content.file.totalLines`', 'Lines that it has.'),
  mentioned_file_bytes: bytes('`attachment.content.file.content`', 'How much of it was attached, in UTF-8.'),
  instruction_files: places('`attachment.files[].path`', 'The CLAUDE.md files that the model was given.'),
  instruction_types: words('`attachment.files[].type`', 'What they are, in the same order, for instance `Project`.'),
  instruction_bytes: bytes('`attachment.files[].content`', 'How long they are together, in UTF-8.'),
  plan_path: place('`attachment.planFilePath`', 'The file of the plan.'),
  plan_exists: flag('`attachment.planExists`', 'There is such a file.'),
  plan_reminder_type: word(
    '`attachment.reminderType`',
    'How much of the rules the model was told: `full` or `sparse`.',
  ),
  plan_is_sub_agent: flag('`attachment.isSubAgent`', 'A sub-agent is planning.'),
  auto_mode_consent_flow: flag('`attachment.autoModeConsentFlow`', 'The person is being asked to agree to auto mode.'),
  auto_mode_bash_first: flag('`attachment.bashFirst`', 'The model is to prefer the shell.'),
  auto_mode_bash_first_steer: word('`attachment.bashFirstSteer`', 'How strongly.'),
  auto_mode_steer_only: flag('`attachment.steerOnly`', 'Only the advice changes, not the mode.'),
  auto_mode_bypass: flag('`attachment.bypass`', 'Permissions are bypassed.'),
  auto_mode_finish_exposed_work: flag('`attachment.finishExposedWork`', 'Work that others can see is to be finished.'),
  total_tokens_left: tokens(
    '`attachment.text` of total_tokens_reminder',
    'Tokens that the model was told it has left.',
  ),
  unknown_command: text('`attachment.commandName`', 'A slash command that there is not.'),
  available_commands_count: count('`attachment.availableCommandCount`', 'Slash commands that there are.'),
  allowed_tools: texts('`attachment.allowedTools[]`', 'What a command or a skill allows without asking.'),
});

type Attachment = ValuesOf<typeof attachmentFields>;

export function fillAttachment(record: Attachment, { parts }: Scope): void {
  const { attachment, subtype, isKnown } = parts;
  if (attachment === undefined || subtype === undefined || !isKnown) return;
  record.attachment = whole(parts);
  own(KINDS, subtype)?.(record, attachment);
}

function whole({ attachment: value, subtype }: LineParts): string {
  const rest = subtype === 'prompt_snapshot' ? { ...value, systemPrompt: undefined, tools: undefined } : value;
  return jsonTextWithoutMedia(rest);
}

const KINDS: { readonly [subtype: string]: (record: Attachment, attachment: JsonObject) => void } = {
  file: fillFile,
  instructions: fillInstructions,
  plan_mode: fillPlan,
  plan_mode_exit: fillPlan,
  plan_mode_reentry: fillPlan,
  plan_file_reference: fillPlan,
  auto_mode: fillAutoMode,
  total_tokens_reminder: fillTokens,
  unknown_command_fallback: fillUnknownCommand,
  command_permissions: fillPermissions,
};

function fillFile(record: Attachment, value: JsonObject): void {
  const file = asObject(asObject(value['content'])?.['file']);
  const content = asString(file?.['content']);
  record.mentioned_file = asString(value['filename']);
  record.mentioned_file_lines = asCount(file?.['numLines']);
  record.mentioned_file_total_lines = asCount(file?.['totalLines']);
  record.mentioned_file_bytes = content === undefined ? undefined : Buffer.byteLength(content);
}

function fillInstructions(record: Attachment, value: JsonObject): void {
  const files = asArray(value['files'])?.filter(isObject);
  if (files === undefined) return;
  record.instruction_files = asStrings(files.map(({ path }) => path));
  record.instruction_types = asStrings(files.map(({ type }) => type));
  record.instruction_bytes = bytesOf(asStrings(files.map((file) => file['content'])) ?? []);
}

function fillPlan(record: Attachment, value: JsonObject): void {
  record.plan_path = asString(value['planFilePath']);
  record.plan_exists = asBoolean(value['planExists']);
  record.plan_reminder_type = asString(value['reminderType']);
  record.plan_is_sub_agent = asBoolean(value['isSubAgent']);
}

function fillAutoMode(record: Attachment, value: JsonObject): void {
  record.auto_mode_consent_flow = asBoolean(value['autoModeConsentFlow']);
  record.auto_mode_bash_first = asBoolean(value['bashFirst']);
  record.auto_mode_bash_first_steer = asString(value['bashFirstSteer']);
  record.auto_mode_steer_only = asBoolean(value['steerOnly']);
  record.auto_mode_bypass = asBoolean(value['bypass']);
  record.auto_mode_finish_exposed_work = asBoolean(value['finishExposedWork']);
}

function fillTokens(record: Attachment, value: JsonObject): void {
  record.total_tokens_left = tokensIn(asString(value['text']));
}

function fillUnknownCommand(record: Attachment, value: JsonObject): void {
  record.unknown_command = asString(value['commandName']);
  record.available_commands_count = asCount(value['availableCommandCount']);
}

function fillPermissions(record: Attachment, value: JsonObject): void {
  record.allowed_tools = asStrings(value['allowedTools']);
}

/** Undefined where the client set no limit: the reminder then speaks of infinite tokens. */
function tokensIn(reminder: string | undefined): number | undefined {
  const digits = /^<total_tokens>(\d{1,15}) tokens left/.exec(reminder ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
