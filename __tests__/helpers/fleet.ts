/** A month of a company's work: real sessions under new names, times and amounts; the same each time. */
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { recordId } from '../../src/fields/identity.ts';
import { mapFixture } from './mapped.ts';

export const PEOPLE = 40;
const REPOSITORIES = 20;
const DAYS = 30;
/** A Tuesday. */
const FIRST_DAY = Date.UTC(2026, 8, 1);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MODELS = ['claude-opus-4-8', 'claude-sonnet-5', 'claude-haiku-4-5'];
/** Of which nobody knows the price yet. */
const UNPRICED_MODEL = 'claude-next';
const SESSIONS = ['parallel', 'bashfail', 'denied', 'subagent', 'fileops', 'mcp'].map((name) => `2.1.329-${name}`);

const times = Object.keys(fields).filter((name) => fields[name]?.type === 'timestamp');
/** Names that tie records together, and must differ from session to session. */
const ids = ['id', 'uuid', 'parent_uuid', 'message_id', 'request_id', 'session_id', 'turn_id', 'tool_use_id'];
const costs = ['cost_usd', 'cost_pico_usd', 'incremental_cost_usd', 'incremental_cost_pico_usd'];

interface Slot {
  person: number;
  /** From 0. */
  day: number;
  /** Of the sessions that this person had on this day, from 0. */
  nth: number;
}

/** Day by day the sessions of everyone: one to three on a working day, and of one in ten people one at a weekend. */
export function* fleetSessions(): Generator<MessageRecord[]> {
  const originals = SESSIONS.map(mapFixture);
  for (let day = 0; day < DAYS; day += 1) {
    for (let person = 0; person < PEOPLE; person += 1) {
      for (let nth = 0; nth < sessionsOn(day, person); nth += 1) {
        yield sessionOf(originals[(person + day + nth) % originals.length] ?? [], { person, day, nth });
      }
    }
  }
}

/** The days on which all people work, as `2026-09-01`. */
export function workingDays(): string[] {
  const days = Array.from({ length: DAYS }, (_, day) => day).filter(isWorkingDay);
  return days.map((day) => new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10));
}

function sessionsOn(day: number, person: number): number {
  if (isWorkingDay(day)) return 1 + ((person + day) % 3);
  return (person + day) % 10 === 0 ? 1 : 0;
}

function isWorkingDay(day: number): boolean {
  return ![0, 6].includes(new Date(FIRST_DAY + day * DAY_MS).getUTCDay());
}

function sessionOf(original: readonly MessageRecord[], slot: Slot): MessageRecord[] {
  const { person, day, nth } = slot;
  const firstTime = Math.min(...original.map(({ timestamp = '' }) => Date.parse(timestamp)).filter(Number.isFinite));
  const factor = 1 + ((person * 7 + day + nth) % 13);
  const isUnpriced = (person + day) % 17 === 0;
  const model = isUnpriced ? UNPRICED_MODEL : MODELS[Math.floor(person / 3) % MODELS.length];
  return original.map((record) => {
    const renamed: { [name: string]: unknown } = { ...record };
    for (const name of times) renamed[name] = shifted(renamed[name], startOf(slot) - firstTime);
    for (const name of ids) {
      if (typeof renamed[name] === 'string') renamed[name] = recordId([person, day, nth, renamed[name]]);
    }
    for (const name of ['model', 'requested_model']) if (renamed[name] !== undefined) renamed[name] = model;
    for (const name of ['incremental_total_tokens', 'response_duration_ms', 'tool_duration_ms']) {
      if (typeof renamed[name] === 'number') renamed[name] *= factor;
    }
    const { incremental_cost_pico_usd: cost } = record;
    if (cost !== undefined) renamed['incremental_cost_pico_usd'] = String(BigInt(cost) * BigInt(factor));
    if (isUnpriced && record.cost_status === 'priced') {
      for (const name of costs) renamed[name] = undefined;
      renamed['cost_status'] = 'unknown_model';
    }
    return {
      ...record,
      ...renamed,
      os_user: `person-${person}`,
      repository_name: `github.com/acme/repository-${(person * 3 + ((day + nth) % 4)) % REPOSITORIES}`,
      git_branch: day % 5 === 0 ? 'main' : `feature/${day % 7}`,
    };
  });
}

/** Between 08:00 and 18:00, one session after another; the third one now and then goes on beyond midnight. */
function startOf({ person, day, nth }: Slot): number {
  const isLate = nth === 2 && person % 5 === 0;
  const minutes = isLate ? 1_440 : 480 + nth * 200 + ((person * 37 + day * 11) % 200);
  return FIRST_DAY + day * DAY_MS + minutes * MINUTE_MS - (isLate ? 10 : 0);
}

function shifted(time: unknown, byMs: number): unknown {
  return typeof time === 'string' ? new Date(Date.parse(time) + byMs).toISOString() : time;
}
