/** Calls of tools: which groups of fields describe them, by the kind of tool. */
import { callOf, type Call } from './call.ts';
import { commandFields, fillCommand } from './commands.ts';
import { extensionFields, fillAttribution, fillExtension } from './extensions.ts';
import type { ValuesOfAll } from './field.ts';
import { fileChangeFields, fillFileChange } from './file-changes.ts';
import { fileFields, fillFile } from './files.ts';
import { fillPermission, permissionFields } from './permissions.ts';
import type { Scope } from './scope.ts';
import { fillSearch, searchFields } from './searches.ts';
import { fillTask, taskFields } from './tasks.ts';
import { toolKindOf, type ToolKind } from '../line/tool-kinds.ts';
import { fillBegun, fillCompleted, toolFields } from './tools.ts';

/** The groups, in the order of the reference. */
export const callGroups = {
  tools: toolFields,
  permissions: permissionFields,
  extensions: extensionFields,
  files: fileFields,
  file_changes: fileChangeFields,
  commands: commandFields,
  searches: searchFields,
  tasks: taskFields,
} as const;

type Calls = ValuesOfAll<typeof callGroups>;
type Fill = (record: Calls, call: Call) => void;

/** The calls that a line begins, or the one whose result the record is about. */
export function fillCalls(record: Calls, scope: Scope): void {
  if (scope.result === undefined) {
    fillBegun(record, scope.parts);
    fillAttribution(record, scope.parts);
    return;
  }
  const call = callOf(scope, scope.result);
  fillCompleted(record, call);
  fillPermission(record, call);
  fillExtension(record, call);
  for (const fill of DESCRIBED_BY[toolKindOf(call.name)] ?? []) fill(record, call);
}

const DESCRIBED_BY: { readonly [Kind in ToolKind]?: readonly Fill[] } = {
  bash: [fillCommand, fillTask],
  file: [fillFile, fillFileChange, fillSearch],
  web: [fillSearch],
  agent: [fillTask],
  plan: [fillTask],
  task: [fillTask],
  question: [fillTask],
  generic: [fillSearch, fillTask],
};
