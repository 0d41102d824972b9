/** The run log read back: what the last runs said of each destination, and of themselves. */
import { readTail } from '../lib/read-tail.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';

/** Some hundred runs. */
const MAX_BYTES = 131_072;

export interface LoggedError {
  /** When that run began. ISO 8601. */
  at: string;
  reason: string;
}

export interface RunLog {
  /** The last run, as it was written. */
  last: JsonObject | undefined;
  /** Why the last run came to nothing, where it did. */
  lastRunError: LoggedError | undefined;
  /** What the last run that had trouble with a destination said of it. */
  lastError(destination: string): LoggedError | undefined;
  /** What the last run said of which the destination left something out: it took the rest. */
  lastLoss(destination: string): LoggedError | undefined;
}

/** Reads the end of the log; one that is not there, or cannot be read, tells of no run. Never throws. */
export function readRunLog(path: string): RunLog {
  const runs = readTail(path, MAX_BYTES).flatMap(runIn).toReversed();
  const [last] = runs;
  const error = asString(last?.['error']);
  const newest = (destination: string, member: 'reason' | 'loss'): LoggedError | undefined => {
    for (const run of runs) {
      const reason = asString(reportOf(run, destination)?.[member]);
      if (reason !== undefined) return { at: atOf(run), reason };
    }
    return undefined;
  };
  return {
    last,
    lastRunError: last === undefined || error === undefined ? undefined : { at: atOf(last), reason: error },
    lastError: (destination) => newest(destination, 'reason'),
    lastLoss: (destination) => newest(destination, 'loss'),
  };
}

/** What a line of the log says; nothing where it was cut short. */
export function runIn(line: string): JsonObject[] {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? [value] : [];
  } catch {
    return [];
  }
}

function atOf(run: JsonObject): string {
  return asString(run['at']) ?? '';
}

function reportOf(run: JsonObject, destination: string): JsonObject | undefined {
  const reports = asArray(run['destinations'])?.map(asObject) ?? [];
  return reports.find((report) => report?.['destination'] === destination);
}
