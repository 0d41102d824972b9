import { describe, expect, test } from '@jest/globals';
import { toolEvents, toolKinds } from '../../src/line/tool-kinds.ts';
import { toolFields } from '../../src/fields/tools.ts';
import { recordOf, recordsOf, valuesOf } from '../helpers/hand-made.ts';
import { recordOfCall } from '../helpers/hand-made-call.ts';
import { mapFixture } from '../helpers/mapped.ts';

const calls = (folder: string) => mapFixture(folder).filter(({ tool_phase }) => tool_phase === 'complete');

describe('the line that begins a call', () => {
  test('names it', () => {
    const begun = mapFixture('2.1.329-thinktool').find(({ tool_phase }) => tool_phase === 'pre');
    expect(valuesOf(toolFields, begun)).toEqual({
      tool_names: ['Bash'],
      tool_use_ids: ['toolu_01WMBW9HJwJDTXAeGShC3QBw'],
      tool_phase: 'pre',
      tool_use_id: 'toolu_01WMBW9HJwJDTXAeGShC3QBw',
      tool_name: 'Bash',
      tool_kind: 'bash',
      tool_event: 'command_execution',
    });
  });

  test('names all of them where there are several', () => {
    const content = ['Read', 'Grep'].map((name) => ({ type: 'tool_use', id: `t-${name}`, name, input: {} }));
    expect(recordOf({ type: 'assistant', message: { content } })).toMatchObject({
      tool_names: ['Read', 'Grep'],
      tool_use_ids: ['t-Read', 't-Grep'],
      tool_use_id: 't-Read',
      tool_name: 'Read',
    });
  });
});

describe('the line of a result', () => {
  test('holds the whole call', () => {
    expect(calls('2.1.329-thinktool').map((record) => valuesOf(toolFields, record))).toEqual([
      {
        tool_result_ids: ['toolu_01WMBW9HJwJDTXAeGShC3QBw'],
        tool_is_error: false,
        tool_phase: 'complete',
        tool_use_id: 'toolu_01WMBW9HJwJDTXAeGShC3QBw',
        tool_name: 'Bash',
        tool_kind: 'bash',
        tool_event: 'command_execution',
        tool_started_at: expect.stringMatching(/^2026-11-21T/),
        tool_duration_ms: expect.any(Number),
        tool_success: true,
        tool_status: 'success',
        tool_input: '{"command":"ls -1","description":"List files"}',
        tool_input_bytes: 46,
        tool_use_result:
          '{"stdout":"README.md\\npixel.png\\nsrc","stderr":"","interrupted":false,"isImage":false,"noOutputExpected":false}',
        tool_output_bytes: 111,
        tool_output_images: 0,
        tool_parallel_index: 0,
        tool_parallel_count: 1,
        tool_thinking: 'I need to look at the files first.',
        source_tool_assistant_uuid: expect.any(String),
      },
    ]);
  });

  test.each([
    ['1.0.128-parallel', ['Bash 0/3', 'Read 1/3', 'Bash 2/3']],
    ['2.1.329-parallel', ['Bash 0/3', 'Read 1/3', 'Bash 2/3']],
    ['2.1.329-bash', ['Bash 0/1']],
  ])('%s: says which of the calls of its response it is', (folder, expected) => {
    const told = calls(folder).map(
      ({ tool_name, tool_parallel_index, tool_parallel_count }) =>
        `${tool_name} ${tool_parallel_index}/${tool_parallel_count}`,
    );
    expect(told.toSorted((a, b) => a.localeCompare(b, 'en'))).toEqual(
      expected.toSorted((a, b) => a.localeCompare(b, 'en')),
    );
  });

  test.each([
    ['2.1.329-fileops', 'Glob', 12],
    ['2.1.200-websearch', 'WebSearch', 37],
    ['1.0.128-subagent', 'Task', 457],
    ['2.1.329-bash', 'Bash', undefined],
  ])('%s: %s took %s ms by the client', (folder, name, duration) => {
    const call = calls(folder).find(({ tool_name }) => tool_name === name);
    expect(call?.tool_client_duration_ms).toBe(duration);
  });

  test('measures the time from the call to it', () => {
    expect(recordOfCall({ name: 'Bash' })).toMatchObject({
      tool_started_at: '2026-11-21T10:00:00.000Z',
      tool_duration_ms: 1500,
    });
  });

  test('tells what failed, without the marks of the client', () => {
    const boom = calls('2.1.329-mcp').find(({ tool_status }) => tool_status === 'failure');
    expect(boom).toMatchObject({ tool_is_error: true, tool_success: false, tool_error: 'boom: scripted failure' });
    const long = recordOfCall({ name: 'Bash', block: { is_error: true, content: `${'x'.repeat(1999)}\u{1F600}` } });
    expect(long.tool_error).toBe(`${'x'.repeat(1999)}\uFFFD`);
  });

  test('has what it can where the line of the call is not in the transcript', () => {
    const block = { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'ok' }] };
    expect(valuesOf(toolFields, recordOf({ type: 'user', message: { content: [block] } }))).toEqual({
      tool_result_ids: ['t'],
      tool_is_error: false,
      tool_phase: 'complete',
      tool_use_id: 't',
      tool_success: true,
      tool_status: 'success',
      tool_use_result: '[{"type":"text","text":"ok"}]',
      tool_output_bytes: 29,
      tool_output_images: 0,
    });
  });

  test('is one record of several where the line has several', () => {
    const use = (id: string) => ({ type: 'tool_use', id, name: 'Write', input: { file_path: `/${id}` } });
    const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: id });
    const records = recordsOf(
      { type: 'assistant', uuid: 'u', message: { id: 'm', content: [use('a'), use('b')] } },
      {
        type: 'user',
        uuid: 'v',
        message: { content: [result('b'), result('a')] },
        toolUseResult: { type: 'create', filePath: '/b', content: 'x\n', structuredPatch: [] },
      },
    ).slice(1);
    expect(records).toMatchObject([
      { tool_use_id: 'b', file_path: '/b', lines_added: 1, tool_parallel_index: 1 },
      { tool_use_id: 'a', file_path: '/a', tool_use_result: 'a', tool_parallel_index: 0 },
    ]);
    expect(records[1]?.lines_added).toBeUndefined();
  });
});

