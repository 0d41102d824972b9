import { describe, expect, test } from '@jest/globals';
import { extensionFields } from '../../src/fields/extensions.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string) =>
  mapFixture(folder)
    .map((record) => valuesOf(extensionFields, record))
    .filter((values) => Object.keys(values).length > 0);

describe('real sessions', () => {
  test('MCP: the call, its result, and the answer that goes on from it', () => {
    const boom = { mcp_server: 'demo', mcp_tool: 'boom' };
    const add = { mcp_server: 'demo', mcp_tool: 'add' };
    const meta = { mcp_not_read_only: 'no_hint', mcp_meta: '{"structuredContent":{"sum":42}}' };
    expect(told('2.1.329-mcp')).toEqual([boom, boom, boom, add, { ...add, ...meta }, add]);
  });

  test('skills: called by the model, and by a command', () => {
    const greet = { skill_name: 'greet' };
    expect(told('2.1.329-skill')).toEqual([greet, greet, greet, { skill_name: 'shout' }]);
  });
});

describe('what no transcript has', () => {
  test.each([
    ['a tool with odd bars', { name: 'mcp__a_b__c__d' }, { mcp_server: 'a_b', mcp_tool: 'c__d' }],
    ['half a name', { name: 'mcp__a' }, {}],
    ['a resource', { name: 'ReadMcpResourceTool', input: { server: 's', uri: 'u' } }, { mcp_server: 's' }],
    [
      'a skill of a plugin',
      { name: 'Skill', input: { skill: 'tools:lint' } },
      { skill_name: 'tools:lint', plugin_name: 'tools' },
    ],
    ['an agent of a plugin', { name: 'Agent', input: { subagent_type: 'tools:review' } }, { plugin_name: 'tools' }],
    ['another agent', { name: 'Agent', input: { subagent_type: 'Explore' } }, {}],
    ['a server without being MCP', { name: 'Bash', input: { server: 's' } }, {}],
  ])('%s', (_case, call, expected) => {
    expect(valuesOf(extensionFields, recordOfCall(call))).toEqual(expected);
  });

  test.each([
    [{ attributionSkill: 'tools:lint' }, { skill_name: 'tools:lint', plugin_name: 'tools' }],
    [{ attributionAgent: 'tools:review' }, { plugin_name: 'tools' }],
    [{ attributionAgent: 'Explore' }, {}],
    [
      { attributionPlugin: 'p', attributionSkill: 'q:r' },
      { skill_name: 'q:r', plugin_name: 'p' },
    ],
  ])('an answer with %j', (beside, expected) => {
    const line = { type: 'assistant', message: { content: [{ type: 'text', text: 'x' }] }, ...beside };
    expect(valuesOf(extensionFields, recordOf(line))).toEqual(expected);
  });

  test('the call itself goes before what the answer goes on from', () => {
    const content = [{ type: 'tool_use', id: 't', name: 'mcp__new__go', input: {} }];
    const line = { type: 'assistant', message: { content }, attributionMcpServer: 'old', attributionMcpTool: 'stop' };
    expect(valuesOf(extensionFields, recordOf(line))).toEqual({ mcp_server: 'new', mcp_tool: 'go' });
  });
});
