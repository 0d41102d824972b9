/** The steps that the API took for one response: the model and the tokens that each is billed for. */
import type { TokenCounts } from './amount.ts';
import { entriesOf, wholeSplit, type Entry, type ResponseUsage, type Split } from './usage.ts';

export interface Step {
  model: string | undefined;
  /** As answered; undefined where it follows from the model's id. */
  speed: string | undefined;
  counts: TokenCounts;
  /** The lifetime of its cache writes was not told. */
  isSplitAssumed: boolean;
}

export interface Steps {
  /** That of the returned message is the first. */
  steps: readonly [Step, ...Step[]];
  /** What was left out or assumed. */
  flags: readonly string[];
}

/**
 * The steps of a response. Without a list of iterations it is one, the counts of the whole. With a list:
 * the top level covers only the first `message` step in older API versions and the sum of them in newer ones, so the
 * steps count where they add up to at least the top level, field by field, and the top level does where they do not;
 * `advisor_message` and `compaction` are never part of the top level and come on top;
 * with a `fallback_message` the top level covers only the attempt that produced the answer, so each attempt counts.
 * Sources: Anthropic's reference of `usage.iterations` and its page on fallback billing.
 */
export function stepsOf(usage: ResponseUsage): Steps {
  const whole = wholeStep(usage);
  if ((usage.iteration_count ?? 0) === 0) return { steps: [whole], flags: [] };
  const entries = entriesOf(usage);
  if (entries === undefined) return { steps: [whole], flags: ['iterations_unreadable'] };
  const answer = answerSteps(usage, entries, whole);
  const extra = entries.flatMap((entry) => extraStep(usage, entry) ?? []);
  const steps: Steps['steps'] = [...answer.steps, ...extra];
  const isSpeedOpen = usage.speed === 'fast' && steps.some(({ speed }) => speed === 'standard');
  const isStrange = entries.some(({ type }) => !STEP_TYPES.has(type));
  const flags = [...(isSpeedOpen ? ['step_speed_assumed'] : []), ...(isStrange ? ['iteration_type_unknown'] : [])];
  return { steps, flags: [...answer.flags, ...flags] };
}

const STEP_TYPES = new Set<string | undefined>(['message', 'advisor_message', 'compaction', 'fallback_message']);

/** The model is the one that was asked for, as in the client's own bill. */
function wholeStep(usage: ResponseUsage): Step {
  return step(usage.requested_model ?? usage.model, usage.speed, wholeSplit(usage));
}

function step(model: string | undefined, speed: string | undefined, { counts, isAssumed }: Split): Step {
  return { model, speed, counts, isSplitAssumed: isAssumed };
}

/** The steps that the answer took, without those that come on top. */
function answerSteps(usage: ResponseUsage, entries: readonly Entry[], whole: Step): Steps {
  const served = entries.findLast(({ type }) => type === 'fallback_message');
  const messages = entries.filter(({ type }) => type === 'message');
  if (served !== undefined) return attempts(usage, served, messages);
  const [first, ...rest] = messages.map((entry) => step(executorOf(usage, entry), usage.speed, entry.split));
  const isCovered = first !== undefined && covers([first, ...rest], whole);
  return { steps: isCovered ? [first, ...rest] : [whole], flags: [] };
}

function executorOf({ model, requested_model }: ResponseUsage, entry: Entry): string | undefined {
  return entry.model === undefined || entry.model === model ? (requested_model ?? model) : entry.model;
}

function covers(steps: readonly Step[], { counts: whole }: Step): boolean {
  const sum = (of: (counts: TokenCounts) => number): number =>
    steps.reduce((total, { counts }) => total + of(counts), 0);
  const written = ({ cacheWrite5m, cacheWrite1h }: TokenCounts): number => cacheWrite5m + cacheWrite1h;
  return (
    sum(({ input }) => input) >= whole.input &&
    sum(({ output }) => output) >= whole.output &&
    sum(({ cacheRead }) => cacheRead) >= whole.cacheRead &&
    sum(written) >= written(whole)
  );
}

/** Since this day declined attempts of some categories are billed, and no step says which category it was. */
const SOME_REFUSALS_BILLED_FROM = Date.parse('2026-09-24');

/**
 * A declined attempt is a `message` step of another model than the one that served; those of that model are its
 * earlier turns of the tool loop. Declined before any output is free; whether it still is since 2026-09-24 depends on
 * a category that a step does not tell.
 */
function attempts(usage: ResponseUsage, served: Entry, messages: readonly Entry[]): Steps {
  const serving = served.model ?? usage.model;
  const isServing = ({ model }: Entry): boolean => model !== undefined && model === serving;
  const isBilled = (entry: Entry): boolean => isServing(entry) || entry.split.counts.output > 0;
  const asked = usage.requested_model ?? usage.model;
  const others = messages
    .filter(isBilled)
    .map((entry) =>
      isServing(entry) ? step(serving, 'standard', entry.split) : step(entry.model ?? asked, usage.speed, entry.split),
    );
  const isOpen = !messages.every(isBilled) && !(Date.parse(usage.timestamp ?? '') < SOME_REFUSALS_BILLED_FROM);
  return {
    steps: [step(serving, 'standard', served.split), ...others],
    flags: isOpen ? ['refusal_billing_unknown'] : [],
  };
}

/** Advice is billed to the adviser's model at standard speed, compaction to the model of the message. */
function extraStep(usage: ResponseUsage, entry: Entry): Step | undefined {
  if (entry.type === 'advisor_message') return step(entry.model ?? usage.advisor_model, 'standard', entry.split);
  return entry.type === 'compaction' ? step(executorOf(usage, entry), usage.speed, entry.split) : undefined;
}
