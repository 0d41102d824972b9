/** What responses cost, by session, project, branch, model, day, agent, repository or person. */
import { addCosts, addSums, noCosts, type CostSums } from './cost-sums.ts';
import type { Response } from './response.ts';

export const GROUPINGS = ['session', 'project', 'branch', 'model', 'day', 'agent', 'repository', 'person'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Sub-agents of clients that do not write down their kind. */
export const UNKNOWN_AGENT = 'unknown';

export interface CostGroup extends CostSums {
  /** Undefined where the responses do not tell; of agents, the session's own conversation. */
  key: string | undefined;
  /** Of a branch: names of branches are the same everywhere. */
  project?: string | undefined;
}

/** Sums by group, dearest first; days in their order. Of each response there must be one, with its largest values. */
export function breakdown(responses: Iterable<Response>, by: Grouping, timeZone: string): CostGroup[] {
  const groups = Array.from(responses, (response): CostGroup => {
    const key = by === 'day' ? response.timestamp : KEYS[by](response);
    return { ...addCosts(noCosts, response), key, ...(by === 'branch' && { project: response.project }) };
  });
  return by === 'day' ? byDay(groups, timeZone) : inOrder(merged(groups));
}

/** Groups whose key is a moment, put together by the days of a time zone. Throws a RangeError where there is no such. */
export function byDay(groups: Iterable<CostGroup>, timeZone: string): CostGroup[] {
  const days = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dayOf = (moment: string | undefined): string | undefined => {
    const ms = moment === undefined ? NaN : Date.parse(moment);
    return Number.isNaN(ms) ? undefined : days.format(ms);
  };
  const dated = Array.from(groups, (group) => ({ ...group, key: dayOf(group.key) }));
  return merged(dated).toSorted((a, b) => compare(a.key ?? '', b.key ?? ''));
}

/** Dearest first, then by name. */
export function inOrder(groups: readonly CostGroup[]): CostGroup[] {
  return groups.toSorted((a, b) => compare(b.costPicoUsd, a.costPicoUsd) || compare(a.key ?? '', b.key ?? ''));
}

export function totalOf(groups: Iterable<CostSums>): CostSums {
  let total = noCosts;
  for (const group of groups) total = addSums(total, group);
  return total;
}

const KEYS: { readonly [By in Exclude<Grouping, 'day'>]: (response: Response) => string | undefined } = {
  session: ({ sessionId }) => sessionId,
  project: ({ project }) => project,
  branch: ({ branch }) => branch,
  model: ({ model }) => model,
  agent: ({ agentId, agentType }) => agentType ?? (agentId === undefined ? undefined : UNKNOWN_AGENT),
  repository: ({ repository }) => repository,
  person: ({ person }) => person,
};

function merged(groups: Iterable<CostGroup>): CostGroup[] {
  const whole = new Map<string, CostGroup>();
  for (const group of groups) {
    const name = JSON.stringify([group.key, group.project]);
    const before = whole.get(name);
    whole.set(name, before === undefined ? group : { ...group, ...addSums(before, group) });
  }
  return [...whole.values()];
}

function compare<Value extends string | bigint>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
