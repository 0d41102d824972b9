/** Single values that may stand on any line of a kind that is known. */
import { asObject, asString } from '../lib/json.ts';
import { fieldGroup, place, places, text, word, type ValuesOf } from './field.ts';
import { jsonTextOf } from '../lib/json-dump.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const extraFields = fieldGroup({
  url: place('`url`', 'Where the notice points to.'),
  upgrade_nudge: text('`upgradeNudge`', 'The advice to upgrade that came with it.'),
  priority: word('`priority`', 'How urgent the client takes the line to be.'),
  research: text('`research.**`', 'What was looked into, as JSON.'),
  file_attachments: text('`file_attachments.**`', 'Files that came with the prompt, as JSON.'),
  written_paths: places('`writtenPaths[]`', 'Files of the memory that were written.'),
  command_run: word('`commandRun.command`', 'The slash command whose output the line holds.'),
  command_run_args: text('`commandRun.args`', 'What was typed behind it.'),
  commands: text('`commands.**`', 'Commands that a permission was given for, as JSON.'),
});

type Extras = ValuesOf<typeof extraFields>;

export function fillExtras(record: Extras, { parts: { common, isKnown } }: Scope): void {
  const { url, upgradeNudge, priority, research, file_attachments, writtenPaths, commandRun, commands } = common;
  const some =
    url ?? upgradeNudge ?? priority ?? research ?? file_attachments ?? writtenPaths ?? commandRun ?? commands;
  if (some === undefined || !isKnown) return;
  const run = asObject(commandRun);
  record.url = asString(url);
  record.upgrade_nudge = asString(upgradeNudge);
  record.priority = asString(priority);
  record.research = jsonTextOf(research);
  record.file_attachments = jsonTextOf(file_attachments);
  record.written_paths = asStrings(writtenPaths);
  record.command_run = asString(run?.['command']);
  record.command_run_args = asString(run?.['args']);
  record.commands = jsonTextOf(commands);
}
