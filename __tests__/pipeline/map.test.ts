import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { isSettled, type MessageRecord } from '../../src/fields/index.ts';
import { foldLines, mapFile, mapFixture, type FoldedLine } from '../helpers/mapped.ts';

const files = fixtureFiles();

function recordsOf(lines: readonly FoldedLine[]): MessageRecord[] {
  return lines.flatMap(({ records }) => records);
}

describe('every line of every client version', () => {
  test('there are fixtures of clients from 1.0.128 to 2.1.329', () => {
    const versions = new Set(files.map(({ transcript }) => transcript.projectFolder.split('-')[0]));
    expect(versions).toEqual(
      new Set(['1.0.128', '2.0.14', '2.0.76', '2.1.50', '2.1.119', '2.1.200', '2.1.290', '2.1.329']),
    );
  });

  test.each(files.map((file) => [file.transcript.path.split('/transcripts/')[1] ?? '', file] as const))(
    '%s: a record a line, with an id, a type and a session',
    (_, file) => {
      for (const [index, { records }] of foldLines(file).entries()) {
        const [record, ...others] = records.filter(({ derived }) => derived === undefined);
        const line = file.lines[index]?.value;
        expect(others).toEqual([]);
        expect(record?.id).toMatch(/^[0-9a-f]{32}$/);
        expect(record?.type).toBe(line?.['type']);
        expect(record?.session_id).toBe(line?.['sessionId'] ?? file.transcript.sessionId);
        expect(record?.project).toBeDefined();
        expect(record?.unknown).toBeUndefined();
      }
    },
  );

  test.each(files.map((file) => [file.transcript.path.split('/transcripts/')[1] ?? '', file] as const))(
    '%s: reading in two fires gives the records of reading once, wherever the cut is',
    (_, file) => {
      const whole = foldLines(file);
      const settled = whole.flatMap(({ context }, index) => (isSettled(context) ? [index] : []));
      // Between two settled lines, every cut is taken up at the first of them.
      for (const index of settled) {
        const carried = JSON.parse(JSON.stringify(whole[index]?.context));
        const rest = foldLines(file, carried, index + 1);
        expect(isDeepStrictEqual(recordsOf(rest), recordsOf(whole.slice(index + 1)))).toBe(true);
      }
    },
  );

  test('no two lines share an id but those that a fork copied', () => {
    const seen = new Map<string, { uuid: string | undefined; file: string | undefined }>();
    for (const { id, uuid, derived, source_file: file } of files.flatMap((one) => mapFile(one))) {
      if (derived) continue;
      const earlier = seen.get(id);
      if (earlier !== undefined) {
        expect(uuid).toBe(earlier.uuid);
        expect(uuid).toBeDefined();
        expect(file).not.toBe(earlier.file);
      }
      seen.set(id, { uuid, file });
    }
  });
});

describe('a session with thinking and a tool', () => {
  const records = mapFixture('2.1.329-thinktool');
  const assistant = records.find(({ tool_names }) => tool_names !== undefined);

  test('describes the call', () => {
    expect(assistant).toMatchObject({
      type: 'assistant',
      message_id: 'msg_01j86UiiTPgU28iTG8kmSdmu',
      model: 'claude-opus-5-5',
      requested_model: 'claude-opus-5-5',
      input_tokens: 1,
      output_tokens: 140,
      cache_read_tokens: 11_115,
      cache_creation_tokens: 2_825,
      cache_creation_5m_tokens: 2_825,
      cache_creation_1h_tokens: 0,
      service_tier: 'standard',
      speed: 'standard',
      inference_geo: 'not_available',
      stop_reason: 'tool_use',
      tool_names: ['Bash'],
      tool_use_ids: ['toolu_01WMBW9HJwJDTXAeGShC3QBw'],
      tool_inputs: ['{"command":"ls -1","description":"List files"}'],
      git_branch: 'main',
      client_version: '2.1.329',
      entrypoint: 'sdk-cli',
    });
  });

  test('links the answer to it', () => {
    const answers = records.filter(({ tool_result_ids }) => tool_result_ids !== undefined);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatchObject({
      type: 'user',
      tool_result_ids: assistant?.tool_use_ids,
      tool_results: ['README.md\npixel.png\nsrc'],
      tool_is_error: false,
    });
  });

  test('gives lines without an envelope the project, version and time of the lines before them', () => {
    const last = records.at(-1);
    expect(last).toMatchObject({
      type: 'cost-state',
      client_version: '2.1.329',
      timestamp: '2026-11-21T02:45:42.920Z',
    });
    expect(last?.project).toBe('/home/dev/project');
  });
});

describe('hostile lines', () => {
  const transcript = { source: 'x', path: '/t/s.jsonl', projectFolder: 'p', sessionId: 's', size: 0, mtimeMs: 0 };
  const file = (value: object) => ({ transcript, lines: [{ value: { ...value }, start: 0, bytes: Buffer.from('x') }] });

  test.each([
    ['no type', {}],
    ['a type that is no text', { type: 7, uuid: 8, message: 9 }],
    ['content of odd shapes', { type: 'assistant', message: { content: [null, 1, 'x', [], { type: 'tool_use' }] } }],
    ['usage of odd shapes', { type: 'assistant', message: { usage: { input_tokens: -1, output_tokens: '5' } } }],
    ['prototype names', JSON.parse('{"type":"user","__proto__":{"uuid":"u"},"constructor":1}')],
    ['lone surrogates', { type: 'user', message: { content: '\ud83d' } }],
    ['a timestamp that is prose', { type: 'user', timestamp: '2026-01-01 (my secret)' }],
  ])('%s still make a record', (_, value) => {
    const [record] = mapFile(file(value));
    expect(record?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(record)).not.toContain('secret');
    expect(JSON.stringify(record)).not.toMatch(/\\ud/i);
    expect(record?.input_tokens).toBeUndefined();
  });

  test('a tool input that is nested too deeply is noted, not thrown', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    const content = [{ type: 'tool_use', name: 'Bash', input: deep }];
    const [record] = mapFile(file({ type: 'assistant', message: { content } }));
    expect(record?.tool_inputs).toEqual(['[nested too deeply]']);
  });
});
