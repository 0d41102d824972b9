/** How much of the journal cannot be read any more. */
import { existsSync, readFileSync } from 'node:fs';
import { intactJson } from './facts.ts';

export interface JournalDamage {
  lines: number;
  /** Lines whose checksum does not fit: torn by a kill or a full disk, or damaged since. */
  damaged: number;
}

/**
 * Counts the journal's lines. Damage never loses a record: what a damaged line said
 * is forgotten, so that at worst records are delivered again under the same ids.
 */
export function journalDamage(path: string): JournalDamage {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line !== '');
  return { lines: lines.length, damaged: lines.filter((line) => intactJson(line) === undefined).length };
}
