/** Fixture transcripts as records. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from '../../src/context.ts';
import { emptyContext, openTurn, type Capture, type MessageRecord } from '../../src/fields/index.ts';
import { map } from '../../src/pipeline/map.ts';
import { priceMapped } from '../../src/pipeline/price.ts';
import { loadPriceTable } from '../../src/pricing/table.ts';
import type { Entry, OpenedTranscript } from '../../src/types.ts';
import { fixtureFiles, type FixtureFile } from './fixtures.ts';

/** A machine that is the same everywhere. */
export const capture: Capture = {
  claim: () => ({ isOwner: true }),
  version: '0.0.0',
  host: {
    osUser: 'dev',
    hostName: 'lab',
    osType: 'linux',
    osVersion: '6.8.0',
    arch: 'amd64',
    isContainer: false,
    isWsl: false,
    nodeVersion: '24.0.0',
    cpuCount: 2,
    memoryBytes: 8_000_000_000,
  },
  hostId: '00000000-0000-4000-8000-000000000000',
  repositoryAt: () => undefined,
  inventoryAt: () => ({ mcpServers: [], skills: [] }),
};

const prices = loadPriceTable(join(import.meta.dirname, '..', '..', 'pricing'));

export function mapFixture(folder: string): MessageRecord[] {
  return fixtureFiles(folder).flatMap((file) => mapFile(file));
}

/** A file's records, as reading it once gives them. */
export function mapFile(file: FixtureFile): MessageRecord[] {
  return foldLines(file).flatMap(({ records }) => records);
}

export interface FoldedLine {
  entry: Entry;
  records: readonly MessageRecord[];
  /** The context behind the line. */
  context: Context;
}

/** Maps and prices a file's lines, on from a context. */
export function foldLines(
  file: FixtureFile,
  before: Context = emptyContext,
  from = 0,
  claim: Capture['claim'] = capture.claim,
): FoldedLine[] {
  const opened = openedFile(file);
  let context = before;
  return file.lines.slice(from).map((line) => {
    const entry = entryOf(line);
    const mapped = priceMapped(map(entry, opened, context, { ...capture, claim }), prices);
    context = mapped.context;
    return { entry, records: [...mapped.ended, ...mapped.records], context };
  });
}

/** What a file gives that nobody has written to for long, behind its lines: the end of a turn that is still open. */
export function silenceBehind(file: FixtureFile, lines: readonly FoldedLine[]): readonly MessageRecord[] {
  const last = lines.at(-1);
  if (last === undefined || openTurn(last.context) === undefined) return [];
  const { end, tail } = last.entry;
  const silence: Entry = { line: {}, start: end, end, tail, silent: true };
  return priceMapped(map(silence, openedFile(file), last.context, capture), prices).ended;
}

export function openedFile({ transcript, agent }: FixtureFile): OpenedTranscript {
  const { size, mtimeMs } = transcript;
  const from = { offset: 0, context: emptyContext };
  return { transcript, head: Buffer.alloc(0), size, mtimeMs, from, deliveredTo: 0, agent };
}

export function entryOf({ value, start, bytes }: FixtureFile['lines'][number]): Entry {
  const entry: Entry = { line: value, start, end: start + bytes.length + 1, tail: bytes.subarray(-1024) };
  if (typeof value['uuid'] !== 'string') entry.hash = createHash('sha256').update(bytes).digest('hex');
  return entry;
}
