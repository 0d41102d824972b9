import { describe, expect, test } from '@jest/globals';
import { logRecordsOf } from '../../../src/destinations/otlp/log-records.ts';
import type { AnyValue, LogRecord } from '../../../src/destinations/otlp/model.ts';
import { claimedRecords } from '../../helpers/claimed.ts';

describe('what the client told with its own telemetry', () => {
  const events = eventsOf('2.1.329-otel');

  test.each([
    ['req_011CGKpuRMP1CzCKzQfjv3Jm', 16_652],
    ['req_011CB98FK11Qu9GeutvK3CAf', 17_607],
    ['req_011CSJmyPEehEjQBmGFh5DA1', 4_298],
    ['req_011C5VKNPpjhJxWNkpCSeG6H', 4_140],
  ])('is what the event of the request %s says: %i millionths of a dollar', (request, micros) => {
    const requests = named(events, 'claude_code.api_request').filter(({ request_id }) => request_id === request);
    expect(requests).toEqual([expect.objectContaining({ cost_usd_micros: String(micros), speed: 'normal' })]);
  });

  test('is how long its prompts were, and under which ids the transcript has them', () => {
    const prompts = named(events, 'claude_code.user_prompt').map((one) => [one['message.uuid'], one['prompt_length']]);
    expect(Object.fromEntries(prompts)).toEqual({
      'dc5fd1ec-36cf-4cdd-8b6f-14d39173d082': '17',
      'dd62dec8-9cbe-4466-89e7-50d73d28d5c8': '15',
      '4b1c2909-2a08-41b3-a9b6-27af14b56773': '62',
      'c7a56b44-fb26-4178-a1f4-3dba12dd385e': '23',
    });
  });

  test.each([
    ['toolu_01fsWcR67QWN1HRAwSsy853g', 'Read', '43', '82'],
    ['toolu_01A9Qnp9ka8cp74sfspB2zcd', 'Write', '122', '126'],
    ['toolu_01nvxRGdgf3X7Jy4HqKS8PiY', 'Edit', '160', '136'],
    ['toolu_01C3JPEZPk3YKeNCeGRzAd44', 'Glob', '21', '25'],
  ])('is what the result of the call %s says', (id, tool, input, output) => {
    const result = named(events, 'claude_code.tool_result').find(({ tool_use_id }) => tool_use_id === id);
    const sizes = { tool_input_size_bytes: input, tool_result_size_bytes: output };
    expect(result).toMatchObject({ tool_name: tool, success: 'true', ...sizes });
  });
});

describe('a call that was refused', () => {
  test.each([
    ['by no rule that allowed it', '2.1.329-denied', { decision: 'reject', source: 'config' }],
    ['by a rule', '2.1.329-deniedrule', { decision: 'reject', source: 'config' }],
    ['by a person', '2.1.329-tuipermission', { decision: 'reject', 'error.type': 'permission_denied' }],
  ])('%s is a decision and no result', (_by, fixture, expected) => {
    const events = eventsOf(fixture);
    const [decision, ...others] = named(events, 'claude_code.tool_decision');
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ tool_name: 'Bash', permission_mode: 'default', ...expected });
    const results = named(events, 'claude_code.tool_result').map(({ tool_use_id }) => tool_use_id);
    expect(results).not.toContain(decision?.['tool_use_id']);
  });
});

test('a compaction that is told of has succeeded', () => {
  const [compaction] = named(eventsOf('2.1.329-compact'), 'claude_code.compaction');
  expect(compaction).toMatchObject({ trigger: 'manual', success: 'true', pre_tokens: '14417' });
});

test('the Stop hooks of a turn are named as the client names them', () => {
  const hooks = named(eventsOf('2.1.329-simple'), 'claude_code.hook_execution_complete');
  expect(hooks).toEqual([expect.objectContaining({ hook_event: 'Stop', hook_name: 'Stop', num_hooks: '1' })]);
});

function eventsOf(fixture: string): LogRecord[] {
  return logRecordsOf(claimedRecords(fixture), 'turn');
}

/** The attributes of the events of a name, each value as text. */
function named(events: readonly LogRecord[], name: string): { [attribute: string]: string }[] {
  return events
    .filter(({ eventName }) => eventName === name)
    .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, textOf(value)])));
}

function textOf(value: AnyValue): string {
  return String(Object.values(value)[0]);
}
