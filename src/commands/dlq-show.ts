/** `stopwire dlq show`: one dead letter, with its record as it was sent. */
import type { DeadLetter } from '../state/dead-letter.ts';
import { readDeadLetters } from '../state/dead-letters.ts';
import { pathsFrom, type Paths } from '../state/paths.ts';
import { formatCount, table, type Terminal } from '../ui.ts';
import { cell, lettersOf, noSuchLetter, printableJson } from './dlq-letters.ts';

export interface ShowFlags {
  id: string;
  json: boolean;
}

/** Throws a UserError where there is no such letter. */
export function showLetter({ id, json }: ShowFlags, terminal: Terminal): number {
  const { destination, letter } = find(pathsFrom(terminal.env), id);
  if (json) terminal.out(printableJson({ destination, ...letter }));
  else terminal.out(`${table(rowsOf(destination, letter))}\n\n${printableJson(letter.record, 2)}`);
  return 0;
}

function find(paths: Paths, id: string): { destination: string; letter: DeadLetter } {
  for (const destination of lettersOf(paths, undefined)) {
    for (const letter of readDeadLetters(paths.deadLetters, destination)) {
      if (letter.id === id) return { destination, letter };
    }
  }
  throw noSuchLetter(id);
}

function rowsOf(destination: string, { id, at, reason, from, batch }: DeadLetter): string[][] {
  const bytes = from && `${from.file}, bytes ${formatCount(from.start)} to ${formatCount(from.end)}`;
  const rows = [
    ['letter', id],
    ['destination', destination],
    ['refused at', at],
    ['reason', reason],
    ...(bytes === undefined ? [] : [['from', bytes]]),
    ...(batch === undefined ? [] : [['batch', batch]]),
  ];
  return rows.map((row) => row.map((text) => cell(text, 1_000)));
}
