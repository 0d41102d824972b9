/** Lines without a message: which groups of fields describe them, by their type. */
import { attachmentFields, fillAttachment } from './attachment.ts';
import { attributionFields, fillAttribution } from './attribution.ts';
import { clientCostFields, fillClientCost } from './client-cost.ts';
import { environmentFields, fillEnvironment } from './environment.ts';
import type { ValuesOfAll } from './field.ts';
import { fileHistoryFields, fillBackup, fillSnapshot } from './file-history.ts';
import { fillListings, listingFields } from './listings.ts';
import { fillProgress, fillTaskStatus, progressFields } from './progress.ts';
import { fillDequeued, fillQueue, fillQueuedCommand, queueFields } from './queue.ts';
import { fillRequest, fillRequestBlob, fillRequestShape, requestFields } from './request.ts';
import type { Scope } from './scope.ts';
import { fillPullRequest, fillSessionLinks, sessionLinkFields } from './session-links.ts';
import { fillShape, fillSystemPrompt, systemPromptFields } from './system-prompt.ts';
import { fillTitles, titleFields } from './titles.ts';
import { fillArchived, fillReplacements, fillStaged, fillTombstone, withdrawnFields } from './withdrawn.ts';
import { fillWorktree, worktreeFields } from './worktree.ts';

/** The groups, in the order of the reference. */
export const rowGroups = {
  titles: titleFields,
  session_links: sessionLinkFields,
  worktree: worktreeFields,
  queue: queueFields,
  client_cost: clientCostFields,
  request: requestFields,
  system_prompt: systemPromptFields,
  attachment: attachmentFields,
  environment: environmentFields,
  listings: listingFields,
  file_history: fileHistoryFields,
  attribution: attributionFields,
  withdrawn: withdrawnFields,
  progress: progressFields,
} as const;

type Rows = ValuesOfAll<typeof rowGroups>;
type Fill = (record: Rows, scope: Scope) => void;

/** What a row says beside its text; nothing for answers. One look-up, since most lines have no such row. */
export function fillRows(record: Rows, scope: Scope): void {
  DESCRIBED_BY.get(scope.parts.type)?.(record, scope);
}

const DESCRIBED_BY: ReadonlyMap<string, Fill> = new Map<string, Fill>([
  ['user', fillDequeued],
  ['attachment', fillAttached],
  ['queue-operation', fillQueue],
  ['cost-state', fillClientCost],
  ['api-request', fillRequest],
  ['api-request-blob', fillRequestBlob],
  ['api-request-shape', both(fillRequestShape, fillShape)],
  ['custom-title', fillTitles],
  ['ai-title', fillTitles],
  ['summary', fillTitles],
  ['task-summary', both(fillTitles, fillTaskStatus)],
  ['tag', fillTitles],
  ['agent-name', fillTitles],
  ['agent-color', fillTitles],
  ['agent-setting', fillTitles],
  ['tools-used', fillTitles],
  ['atis-latch', fillTitles],
  ['pr-link', fillPullRequest],
  ['bridge-session', fillSessionLinks],
  ['continued-in', fillSessionLinks],
  ['fork-context-ref', fillSessionLinks],
  ['relocated', fillSessionLinks],
  ['isolation-latch', fillSessionLinks],
  ['worktree-state', fillWorktree],
  ['file-history-snapshot', fillSnapshot],
  ['file-history-delta', fillBackup],
  ['attribution-snapshot', fillAttribution],
  ['content-replacement', fillReplacements],
  ['marble-origami-commit', both(fillArchived, fillTitles)],
  ['marble-origami-snapshot', fillStaged],
  ['tombstone', fillTombstone],
  ['progress', fillProgress],
]);

function both(first: Fill, second: Fill): Fill {
  return (record, scope) => {
    first(record, scope);
    second(record, scope);
  };
}

function fillAttached(record: Rows, scope: Scope): void {
  fillAttachment(record, scope);
  fillEnvironment(record, scope);
  fillListings(record, scope);
  if (scope.parts.subtype === 'prompt_snapshot') fillSystemPrompt(record, scope);
  if (scope.parts.subtype === 'queued_command') fillQueuedCommand(record, scope);
}
