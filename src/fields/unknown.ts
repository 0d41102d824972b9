/** What is told of a line of an unknown kind: its shape, and none of its words. */
import { asObject } from '../lib/json.ts';
import { count, fieldGroup, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const unknownFields = fieldGroup({
  unknown_keys: count(
    'the names in the line, or in its attachment or data',
    'How many values a line of an unknown kind has; what they are is not sent.',
  ),
});

type Unknown = ValuesOf<typeof unknownFields>;

export function fillUnknown(record: Unknown, { parts: { line, type, isKnown, attachment } }: Scope): void {
  if (isKnown) return;
  const inside = attachment ?? (type === 'progress' ? asObject(line['data']) : undefined);
  record.unknown_keys = Object.keys(inside ?? line).length;
}
