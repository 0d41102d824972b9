/** A month of a company's work: real sessions under new names, times and amounts; the same each time. */
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { recordId } from '../../src/fields/identity.ts';
import { mapFixture } from './mapped.ts';

const PEOPLE = 40;
const REPOSITORIES = 20;
const DAYS = 30;
const FIRST_DAY = Date.UTC(2026, 8, 1);
const DAY_MS = 86_400_000;
const MODELS = ['claude-opus-4-8', 'claude-sonnet-5', 'claude-haiku-4-5'];
const SESSIONS = ['2.1.329-parallel', '2.1.329-bashfail', '2.1.329-denied', '2.1.329-subagent', '2.1.329-fileops'];

const times = Object.keys(fields).filter((name) => fields[name]?.type === 'timestamp');
/** Names that tie records together, and must differ from session to session. */
const ids = ['id', 'uuid', 'parent_uuid', 'message_id', 'request_id', 'session_id', 'turn_id', 'tool_use_id'];

/** The sessions in which a person worked on a day: one day of six, now and then beyond midnight. */
export function* fleetSessions(): Generator<MessageRecord[]> {
  const originals = SESSIONS.map(mapFixture);
  for (let day = 0; day < DAYS; day += 1) {
    for (let person = 0; person < PEOPLE; person += 1) {
      const original = originals[(person + day) % originals.length] ?? [];
      if ((person + day) % 6 === 0) yield sessionOf(original, person, day);
    }
  }
}

function sessionOf(original: readonly MessageRecord[], person: number, day: number): MessageRecord[] {
  const firstTime = Math.min(...original.map(({ timestamp = '' }) => Date.parse(timestamp)).filter(Number.isFinite));
  const start = FIRST_DAY + day * DAY_MS + ((person * 37 + day * 11) % 1_440) * 60_000;
  const factor = 1 + ((person * 7 + day) % 13);
  return original.map((record) => {
    const renamed: { [name: string]: unknown } = { ...record };
    for (const name of times) renamed[name] = shifted(renamed[name], start - firstTime);
    for (const name of ids) {
      if (typeof renamed[name] === 'string') renamed[name] = recordId([person, day, renamed[name]]);
    }
    for (const name of ['model', 'requested_model']) {
      if (renamed[name] !== undefined) renamed[name] = MODELS[Math.floor(person / 3) % MODELS.length];
    }
    for (const name of ['incremental_total_tokens', 'response_duration_ms', 'tool_duration_ms']) {
      if (typeof renamed[name] === 'number') renamed[name] *= factor;
    }
    const { incremental_cost_pico_usd: cost } = record;
    return {
      ...record,
      ...renamed,
      ...(cost !== undefined && { incremental_cost_pico_usd: String(BigInt(cost) * BigInt(factor)) }),
      os_user: `person-${person}`,
      repository_name: `github.com/acme/repository-${(person * 3 + (day % 4)) % REPOSITORIES}`,
      git_branch: day % 5 === 0 ? 'main' : `feature/${day % 7}`,
    };
  });
}

function shifted(time: unknown, byMs: number): unknown {
  return typeof time === 'string' ? new Date(Date.parse(time) + byMs).toISOString() : time;
}
