import { describe, expect, test } from '@jest/globals';
import type { MessageRecord } from '../../src/fields/index.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { mapFile, mapFixture } from '../helpers/mapped.ts';
import { transcriptAt } from '../helpers/transcripts.ts';

function closingsOf(scenario: string): MessageRecord[] {
  return mapFixture(scenario).filter(({ turn_status }) => turn_status !== undefined);
}

describe('the end of a turn', () => {
  test.each<[string, string, { [status: string]: number }]>([
    ['an answer, an interrupt in an answer and one in a call', '2.1.329-tuiinterrupt', { ok: 1, interrupted: 2 }],
    ['the limit of turns', '2.1.329-maxturns', { limit_reached: 1 }],
    ['only seen at the next prompt, of a client that writes no stop reason', '2.1.50-multiturn', { unknown: 6 }],
    ['answers of the inline agent and of the session', '1.0.128-subagent', { ok: 2 }],
  ])('is %s', (_, scenario, expected) => {
    const counts: { [status: string]: number } = {};
    for (const { turn_status: status = '' } of closingsOf(scenario)) counts[status] = (counts[status] ?? 0) + 1;
    expect(counts).toEqual(expected);
  });

  test('can be an error, a refusal or a cut, and then still an answer', () => {
    const statuses = new Set(closingsOf('2.1.329-errors').map(({ turn_status }) => turn_status));
    expect(statuses).toEqual(new Set(['error', 'truncated', 'refused', 'ok']));
  });

  test('comes again where a Stop hook makes the model go on, each time with the whole turn', () => {
    const [file] = fixtureFiles('2.1.329-hook-block-json');
    const closings = (file === undefined ? [] : mapFile(file)).filter(({ turn_status }) => turn_status !== undefined);
    expect(closings.map(({ turn_closings }) => turn_closings)).toEqual(closings.map((_, index) => index + 1));
    expect(closings.length).toBeGreaterThan(5);
    expect(closings.map(({ turn_responses }) => turn_responses)).toEqual(closings.map((_, index) => index + 1));
    expect(new Set(closings.map(({ turn_id }) => turn_id)).size).toBe(1);
  });

  test('is the summary of the Stop hooks where the answer has no stop reason', () => {
    const values = [
      { type: 'user', uuid: 'p', message: { content: 'go' } },
      {
        type: 'assistant',
        uuid: 'a',
        message: { id: 'm', model: 'x', stop_reason: null, content: [{ type: 'text', text: 'ok' }] },
      },
      { type: 'system', subtype: 'stop_hook_summary', uuid: 's', hookCount: 1, hookInfos: [{ durationMs: 7 }] },
    ];
    const lines = values.map((value, start) => ({ value, start, bytes: Buffer.alloc(0) }));
    const records = mapFile({ transcript: transcriptAt('/gone.jsonl'), lines });
    expect(records.map(({ turn_status }) => turn_status)).toEqual([undefined, undefined, 'ok', undefined]);
    expect(records.at(-1)).toMatchObject({ type: 'session', session_hook_runs: 1, session_hook_duration_ms: 7 });
  });

  test('that no line wrote becomes a record of its own before the next prompt', () => {
    const [file] = fixtureFiles('2.1.329-thinktool');
    if (file === undefined) throw new Error('the fixture is there');
    const prompt = file.lines.find(({ value }) => value['promptSource'] !== undefined);
    if (prompt === undefined) throw new Error('the fixture has a prompt');
    const again = { ...prompt, value: { ...prompt.value, uuid: 'again', promptId: 'again' } };
    const killed = { ...file, lines: [prompt, again] };
    const derived = mapFile(killed).filter(({ derived: isDerived }) => isDerived);
    expect(derived).toEqual([
      expect.objectContaining({ type: 'turn', turn_status: 'unfinished', turn_id: prompt.value['promptId'] }),
    ]);
  });
});

describe('the totals of turns', () => {
  const files = fixtureFiles();

  test.each(files.map((file) => [file.transcript.path.split('/transcripts/')[1] ?? '', file] as const))(
    '%s: hold every call, answer and token once',
    (_, file) => {
      const records = mapFile(file);
      const last = new Map<string, MessageRecord>();
      for (const record of records) {
        if (record.turn_status !== undefined) last.set(`${record.agent_id ?? ''} ${record.turn_index}`, record);
      }
      const ended = [...last.values()];
      const isEnded = (record: MessageRecord): boolean => last.has(`${record.agent_id ?? ''} ${record.turn_index}`);
      const lines = records.filter((record) => record.derived === undefined && isEnded(record));
      const sum = (of: readonly MessageRecord[], name: keyof MessageRecord): number =>
        of.reduce((total, record) => total + (typeof record[name] === 'number' ? record[name] : 0), 0);
      expect(sum(ended, 'turn_output_tokens')).toBe(sum(lines, 'incremental_output_tokens'));
      expect(sum(ended, 'turn_input_tokens')).toBe(sum(lines, 'incremental_input_tokens'));
      expect(sum(ended, 'turn_cost_usd')).toBeCloseTo(sum(lines, 'incremental_cost_usd'), 9);
      expect(sum(ended, 'turn_tool_calls')).toBe(
        lines.flatMap(({ tool_phase: phase, tool_names: names }) => (phase === 'pre' ? (names ?? []) : [])).length,
      );
      expect(sum(ended, 'turn_lines_added')).toBe(sum(lines, 'lines_added'));
    },
  );
});

describe('the record of the session', () => {
  const sessions = mapFixture('2.1.329-tui').filter(({ type }) => type === 'session');

  test('has one id, and is renewed at each end of a turn', () => {
    const ofOne = sessions.filter(({ session_id }) => session_id === sessions[0]?.session_id);
    expect(ofOne.length).toBeGreaterThan(1);
    expect(new Set(ofOne.map(({ id }) => id)).size).toBe(1);
    expect(ofOne.map(({ session_turns }) => session_turns)).toEqual(ofOne.map((_, index) => index + 1));
  });

  test('adds up the turns', () => {
    const [file] = fixtureFiles('2.1.329-tui');
    const records = file === undefined ? [] : mapFile(file);
    const session = records.findLast(({ type }) => type === 'session');
    const turns = records.filter(({ turn_status }) => turn_status !== undefined);
    expect(session).toMatchObject({
      session_turns: turns.length,
      session_output_tokens: turns.reduce((sum, { turn_output_tokens: tokens = 0 }) => sum + tokens, 0),
      session_tool_calls: turns.reduce((sum, { turn_tool_calls: calls = 0 }) => sum + calls, 0),
      session_cost_usd: expect.closeTo(
        turns.reduce((sum, { turn_cost_usd: cost = 0 }) => sum + cost, 0),
        9,
      ),
    });
  });
});
