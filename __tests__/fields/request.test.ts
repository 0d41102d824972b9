import { describe, expect, test } from '@jest/globals';
import { requestFields } from '../../src/fields/request.ts';
import { systemPromptFields } from '../../src/fields/system-prompt.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';

const bare = mapFixture('2.1.329-bare');
const of = (line: { readonly [key: string]: unknown }): object => valuesOf(requestFields, recordOf(line));

describe('a request', () => {
  test('is told with its parameters and its parts', () => {
    const request = bare.find(({ type }) => type === 'api-request');
    expect(valuesOf(requestFields, request)).toMatchObject({
      request_model: 'claude-opus-5-5',
      request_max_tokens: 128_000,
      request_effort: 'medium',
      request_thinking: 'adaptive',
      request_thinking_display: 'omitted',
      request_context_edits: ['clear_thinking_20251015=all'],
      query_source: 'sdk',
      request_keep: 0,
      request_tail_count: 2,
      cache_breakpoints: 3,
      cache_breakpoint_paths: ['system.0', 'system.1', 'messages.0.content.0'],
    });
    expect(request?.request_tail).toContain(bare.find(({ type }) => type === 'api-request-blob')?.blob_hash);
  });

  test('names the budget of older models', () => {
    const request = mapFixture('2.1.329-thinking').find(({ type }) => type === 'api-request');
    expect(request).toMatchObject({ request_thinking: 'enabled', request_thinking_budget: 31_999 });
  });

  test.each([
    ['sdk', { query_source: 'sdk' }],
    ['agent:builtin:Explore', { query_source: 'agent:builtin:Explore' }],
    ['agent:custom:Ada’s helper', { query_source: 'agent:custom', query_agent: 'Ada’s helper' }],
    [7, {}],
  ])('was for %j', (querySource, expected) => {
    expect(of({ type: 'api-request', querySource })).toEqual(expected);
  });

  test.each([
    [{ type: 'clear', keep: { type: 'tool_uses', value: 3 } }, 'clear=tool_uses:3'],
    [{ type: 'clear', keep: 2 }, 'clear=2'],
    [{ type: 'clear' }, 'clear'],
    [{}, 'unknown'],
  ])('has %j of its context cleared', (edit, expected) => {
    const line = { type: 'api-request', params: { context_management: { edits: [edit, null] } } };
    expect(of(line)).toEqual({ request_context_edits: [expected] });
  });

  test('keeps to itself who asked', () => {
    const params = { model: 'm', temperature: 0.5, speed: 'fast', metadata: { user_id: 'secret' }, system: 'secret' };
    const cacheControl = [{ path: ['system', 0], value: { type: 'ephemeral', ttl: '1h' } }];
    const record = recordOf({ type: 'api-request', params, cacheControl });
    expect(record).toMatchObject({ request_temperature: 0.5, request_speed: 'fast', cache_ttl: '1h' });
    expect(JSON.stringify(record)).not.toContain('secret');
  });
});

describe('the parts of requests', () => {
  test('are the system prompt and the tools', () => {
    const shape = bare.find(({ type }) => type === 'api-request-shape');
    expect(valuesOf({ ...requestFields, ...systemPromptFields }, shape)).toEqual({
      shape_hash: '0ae274cc5a4bffdecc8ce7769a648319a351075ba8ac4a04a1a6e03ee422cf08',
      system_prompt:
        "You are a Claude agent, built on Anthropic's Claude Agent SDK.\nCWD: /home/dev/project\nDate: 2026-11-21",
      system_prompt_bytes: 101,
      offered_tools_count: 3,
      offered_tool_names: ['Bash', 'Edit', 'Read'],
      offered_tools: expect.stringContaining('"description":"execute shell commands"'),
    });
  });

  test('are messages', () => {
    const blob = mapFixture('2.1.329-multiturn').find(({ blob_added_tools }) => blob_added_tools !== undefined);
    expect(valuesOf(requestFields, blob)).toEqual({
      blob_hash: '481da3ecb298242cb510734749e979dc9510c676c8f2dcee835a264f9833cf1e',
      blob_role: 'system',
      blob_added_tools: ['Glob', 'Grep'],
    });
  });

  test('are counted in UTF-8', () => {
    const attachment = { type: 'prompt_snapshot', systemPrompt: ['é', 'a'], tools: [{ name: 'Bash' }, { elided: 2 }] };
    expect(valuesOf(systemPromptFields, recordOf({ type: 'attachment', attachment }))).toEqual({
      system_prompt: 'é\na',
      system_prompt_bytes: 3,
      offered_tools_count: 2,
      offered_tool_names: ['Bash'],
      offered_tools: '[{"name":"Bash"},{"elided":2}]',
    });
  });
});
