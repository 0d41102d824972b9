import { describe, expect, test } from '@jest/globals';
import { planOf, type Plan } from '../../../src/destinations/honeyhive/plan.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';
import { mapFixture } from '../../helpers/mapped.ts';

const SESSION = '11111111-2222-4333-8444-555555555555';

/** A line in the middle of a session. */
function line(fields: Partial<MessageRecord>): MessageRecord {
  return {
    id: `line-${JSON.stringify(fields).length}`,
    type: 'system',
    session_id: SESSION,
    line_number: 7,
    timestamp: '2026-11-20T10:00:05.000Z',
    turn_id: 'turn-1',
    turn_index: 0,
    ...fields,
  };
}

const firstLine = line({ id: 'first', type: 'mode', line_number: 0 });
const prompt = line({ id: 'prompt', type: 'user', prompt_kind: 'human', is_first_turn: true, text: 'Why?' });
const planned = (...records: MessageRecord[]): Plan => planOf(records, false);

describe('what a line becomes', () => {
  test.each<[string, Partial<MessageRecord>, object]>([
    [
      'a compaction',
      { subtype: 'compact_boundary', compact_trigger: 'auto', compact_pre_tokens: 9 },
      { event_name: 'chain.pre_compact', metadata: { 'compact.trigger': 'auto', 'compact.pre_tokens': 9 } },
    ],
    [
      'a hook that blocked',
      { hook_status: 'blocking_error', hook_event: 'Stop', hook_errors: ['go on', 'please'] },
      { event_name: 'chain.hook', error: 'go on\nplease', metadata: { 'hook.event': 'Stop' } },
    ],
    [
      'a request that is tried again',
      { is_api_error: true, error_class: 'overloaded', api_error_status: 529, retry_attempt: 2 },
      { event_name: 'chain.api_error', error: 'overloaded', metadata: { 'error.status': 529, 'retry.attempt': 2 } },
    ],
    [
      'the first prompt of a sub-agent',
      { type: 'user', agent_id: 'a1', is_first_turn: true, text: 'Look.', agent_type: 'Explore' },
      {
        event_name: 'chain.subagent.start',
        inputs: { task: 'Look.' },
        metadata: { 'agent.subagent_id': 'a1', 'agent.subagent_type': 'Explore' },
      },
    ],
    [
      'the end of a sub-agent',
      { type: 'assistant', agent_id: 'a1', turn_status: 'ok', text: 'Two files.' },
      { event_name: 'chain.subagent.stop', outputs: { message: 'Two files.' } },
    ],
    [
      'a worktree that was entered',
      { type: 'worktree-state', worktree_state: 'entered', worktree_name: 'fix' },
      { event_name: 'chain.worktree.create', metadata: { 'worktree.name': 'fix' } },
    ],
    [
      'a worktree that was left',
      { type: 'worktree-state', worktree_state: 'left' },
      { event_name: 'chain.worktree.remove' },
    ],
    [
      'a commit',
      { type: 'user', tool_result_ids: ['t1'], tool_use_id: 't1', tool_name: 'Bash', commit_sha: 'abc1234' },
      { event_name: 'chain.commit_link', metadata: { 'git.commit_sha': 'abc1234' } },
    ],
    [
      "the client's own sums",
      { type: 'cost-state', client_cost_usd: 0.5 },
      { event_name: 'session.end', metrics: { 'client.cost_usd': 0.5 } },
    ],
    ['the command /exit', { type: 'user', slash_command: 'exit' }, { event_name: 'session.end' }],
  ])('%s', (_title, fields, event) => {
    const { created, completed } = planned(line(fields));
    expect([...created, ...completed]).toContainEqual(expect.objectContaining(matching(event)));
  });

  test.each<[string, Partial<MessageRecord>]>([
    ['a note on a hook that is still at work', { hook_status: 'progress' }],
    ['a copy of another transcript', { ...prompt, is_replay: true }],
    ['what the client wrote in the place of a response', { type: 'assistant', message_id: 'm', total_tokens: 0 }],
    [
      'a further line of a response',
      { type: 'assistant', message_id: 'm', total_tokens: 9, incremental_total_tokens: 0 },
    ],
    ['a line without a time', { ...prompt, timestamp: undefined }],
  ])('nothing: %s', (_title, fields) => {
    expect(planned(line(fields))).toEqual({ begun: [], renewed: [], completed: [], created: [] });
  });
});

