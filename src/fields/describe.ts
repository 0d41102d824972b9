/** The records that a line gives: of itself, of the turn left open before it, and of the session whose turn it ends. */
import { basename } from 'node:path';
import { asString } from '../lib/json.ts';
import { fillStarted, fillWriter } from './agents.ts';
import { fillAnswer } from './answer.ts';
import { blankRecord } from './blank.ts';
import { fillCalls } from './calls.ts';
import { fillCompaction } from './compaction.ts';
import { fillContent } from './content.ts';
import { fillContextWindow } from './context-window.ts';
import { fillErrors } from './errors.ts';
import type { Abandoned } from '../fold/abandoned.ts';
import { fillExtras } from './extras.ts';
import { fillHooks } from './hooks.ts';
import { fillIdentity, lineId, recordId } from './identity.ts';
import { fillIncremental } from './incremental.ts';
import type { MessageRecord } from './record.ts';
import { fillInterruptions } from './interruptions.ts';
import { fillLatency } from './latency.ts';
import { fillLimits } from './limits.ts';
import { fillMachine, fillMachineDetails } from './machine.ts';
import { fillPromptFlags } from './prompt-flags.ts';
import { fillProvenance } from './provenance.ts';
import { fillReconciliation, RECONCILIATION } from './reconciliation.ts';
import { fillRepository } from './repository.ts';
import { fillRows } from './rows.ts';
import type { Scope } from './scope.ts';
import { fillSessionTotals } from './session-totals.ts';
import { fillSession } from './session.ts';
import { fillTotalsOf, fillTurnTotals } from './turn-totals.ts';
import { fillTurn } from './turn.ts';
import { fillUnknown } from './unknown.ts';
import { fillUsage } from './usage.ts';

/**
 * Each group writes its fields into the record by name: putting objects together key by key, with a spread or
 * Object.assign, takes V8 ten times as long.
 */
export function describeLine(scope: Scope): MessageRecord {
  const record = blankRecord(lineId(scope), scope.parts.type);
  // First those whose fields every record has from the start: while all records have one shape, V8 is faster.
  fillIdentity(record, scope);
  fillSession(record, scope);
  fillTurn(record, scope);
  fillWriter(record, scope);
  fillSurroundings(record, scope);
  fillTurnTotals(record, scope);
  fillUsage(record, scope);
  fillIncremental(record, scope);
  fillContextWindow(record, scope);
  fillLatency(record, scope);
  fillAnswer(record, scope);
  fillErrors(record, scope);
  fillInterruptions(record, scope);
  fillLimits(record, scope);
  fillHooks(record, scope);
  fillCompaction(record, scope);
  fillCalls(record, scope);
  fillStarted(record, scope);
  fillContent(record, scope);
  fillPromptFlags(record, scope);
  fillRows(record, scope);
  fillExtras(record, scope);
  fillUnknown(record, scope);
  return record;
}

/** The record of a turn that no line has ended; the line of the scope is the silence behind it. */
export function describeTurn(scope: Scope, { turn, status, endedAt }: Abandoned): MessageRecord {
  const { transcript, agent } = scope.file;
  const id = recordId(['turn', transcript.sessionId, agent?.agentId, turn.id, turn.index, turn.closings]);
  const record = blankRecord(id, 'turn');
  record.derived = true;
  fillSession(record, scope);
  record.timestamp = endedAt;
  record.turn_id = turn.id;
  record.turn_index = turn.index;
  record.is_replay = turn.copiedFrom === undefined ? undefined : true;
  record.replayed_session_id = turn.copiedFrom?.session;
  fillWriter(record, scope);
  fillTotalsOf(record, turn, status, endedAt);
  fillSurroundings(record, scope);
  return record;
}

/** The record of the session at the end of a turn: one id, renewed each time. */
export function describeSession(scope: Scope): MessageRecord {
  const record = blankRecord('', 'session');
  record.derived = true;
  fillSession(record, scope);
  record.id = recordId(['session', record.session_id]);
  fillSessionTotals(record, scope);
  fillSurroundings(record, scope);
  fillMachineDetails(record, scope);
  return record;
}

/** The record of a session's reconciliation: one id, renewed by each later line of the session. */
export function describeReconciliation(scope: Scope): MessageRecord {
  const { line, timestamp } = scope.parts;
  const sessionId = asString(line['sessionId']);
  const project = asString(line['project']);
  const record = blankRecord(recordId([RECONCILIATION, sessionId]), RECONCILIATION);
  record.derived = true;
  record.timestamp = timestamp;
  record.session_id = sessionId;
  record.project = project;
  record.project_name = project === undefined ? undefined : basename(project);
  fillReconciliation(record, scope);
  fillMachine(record, scope);
  fillProvenance(record, scope);
  return record;
}

function fillSurroundings(record: MessageRecord, scope: Scope): void {
  fillRepository(record, scope);
  fillMachine(record, scope);
  fillProvenance(record, scope);
}
