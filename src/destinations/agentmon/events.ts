/** What a batch of records becomes: the events of sessions, runs and spans, in the order of the lines. */
import type { MessageRecord } from '../../fields/index.ts';
import { closingsOf } from '../../insights/closings.ts';
import { envelopeOf, type Envelope } from './event.ts';
import { firstModel, metricsTaken, requestFailed, runsEnded, runsStarted, runStatusOf } from './run-events.ts';
import { spanEvents } from './span-events.ts';

/** Pure: the same records give the same events. Lines that another transcript had first were sent there. */
export function eventsOf(records: readonly MessageRecord[]): Envelope[] {
  const closings = closingsOf(records);
  const events = records.flatMap((record, index): (Envelope | undefined)[] => {
    const begun = beginsSession(record) ? [sessionStarted(record, records)] : [];
    if (record.is_replay) return begun;
    const closing = closings.get(record);
    return [
      ...begun,
      ...(record.type === 'canary' ? [canary(record)] : []),
      ...runsStarted(record, records),
      ...(record.incremental_total_tokens ? [metricsTaken(record, records)] : []),
      ...spanEvents(record),
      ...(record.is_api_error ? [requestFailed(record)] : []),
      ...(closing === undefined ? [] : runsEnded(closing)),
      ...(endsSession(record) ? [sessionEnded(record, records.slice(0, index))] : []),
    ];
  });
  return events.filter((event) => event !== undefined);
}

/** The first prompt of a session's own transcript, a copy as well; the lines before it often do not say when it was. */
function beginsSession({ is_first_turn: isFirst, agent_id: agent }: MessageRecord): boolean {
  return isFirst === true && agent === undefined;
}

function sessionStarted(record: MessageRecord, batch: readonly MessageRecord[]): Envelope | undefined {
  return envelopeOf(record, {
    type: 'session.start',
    isOfSession: true,
    attributes: {
      synthetic: true,
      recovered_from: 'transcript',
      cwd: record.cwd,
      platform: record.entrypoint,
      model: firstModel(batch.filter(({ session_id: session }) => session === record.session_id)),
    },
  });
}

/** Since 2.1.250, the client adds up when its process ends; before, only a person's command shows the end. */
function endsSession({ type, slash_command: command }: MessageRecord): boolean {
  return type === 'cost-state' || command === 'exit' || command === 'quit';
}

/** How the last turn ended is known where that was in the same batch. */
function sessionEnded(record: MessageRecord, earlier: readonly MessageRecord[]): Envelope | undefined {
  const last = earlier.findLast(
    ({ session_id: session, agent_id: agent, turn_status: status }) =>
      session === record.session_id && agent === undefined && status !== undefined,
  );
  const status = runStatusOf(last?.turn_status ?? 'ok');
  return envelopeOf(record, {
    type: 'session.end',
    isOfSession: true,
    payload: {
      model: last?.turn_models?.at(-1),
      completed: status === 'success',
      interrupted: status === 'interrupted',
    },
  });
}

/** Sent on request, to see whether events arrive. */
function canary(record: MessageRecord): Envelope | undefined {
  return envelopeOf(record, { type: 'metric.snapshot', attributes: { canary: true }, payload: { metrics: {} } });
}