describe('a turn', () => {
  const thinks = line({ id: 'thinks', type: 'assistant', thinking: 'Hm.' });
  const looks = line({ id: 'looks', type: 'assistant', text: 'Looking.' });
  const ends = line({ id: 'ends', type: 'assistant', text: 'Because.', turn_status: 'ok', turn_cost_usd: 0.25 });
  const agentEvents = (plan: Plan, from: 'created' | 'completed') =>
    plan[from].filter(({ event_name: name }) => name === 'turn.agent');

  test('in one batch is created whole, with its messages before the answer', () => {
    const plan = planned(prompt, thinks, looks, ends);
    expect(plan.completed).toEqual([]);
    expect(agentEvents(plan, 'created')).toMatchObject([
      {
        inputs: {
          chat_history: [
            { role: 'user', content: 'Why?' },
            { role: 'assistant', content: 'Looking.' },
          ],
          thinking: 'Hm.',
        },
        outputs: { role: 'assistant', content: 'Because.' },
        metadata: { 'turn.status': 'ok' },
        metrics: { 'turn.cost_usd': 0.25 },
      },
    ]);
  });

  test('in two batches is created open and completed later, under the same id', () => {
    const before = agentEvents(planned(prompt, looks), 'created');
    const after = agentEvents(planned(ends), 'completed');
    expect(before).toMatchObject([{ outputs: {}, metadata: { 'turn.status': 'open' } }]);
    expect(after).toMatchObject([{ outputs: { content: 'Because.' }, metadata: { 'turn.status': 'ok' } }]);
    expect(after[0]?.event_id).toBe(before[0]?.event_id);
  });

  test('has the thinking of its own answers, not what a request repeats of earlier turns', () => {
    const repeats = line({ id: 'repeats', type: 'api-request-blob', thinking: 'Before.' });
    expect(agentEvents(planned(prompt, repeats, ends), 'created')[0]?.inputs['thinking']).toBeUndefined();
    expect(agentEvents(planned(prompt, thinks, repeats, ends), 'created')).toMatchObject([
      { inputs: { thinking: 'Hm.' } },
    ]);
  });

  test('of a command is not open: the client may answer by itself, and then nothing ends it', () => {
    const [, command] = planned({ ...prompt, prompt_kind: 'command' }).created;
    expect(command?.event_name).toBe('turn.agent');
    expect(command?.metadata['turn.status']).toBeUndefined();
  });

  test('that failed has its error', () => {
    const failed = line({ ...ends, turn_status: 'error', error_message: 'Overloaded' });
    expect(agentEvents(planned(failed), 'completed')).toMatchObject([{ error: 'Overloaded' }]);
  });

  test('hangs below the call that a sub-agent works for', () => {
    const call = line({ type: 'assistant', tool_use_ids: ['t1'], tool_names: ['Agent'], tool_inputs: ['{}'] });
    const [tool] = planned(call).created;
    const [start] = planned(line({ ...prompt, agent_id: 'a1', parent_tool_use_id: 't1' })).created;
    expect(start?.parent_id).toBe(tool?.event_id);
  });
});

describe('a compaction', () => {
  const compacted = (trigger: string) => {
    const [event] = planned(line({ compact_trigger: trigger, compact_duration_ms: 1_500 })).created;
    return event;
  };

  test('takes the time before its line', () => {
    expect(compacted('auto')).toMatchObject({
      start_time: Date.parse('2026-11-20T10:00:03.500Z'),
      end_time: Date.parse('2026-11-20T10:00:05.000Z'),
      duration: 1_500,
    });
  });

  test('hangs below the turn that it interrupts; one that a person asks for, below the session', () => {
    const [answer] = planned(line({ type: 'assistant', turn_status: 'ok' })).completed;
    expect(compacted('auto')?.parent_id).toBe(answer?.event_id);
    expect(compacted('manual')?.parent_id).toBe(SESSION);
  });
});

