/** `stopwire dlq list`: what destinations have refused for good, and how much of it gave way to newer letters. */
import type { DeadLetter } from '../state/dead-letter.ts';
import { readDeadLetters, summariseDeadLetters, type DeadLetterSummary } from '../state/dead-letters.ts';
import { pathsFrom } from '../state/paths.ts';
import { textWidth } from '../lib/text-width.ts';
import { columnsOf, formatCount, hanging, headed, paintFor, table, type Terminal } from '../ui.ts';
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
    terminal.out(`${headed(lettersTable(rows, within), paint)}\n`);
  }
  const counts = destinations.map(({ destination, letters: kept, evicted, damaged }) => [
    cell(destination),
    ...[kept, evicted, damaged].map(formatCount),
  ]);
  const head = ['destination', 'letters', 'evicted', 'unreadable lines'];
  terminal.out(headed(table([head, ...counts], [1, 2, 3], { within, shorten: [0] }), paint));
}

const HEAD = ['id', 'refused at', 'destination', 'type', 'session', 'reason'];

/** Where a reason does not fit beside its letter, the reasons stand below theirs: nothing else says what to mend. */
function lettersTable(rows: readonly (readonly string[])[], within: number): string {
  const whole = table([HEAD, ...rows]);
  if (whole.split('\n').every((line) => textWidth(line) <= within)) return whole;
  const [head, ...letters] = table(
    [HEAD, ...rows].map((row) => row.slice(0, -1)),
    [],
    { within, shorten: [2, 4] },
  ).split('\n');
  const reasons = rows.map((row) => hanging('  ', row.at(-1) ?? '', within));
  return [head, ...letters.flatMap((line, index) => [line, reasons[index]])].join('\n');
}
