/** Adding up what a turn and a session hold. Every list is bounded: the sums travel in the cursor. */
import type { Session, Tally, Totals, Turn } from '../context.ts';
import { own } from '../lib/json.ts';
import { copyOfSession } from './copy.ts';
import { isTotal } from './empty.ts';

const MAX_NAMES = 64;
/** Where further tools are counted when there are too many to name. */
const OTHER = '(other)';

/** What one line adds. */
export interface Increase extends Partial<Totals> {
  tools?: readonly string[];
  models?: readonly string[];
  skills?: readonly string[];
  slashCommands?: readonly string[];
}

/** Adds to a tally that is the caller's own: a copy that nobody else has seen yet. */
export function add(tally: Tally, by: Increase): void {
  addSums(tally, by);
  for (const tool of by.tools ?? []) tally.tools = withCalls(tally.tools, tool, 1);
}

/** All but the calls by tool, of which a tally has another form. */
function addSums(tally: Tally, by: Omit<Increase, 'tools'>): void {
  for (const name in by) if (isTotal(name)) tally[name] += by[name] ?? 0;
  tally.models = union(tally.models, by.models);
  tally.skills = union(tally.skills, by.skills);
  tally.slashCommands = union(tally.slashCommands, by.slashCommands);
}

/** The session with a turn added to it. */
export function withTurn(session: Session, turn: Turn | undefined): Session {
  if (turn === undefined || turn.copiedFrom !== undefined) return session;
  const whole = copyOfSession(session);
  addSums(whole, turn);
  for (const [name, calls] of Object.entries(turn.tools)) whole.tools = withCalls(whole.tools, name, calls);
  whole.costPicoUsd = String(BigInt(session.costPicoUsd) + BigInt(turn.costPicoUsd));
  whole.startedAt ??= turn.startedAt;
  whole.turns += 1;
  if (!PROMPTS.has(turn.promptKind)) return whole;
  whole.prompts += 1;
  if (turn.gapMs !== undefined && turn.gapMs < REPROMPT_BELOW_MS) whole.reprompts += 1;
  return whole;
}

/** Turns that a person began. */
const PROMPTS: ReadonlySet<string> = new Set(['human', 'command', 'bash']);

/** A prompt that follows an answer this soon most likely mends the one before (CM-026). */
export const REPROMPT_BELOW_MS = 10_000;

function withCalls(counts: Tally['tools'], tool: string, calls: number): Tally['tools'] {
  const isNew = !Object.hasOwn(counts, tool);
  const name = isNew && Object.keys(counts).length >= MAX_NAMES ? OTHER : tool;
  return { ...counts, [name]: (own(counts, name) ?? 0) + calls };
}

export function union(known: readonly string[], more: readonly string[] | undefined): readonly string[] {
  if (more === undefined || more.every((name) => known.includes(name))) return known;
  return [...new Set([...known, ...more])].slice(0, MAX_NAMES);
}
