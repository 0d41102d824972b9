/** The record: its groups of fields, joined. */
import { agentFields } from './agents.ts';
import { answerFields } from './answer.ts';
import { callGroups } from './calls.ts';
import { compactionFields } from './compaction.ts';
import { contentFields } from './content.ts';
import { contextWindowFields } from './context-window.ts';
import { costFields } from './cost.ts';
import { errorFields } from './errors.ts';
import { extraFields } from './extras.ts';
import type { Field, ValuesOfAll } from './field.ts';
import { hookFields } from './hooks.ts';
import { identityFields } from './identity.ts';
import { incrementalFields } from './incremental.ts';
import { interruptionFields } from './interruptions.ts';
import { latencyFields } from './latency.ts';
import { limitFields } from './limits.ts';
import { machineDetailFields, machineFields } from './machine.ts';
import { promptFlagFields } from './prompt-flags.ts';
import { provenanceFields } from './provenance.ts';
import { reconciliationFields } from './reconciliation.ts';
import { repositoryFields } from './repository.ts';
import { rowGroups } from './rows.ts';
import { secretFields } from './secrets.ts';
import { sessionTotalsFields } from './session-totals.ts';
import { sessionFields } from './session.ts';
import { turnTotalsFields } from './turn-totals.ts';
import { turnFields } from './turn.ts';
import { unknownFields } from './unknown.ts';
import { usageFields } from './usage.ts';

/** Every group, in the order of the reference. */
export const fieldGroups = {
  identity: identityFields,
  session: sessionFields,
  turn: turnFields,
  turn_totals: turnTotalsFields,
  session_totals: sessionTotalsFields,
  usage: usageFields,
  cost: costFields,
  incremental: incrementalFields,
  reconciliation: reconciliationFields,
  context_window: contextWindowFields,
  latency: latencyFields,
  answer: answerFields,
  ...callGroups,
  agents: agentFields,
  content: contentFields,
  prompt_flags: promptFlagFields,
  ...rowGroups,
  extras: extraFields,
  unknown: unknownFields,
  errors: errorFields,
  interruptions: interruptionFields,
  limits: limitFields,
  hooks: hookFields,
  compaction: compactionFields,
  repository: repositoryFields,
  machine: machineFields,
  machine_details: machineDetailFields,
  provenance: provenanceFields,
  secrets: secretFields,
} as const;

/** One line of a transcript, described. Only `id` and `type` are always there. */
export type MessageRecord = ValuesOfAll<typeof fieldGroups> & { id: string; type: string };

/** Every field by its name. */
export const fields: { readonly [name: string]: Field } = Object.assign({}, ...Object.values(fieldGroups));
