/** Where the record was read, by what, and what was left out of it. */
import { bytes, count, fieldGroup, flag, id, place, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

/** Goes up when the same line is mapped to another record. */
export const MAPPER_VERSION = 2;

export const provenanceFields = fieldGroup({
  source: word(
    'the source that found the file',
    '`claude-code`, or `reconciliations` for what stopwire has found out itself.',
  ),
  source_file: place("the file's path", 'The transcript.'),
  source_offset: bytes('reading', 'Where the line begins in the file.'),
  line_number: count('lines of the file before this one', 'Position of the line in its file, from 0.'),
  line_bytes: bytes('reading', 'How long the line is, with its newline.'),
  line_hash: id('SHA-256 of the line, hex, on lines without a uuid', 'Tells whether a line was changed later.'),
  is_oversized: flag('reading', 'The line was over the size limit, and its giant strings were left out.'),
  is_shortened: flag('delivery', 'Long texts were cut, since the destination takes no record of that size.'),
  stopwire_version: word('package.json', 'The version of stopwire that mapped the line.'),
  mapper_version: count('the mapper', 'Goes up when the same line is mapped to another record.'),
});

export function fillProvenance(
  record: ValuesOf<typeof provenanceFields>,
  { entry, file, context, capture }: Scope,
): void {
  record.source = file.transcript.source;
  record.source_file = file.transcript.path;
  record.source_offset = entry.start;
  record.line_number = context.lines - 1;
  record.line_bytes = entry.end - entry.start + (entry.unended ? 1 : 0);
  record.line_hash = entry.hash;
  record.is_oversized = entry.oversized;
  record.stopwire_version = capture.version;
  record.mapper_version = MAPPER_VERSION;
}
