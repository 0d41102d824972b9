/** What would leave for a destination, of one session: made as a run makes it, and neither noted nor sent. */
import { newBatches, type Making } from './batches.ts';
import type { ConfiguredDestination } from './config.ts';
import type { MessageRecord } from './fields/index.ts';
import { makingOf, sharedParts, type MakingOptions } from './making.ts';
import type { Redact } from './redaction.ts';
import { emptyMemory } from './state/journal-memory.ts';
import type { Transcript } from './types.ts';

export interface PreviewOptions extends Omit<MakingOptions, 'backTo'> {
  /** Everything that discover found, in its order. */
  transcripts: readonly Transcript[];
  /** Without it, the newest turn of the session that was written to last. */
  sessionId?: string | undefined;
}

/** A record after redaction, and its JSON as it stands in a request. */
export interface Previewed {
  record: MessageRecord;
  json: string;
}

const SMALL = { maxRecords: 1_000, maxBytes: 8_388_608 };
const WHOLE = { maxRecords: Infinity, maxBytes: Infinity };

/** In the order in which a first delivery would send them; undefined where there is no such session. */
export async function preview(
  configured: ConfiguredDestination,
  options: PreviewOptions,
): Promise<readonly Previewed[] | undefined> {
  const { transcripts } = options;
  const sessionId = options.sessionId ?? newestSession(transcripts);
  const ofSession = transcripts.filter((one) => one.sessionId === sessionId && sessionId !== '');
  if (ofSession.length === 0) return undefined;
  const shared = { ...sharedParts(transcripts, options), quarantine: { keep: () => false } };
  await claimBefore(ofSession, { ...makingOf(configured, shared, options), redaction: asItIs });
  const anew = { ...options, journal: emptyMemory() };
  const making = { ...makingOf(configured, shared, anew), transcripts: ofSession };
  const previewed: Previewed[] = [];
  for await (const { records, json } of newBatches(making, () => Promise.resolve(WHOLE))) {
    previewed.push(...records.map((record, index) => ({ record, json: json[index] ?? '' })));
  }
  return options.sessionId === undefined ? newestTurn(previewed) : previewed;
}

/**
 * What goes before it, and has not gone yet, has its responses first: where a session repeats those of another one,
 * which of the two is the copy depends on that.
 */
async function claimBefore(ofSession: readonly Transcript[], making: Making): Promise<void> {
  const last = making.transcripts.findLastIndex((one) => ofSession.includes(one));
  const transcripts = making.transcripts.slice(0, last).filter((one) => !ofSession.includes(one));
  const batches = newBatches({ ...making, transcripts }, () => Promise.resolve(SMALL));
  while (!(await batches.next()).done);
}

/** Nobody sees what is made with it. */
const asItIs = (): Promise<Redact> => Promise.resolve((record) => record);

function newestSession(transcripts: readonly Transcript[]): string | undefined {
  const newest = (one: Transcript | undefined, other: Transcript): Transcript =>
    one === undefined || other.mtimeMs > one.mtimeMs ? other : one;
  return transcripts.filter(({ sessionId }) => sessionId !== '').reduce<Transcript | undefined>(newest, undefined)
    ?.sessionId;
}

/** From the turn's first record to the end of the transcript; of sub-agents, what they wrote in that time. */
function newestTurn(previewed: readonly Previewed[]): readonly Previewed[] {
  const isOwn = ({ record }: Previewed): boolean => record.agent_id === undefined;
  const own = previewed.filter(isOwn);
  const turn = own.findLast(({ record }) => record.turn_id !== undefined)?.record.turn_id;
  const begin = own.findIndex(({ record }) => record.turn_id === turn && record.type !== 'turn');
  const first = own[begin]?.record;
  // What stands before the first turn belongs to it, as the prompt does that was queued.
  if (first === undefined || first.turn_index === 0) return previewed;
  const turns = new Set(own.slice(begin));
  const since = first.timestamp ?? '';
  return previewed.filter((one) => (isOwn(one) ? turns.has(one) : (one.record.timestamp ?? '') >= since));
}
