/** Where the record was read and what was left out of it. */
import type { Entry, Transcript } from '../types.ts';
import { fieldGroup, type ValuesOf } from './field.ts';

export const provenanceFields = fieldGroup({
  source: {
    type: 'string',
    privacy: 'enum',
    source: 'the source that found the file',
    about: 'Always `claude-code` so far.',
  },
  source_file: { type: 'string', privacy: 'path', source: "the file's path", about: 'The transcript.' },
  source_offset: {
    type: 'integer',
    unit: 'bytes',
    privacy: 'metric',
    source: 'reading',
    about: 'Where the line begins in the file.',
  },
  line_bytes: {
    type: 'integer',
    unit: 'bytes',
    privacy: 'metric',
    source: 'reading',
    about: 'How long the line is, with its newline.',
  },
  is_oversized: {
    type: 'boolean',
    privacy: 'metric',
    source: 'reading',
    about: 'The line was over the size limit, and its giant strings were left out.',
  },
});

export function provenance(entry: Entry, transcript: Transcript): ValuesOf<typeof provenanceFields> {
  return {
    source: transcript.source,
    source_file: transcript.path,
    source_offset: entry.start,
    line_bytes: entry.end - entry.start,
    ...(entry.oversized && { is_oversized: true }),
  };
}
