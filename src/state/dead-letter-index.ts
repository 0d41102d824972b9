/** Where in the file of one destination's dead letters each of them stands. */
import { decodeLine, type DeadLetter } from './dead-letter.ts';
import { linesOf, readLine, type Part } from './dead-letter-parts.ts';

export interface Place {
  part: Part;
  start: number;
  end: number;
}

export interface Index {
  /** A place for each record, in the order in which they were refused last. */
  places: Place[];
  evicted: number;
  damaged: number;
}

/** Where the letters are that count: of a record that was refused twice the newer one, of what was set aside the rest. */
export function indexOf(destination: string, parts: readonly Part[]): Index {
  const scans = parts.map((part) => scan(destination, part));
  const done = new Set(scans.flatMap((one) => one.done));
  const live = scans.filter(({ part }) => !done.has(part.name));
  const places = new Map<string, Place>();
  for (const [recordId, place] of live.flatMap(({ letters }) => letters)) {
    places.delete(recordId);
    places.set(recordId, place);
  }
  return {
    places: [...places.values()],
    evicted: Math.max(0, ...scans.map(({ evicted }) => evicted)),
    damaged: live.reduce((sum, one) => sum + one.damaged, 0),
  };
}

/** The letter in a place that `indexOf` found. */
export function letterAt(destination: string, place: Place): DeadLetter {
  const line = decodeLine(destination, readLine(place.part, place));
  if (line === undefined || !('letter' in line)) throw new Error('a dead letter was changed while it was read');
  return line.letter;
}

interface Scan {
  part: Part;
  letters: [recordId: string, place: Place][];
  evicted: number;
  done: string[];
  damaged: number;
}

function scan(destination: string, part: Part): Scan {
  const found: Scan = { part, letters: [], evicted: 0, done: [], damaged: 0 };
  for (const { start, end, bytes } of linesOf(part)) {
    const line = bytes === undefined ? undefined : decodeLine(destination, bytes);
    if (line === undefined) {
      found.damaged += 1;
    } else if ('letter' in line) {
      found.letters.push([line.letter.record.id, { part, start, end }]);
    } else {
      found.evicted = Math.max(found.evicted, line.trailer.evicted);
      found.done.push(...line.trailer.done);
    }
  }
  return found;
}