describe('the answer as JSON', () => {
  const DATA = 'A'.repeat(1000);
  test.each([
    ['a text as it is', 'Error: no', undefined, 'Error: no', 11],
    ['an edit without the whole file', { filePath: '/x', originalFile: DATA }, undefined, '{"filePath":"/x"}', 1035],
    ['a new file, which had none', { originalFile: null }, undefined, '{"originalFile":null}', 21],
    ['an output that is an image', { stdout: DATA, isImage: true }, undefined, '{"isImage":true}', 1028],
    [
      'an image',
      { type: 'image', file: { base64: DATA, originalSize: 1 } },
      undefined,
      '{"type":"image","file":{"originalSize":1}}',
      1054,
    ],
    [
      'images that an MCP tool answered with',
      [{ type: 'image', source: { type: 'base64', data: DATA } }],
      undefined,
      '[{"type":"image","source":{"type":"base64"}}]',
      1055,
    ],
    ['the content of the block where there is nothing else', undefined, 'plain', 'plain', 7],
    ['nothing', undefined, null, 'null', 4],
  ])('%s', (_case, answer, content, text, size) => {
    const record = recordOfCall({ name: 'X', answer, block: { content } });
    expect(record).toMatchObject({ tool_use_result: text, tool_output_bytes: size });
  });

  test('of a value that is nested too deeply is a note', () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
    expect(recordOfCall({ name: 'X', answer: deep })).toMatchObject({
      tool_use_result: '[nested too deeply]',
      tool_output_bytes: 0,
    });
  });

  test('counts the images that the model was shown', () => {
    const [read] = calls('2.1.329-readimg');
    expect(read).toMatchObject({ tool_output_images: 1, tool_output_bytes: 257 });
    expect(read?.tool_use_result).not.toContain('iVBORw0KGgo');
  });
});

describe('lines that calls brought about', () => {
  test.each([
    ['a hook', { type: 'system', subtype: 'stop_hook_summary', toolUseID: 'h' }, { tool_use_id: 'h' }],
    ['its output', { type: 'attachment', attachment: { type: 'hook_success', toolUseID: 'h' } }, { tool_use_id: 'h' }],
    ['a skill', { type: 'user', message: { content: 'x' }, sourceToolUseID: 's' }, { source_tool_use_id: 's' }],
    ['an answer', { type: 'assistant', message: { content: [{ type: 'text', text: 'x' }] } }, {}],
  ])('%s', (_case, line, expected) => {
    expect(valuesOf(toolFields, recordOf(line))).toEqual(expected);
  });

  test('the log of a request repeats no call and no result', () => {
    const blobs = ['2.1.329-tuiinterrupt', '2.1.329-tuicommands'].flatMap(mapFixture);
    const told = blobs.filter(({ type }) => type === 'api-request-blob').map((blob) => valuesOf(toolFields, blob));
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((values) => Object.keys(values).length > 0)).toEqual([]);
  });
});

describe('kinds and events', () => {
  test.each([
    ['Bash', 'bash', 'command_execution'],
    ['Read', 'file', 'file_read'],
    ['Write', 'file', 'file_write'],
    ['MultiEdit', 'file', 'file_edit'],
    ['Grep', 'file', 'code_search'],
    ['Glob', 'file', 'file_search'],
    ['LS', 'file', 'directory_list'],
    ['NotebookEdit', 'file', 'notebook_operation'],
    ['WebFetch', 'web', 'web_fetch'],
    ['WebSearch', 'web', 'web_search'],
    ['Task', 'agent', 'sub_agent_delegation'],
    ['Agent', 'agent', 'sub_agent_delegation'],
    ['TodoWrite', 'task', 'task_management'],
    ['TaskUpdate', 'task', 'task_management'],
    ['Skill', 'skill', 'tool_usage'],
    ['ExitPlanMode', 'plan', 'tool_usage'],
    ['AskUserQuestion', 'question', 'tool_usage'],
    ['mcp__demo__add', 'mcp', 'tool_usage'],
    ['NewTool', 'generic', 'tool_usage'],
    ['constructor', 'generic', 'tool_usage'],
  ])('%s is %s and %s', (name, kind, event) => {
    expect(toolKinds).toContain(kind);
    expect(toolEvents).toContain(event);
    expect(recordOfCall({ name })).toMatchObject({ tool_name: name, tool_kind: kind, tool_event: event });
  });
});
