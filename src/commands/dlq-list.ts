/** `stopwire dlq list`: what destinations have refused for good, and how much of it gave way to newer letters. */
import type { DeadLetter } from '../state/dead-letter.ts';
import { readDeadLetters, summariseDeadLetters, type DeadLetterSummary } from '../state/dead-letters.ts';
import { pathsFrom } from '../state/paths.ts';
import { columnsOf, formatCount, headed, paintFor, table, type Terminal } from '../ui.ts';
import { cell, lettersOf, printableJson } from './dlq-letters.ts';

export interface ListFlags {
  destination?: string | undefined;
  json: boolean;
}

interface Listed {
  id: string;
  at: string;
  destination: string;
  type: string;
  session: string | undefined;
  reason: string;
  recordId: string;
}

export function listLetters({ destination, json }: ListFlags, terminal: Terminal): number {
  const paths = pathsFrom(terminal.env);
  const names = lettersOf(paths, destination);
  const destinations = names.map((name) => ({ destination: name, ...summariseDeadLetters(paths.deadLetters, name) }));
  const letters = names.flatMap((name) =>
    Array.from(readDeadLetters(paths.deadLetters, name), (letter) => listed(name, letter)),
  );
  if (json) terminal.out(printableJson({ destinations, letters }));
  else sayLetters(letters, destinations, terminal);
  return 0;
}

function listed(destination: string, { id, at, reason, record }: DeadLetter): Listed {
  return { id, at, destination, type: record.type, session: record.session_id, reason, recordId: record.id };
}

function sayLetters(
  letters: readonly Listed[],
  destinations: readonly ({ destination: string } & DeadLetterSummary)[],
  terminal: Terminal,
): void {
  if (destinations.length === 0) return terminal.say('No destination has refused anything for good.');
  const rows = letters.map(({ id, at, destination, type, session = '-', reason }) =>
    [id, `${at.slice(0, 16)}Z`, destination, type, session, reason].map((text) => cell(text)),
  );
  const paint = paintFor('stdout', terminal.env);
  const within = columnsOf(terminal.env);
  if (rows.length > 0) {
    const head = ['id', 'refused at', 'destination', 'type', 'session', 'reason'];
    terminal.out(`${headed(table([head, ...rows], [], { within, shorten: [2, 4, 5] }), paint)}\n`);
  }
  const counts = destinations.map(({ destination, letters: kept, evicted, damaged }) => [
    cell(destination),
    ...[kept, evicted, damaged].map(formatCount),
  ]);
  const head = ['destination', 'letters', 'evicted', 'unreadable lines'];
  terminal.out(headed(table([head, ...counts], [1, 2, 3], { within, shorten: [0] }), paint));
}