describe('a response', () => {
  const counts = {
    type: 'assistant',
    message_id: 'm',
    total_tokens: 9,
    response_started_at: '2026-11-20T10:00:01.000Z',
  };
  const first = line({ ...counts, id: 'one', incremental_total_tokens: 9, timestamp: '2026-11-20T10:00:02.000Z' });

  test('takes as long as its last line in the batch says, and counts once', () => {
    const last = line({ ...counts, id: 'two', incremental_total_tokens: 0 });
    expect(planned(first, last)).toMatchObject({
      created: [{ event_name: 'turn.response', duration: 4_000, metadata: { total_tokens: 9 } }],
      completed: [],
    });
  });

  test('is corrected by a later line that counts more', () => {
    const correction = line({ ...counts, id: 'three', total_tokens: 12, incremental_total_tokens: 3 });
    expect(planned(first, correction).created).toMatchObject([{ metadata: { total_tokens: 12 } }]);
    expect(planned(correction).completed).toMatchObject([{ metadata: { total_tokens: 12 } }]);
  });
});

describe('a session', () => {
  const sums = line({
    id: 'sums',
    type: 'session',
    derived: true,
    session_tools: ['Bash=2', 'Grep=1', 'Glob=1', 'Read=3', 'mcp__x__y=1'],
    session_tool_calls: 8,
    session_responses: 4,
    session_tool_errors: 1,
    session_lines: 30,
    session_cost_usd: 0.5,
    session_models: ['claude-opus-5-5', 'claude-haiku-4-5'],
  });

  test('begins with the first line of its own transcript', () => {
    expect(planned(firstLine, prompt).begun).toMatchObject([
      { session_id: SESSION, session_name: 'Claude Code 11111111' },
    ]);
    expect(planned(line({ line_number: 0, agent_id: 'a1', parent_tool_use_id: 't1' })).begun).toEqual([]);
    expect(planned(prompt)).toMatchObject({ begun: [], renewed: [] });
  });

  test('is renewed with its sums, unless it begins with them', () => {
    expect(planned(sums)).toMatchObject({ begun: [], renewed: [{ session_id: SESSION }] });
    expect(planned(firstLine, sums)).toMatchObject({ begun: [{ metrics: { 'session.cost_usd': 0.5 } }], renewed: [] });
  });

  test('names the model that it began with, and is one that no hook saw', () => {
    expect(planned(sums).renewed).toMatchObject([{ metadata: { 'model.name': 'claude-opus-5-5', synthetic: true } }]);
  });

  test("has the vendor's metrics", () => {
    expect(planned(sums).renewed[0]?.metrics).toMatchObject({
      'coding_agent.total_events': 30,
      'coding_agent.tool_count': 8,
      'coding_agent.model_count': 4,
      'coding_agent.unique_tools': 4,
      'coding_agent.bash_ratio': 0.25,
      'coding_agent.search_ratio': 0.25,
      'coding_agent.tool_model_ratio': 2,
      'coding_agent.has_errors': true,
    });
  });

  test('is called what it is called last, and never REDACTED', () => {
    const title = (text: string): MessageRecord => line({ id: text, type: 'custom-title', session_title: text });
    expect(planned(firstLine, title('One'), title('Two')).begun).toMatchObject([{ session_name: 'Two' }]);
    expect(planned(firstLine, title('REDACTED')).begun).toMatchObject([{ session_name: 'Claude Code 11111111' }]);
  });

  test('keeps its own UUID, and gets one where it has none', () => {
    expect(planned(firstLine).begun).toMatchObject([{ session_id: SESSION }]);
    expect(planned({ ...firstLine, session_id: 'notes' }).begun[0]?.session_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  });

  test('that ends in the batch that begins it has a new end, else one that may be there', () => {
    const end = line({ type: 'cost-state' });
    expect(planned(firstLine, end).created).toMatchObject([{ event_name: 'session.end' }]);
    expect(planned(end)).toMatchObject({ created: [], completed: [{ event_name: 'session.end' }] });
  });
});

describe('ids', () => {
  // As Python's uuid.uuid5(NAMESPACE_URL, …) has them.
  test.each([
    ['tool.Bash', '0a8a79cd-5913-52df-ac3e-4129c10b8ae9'],
    ['turn.response', '9de48cc8-8e2c-5a95-94f2-4d184a1c86bb'],
    ['session.end', 'e6ecc9c9-53d0-5550-8218-5af46621c4f8'],
  ])('stay the same from version to version: %s', (name, id) => {
    const { created } = planOf(mapFixture('2.1.329-parallel'), false);
    expect(created.find((event) => event.event_name === name)?.event_id).toBe(id);
  });
});

function matching(event: object): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      typeof value === 'object' ? expect.objectContaining(value) : value,
    ]),
  );
}
