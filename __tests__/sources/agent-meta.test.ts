import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { agentFileOf, readAgentMeta } from '../../src/sources/agent-meta.ts';
import { TRANSCRIPTS } from '../helpers/fixtures.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

describe('agentFileOf', () => {
  test.each([
    ['of a session', '/p/s/subagents/agent-a1.jsonl', 'a1', undefined],
    ['of a workflow', '/p/s/subagents/workflows/wf_1-2/agent-a1.jsonl', 'a1', 'wf_1-2'],
    ['of client 2.0', '/p/agent-a36b0e7.jsonl', 'a36b0e7', undefined],
    ['of a longer name', '/p/s/subagents/agent-acompact-0a.1.jsonl', 'acompact-0a.1', undefined],
  ])('knows an agent %s', (_, path, agentId, workflowRun) => {
    const metaPath = path.replace(/jsonl$/, 'meta.json');
    expect(agentFileOf(path)).toEqual({ agentId, workflowRun, metaPath });
  });

  test.each([
    '/p/71cccc99-409a-4235-9011-555ca6b68f1d.jsonl',
    '/p/s/subagents/workflows/wf_1/journal.jsonl',
    '/p/s/subagents/agent-.jsonl',
    '/p/s/subagents/agent-a1.meta.json',
    '/p/agent-a1/71cccc99.jsonl',
    '',
  ])('knows that %j belongs to no agent', (path) => {
    expect(agentFileOf(path)).toBeUndefined();
  });

  test('knows the agents among the real transcripts', () => {
    const names = readdirSync(TRANSCRIPTS, { recursive: true, encoding: 'utf8' });
    const metas = names.filter((name) => name.endsWith('.meta.json')).map((name) => join(TRANSCRIPTS, name));
    const found = names.flatMap((name) => agentFileOf(join(TRANSCRIPTS, name))?.metaPath ?? []);
    expect(found).toEqual(expect.arrayContaining(metas));
    expect(metas.length).toBeGreaterThan(4);
  });
});

describe('readAgentMeta', () => {
  test.each([
    [
      '2.1.329-subagent/93f3e4bb-186e-46cc-923b-5593c35747e6/subagents/agent-af443eb4116bb558f.jsonl',
      {
        agentId: 'af443eb4116bb558f',
        agentType: 'general-purpose',
        description: 'Look at the code',
        toolUseId: 'toolu_01EscWihDhD3mncawnD2GBeE',
        depth: 1,
        model: 'claude-opus-5-5',
        isBuiltIn: true,
      },
    ],
    [
      '2.1.329-subagentnest/3fe5dc40-ce7b-419e-9882-16465b23cb61/subagents/agent-a075f6bd2ede43d7e.jsonl',
      {
        agentId: 'a075f6bd2ede43d7e',
        agentType: 'general-purpose',
        description: 'Inner',
        toolUseId: 'toolu_0177sYzPZ4NAavfLaCJRibY2',
        depth: 2,
        model: 'claude-opus-5-5',
        isBuiltIn: true,
        parentAgentId: 'a37963224b0f142d9',
      },
    ],
    [
      '2.1.329-workflow/0c58fef5-c097-4d93-8db2-c4863882cdf1/subagents/workflows/wf_8055263c-787/agent-a27945329cb9b9a99.jsonl',
      {
        agentId: 'a27945329cb9b9a99',
        workflowRun: 'wf_8055263c-787',
        workflowPhase: 'One',
        agentType: 'workflow-subagent',
        description: 'a',
        depth: 1,
        model: 'claude-opus-5-5',
        isBuiltIn: true,
      },
    ],
    [
      '2.1.290-subagent/71cccc99-409a-4235-9011-555ca6b68f1d/subagents/agent-a2093faadc34f813d.jsonl',
      {
        agentId: 'a2093faadc34f813d',
        agentType: 'general-purpose',
        description: 'Look at the code',
        toolUseId: 'toolu_016p1ac4Aw72NJRtuJKfskaS',
        depth: 1,
      },
    ],
    ['2.0.76-subagent/agent-acbbaa1.jsonl', { agentId: 'acbbaa1' }],
  ])('reads the real %s', (name, expected) => {
    expect(metaOf(join(TRANSCRIPTS, name))).toEqual(expected);
  });

  test.each([
    ['nothing', () => {}],
    ['half a file', (path: string) => writeFileSync(path, '{"agentType":"Explore"')],
    ['a list', (path: string) => writeFileSync(path, '[{"agentType":"Explore"}]')],
    ['other types', (path: string) => writeFileSync(path, '{"agentType":7,"spawnDepth":"1","isBuiltIn":"yes"}')],
    ['a giant', (path: string) => writeFileSync(path, JSON.stringify({ agentType: 'x'.repeat(70_000) }))],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('answers the name alone where there is %s', (_, make) => {
    const directory = makeTempDirectory();
    make(join(directory, 'agent-a1.meta.json'));
    expect(metaOf(join(directory, 'agent-a1.jsonl'))).toEqual({ agentId: 'a1' });
  });

  test.each([
    ['a negative depth', '{"spawnDepth":-1}', {}],
    ['half a character', '{"description":"\\ud83d!"}', { description: '\ufffd!' }],
    ['a false', '{"isBuiltIn":false}', { isBuiltIn: false }],
  ])('takes %s for what it is', (_, text, expected) => {
    const directory = makeTempDirectory();
    writeFileSync(join(directory, 'agent-a1.meta.json'), text);
    expect(metaOf(join(directory, 'agent-a1.jsonl'))).toEqual({ agentId: 'a1', ...expected });
  });
});

function metaOf(path: string): ReturnType<typeof readAgentMeta> {
  const file = agentFileOf(path);
  if (file === undefined) throw new Error(`${path} belongs to no agent`);
  return readAgentMeta(file);
}
