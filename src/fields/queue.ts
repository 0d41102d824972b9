/** Prompts that wait: what was typed while the model was busy, and every prompt of `claude -p`. */
import { asBoolean, asObject, asString } from '../lib/json.ts';
import { fieldGroup, flag, id, time, word, type ValuesOf } from './field.ts';
import { timestampOf } from '../line/parts.ts';
import type { Scope } from './scope.ts';

export const queueFields = fieldGroup({
  queue_operation: word('`operation`', 'What was done to the queue: `enqueue`, `dequeue`, `remove` or `popAll`.'),
  queue_reason: word('`reason` of queue-operation lines', 'Why, for instance `absorbed_mid_turn`.'),
  queue_command_uuid: id('`commandUuid`', 'The prompt in question.'),
  queue_delivery_id: id(
    '`deliveryId`, `attachment.delivery_id`',
    'Joins the row that takes a prompt from the queue to the attachment that hands it to the model.',
  ),
  queue_source_uuid: id('`attachment.source_uuid`', 'The prompt that was handed over.'),
  queue_command_mode: word('`attachment.commandMode`', 'What was typed: `prompt`, `bash` or `task-notification`.'),
  queue_is_human: flag('`attachment.humanTurn`', 'A person typed it.'),
  queue_origin_kind: word('`attachment.origin.kind`', 'Where it came from.'),
  queued_at: time('`attachment.timestamp`', 'When it was put into the queue.'),
  queue_skips_attachments: flag('`queueSkipAttachments`', 'The prompt was taken from the queue without attachments.'),
});

type Queue = ValuesOf<typeof queueFields>;

export function fillQueue(record: Queue, { parts: { line } }: Scope): void {
  record.queue_operation = asString(line['operation']);
  record.queue_reason = asString(line['reason']);
  record.queue_command_uuid = asString(line['commandUuid']);
  record.queue_delivery_id = asString(line['deliveryId']);
}

/** Of a user line. */
export function fillDequeued(record: Queue, { parts: { line } }: Scope): void {
  if (line['queueSkipAttachments'] === true) record.queue_skips_attachments = true;
}

/** Of an attachment that hands a waiting prompt to the model. */
export function fillQueuedCommand(record: Queue, { parts: { attachment } }: Scope): void {
  record.queue_delivery_id = asString(attachment?.['delivery_id']);
  record.queue_source_uuid = asString(attachment?.['source_uuid']);
  record.queue_command_mode = asString(attachment?.['commandMode']);
  record.queue_is_human = asBoolean(attachment?.['humanTurn']);
  record.queue_origin_kind = asString(asObject(attachment?.['origin'])?.['kind']);
  record.queued_at = timestampOf(attachment?.['timestamp']);
}
