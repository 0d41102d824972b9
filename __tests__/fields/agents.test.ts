import { describe, expect, test } from '@jest/globals';
import { mapFixture } from '../helpers/mapped.ts';

describe('a sub-agent', () => {
  test.each<[string, string, object]>([
    [
      'in the session’s own file belongs to the call with its prompt',
      '1.0.128-subagent',
      {
        agent_id: '8e872003-ceef-4747-a189-e3954379aa70',
        agent_type: 'general-purpose',
        agent_depth: 1,
        parent_tool_use_id: 'toolu_01p55q4QzUJBtdwPm4ssbg8o',
        session_id: '72beb4b6-1a13-4696-9662-a9cc1aad169b',
      },
    ],
    ['beside the sessions is known by its file alone', '2.0.76-subagent', { agent_id: 'acbbaa1', is_sidechain: true }],
    [
      'that another one started names it, its depth and its call',
      '2.1.329-subagentnest',
      { agent_depth: 2, parent_agent_id: 'a37963224b0f142d9', parent_tool_use_id: 'toolu_0177sYzPZ4NAavfLaCJRibY2' },
    ],
    [
      'of a workflow names the run and the phase',
      '2.1.329-workflow',
      { agent_workflow_run_id: 'wf_8055263c-787', agent_workflow_phase: 'One', agent_type: 'workflow-subagent' },
    ],
  ])('%s', (_, scenario, expected) => {
    expect(mapFixture(scenario)).toContainEqual(expect.objectContaining({ ...expected, type: 'assistant' }));
  });

  test('has the turn of the session as its own', () => {
    const records = mapFixture('2.1.329-subagent');
    const turns = new Set(records.filter(({ agent_id }) => agent_id === undefined).map(({ turn_id }) => turn_id));
    const own = records.filter(({ agent_id, turn_id }) => agent_id !== undefined && turn_id !== undefined);
    expect(own.length).toBeGreaterThan(3);
    expect(own.every(({ turn_id }) => turns.has(turn_id))).toBe(true);
  });

  test('is what the record of the call’s result speaks of, apart from who wrote that line', () => {
    expect(mapFixture('2.1.329-subagent')).toContainEqual(
      expect.objectContaining({
        tool_name: 'Agent',
        agent_id: undefined,
        subagent_id: expect.stringMatching(/^a[0-9a-f]+$/),
        subagent_status: 'completed',
        subagent_tool_calls: 2,
        subagent_tools: expect.arrayContaining(['Bash', 'Read']),
      }),
    );
  });
});
