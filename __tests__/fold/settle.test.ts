import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { isSettled } from '../../src/fields/index.ts';
import { asArray, asObject, asString, isObject } from '../../src/lib/json.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { foldLines } from '../helpers/mapped.ts';

/** What people, the model and tools wrote in a transcript, as far as it is long enough to be told from other text. */
function textsIn({ lines }: FixtureFile): string[] {
  const texts = lines.flatMap(({ value }) => {
    const content = asObject(value['message'])?.['content'];
    const blocks = asArray(content)?.filter(isObject) ?? [];
    const inputs = blocks.flatMap((block) => Object.values(asObject(block['input']) ?? {}));
    return [content, ...blocks.flatMap((block) => [block['text'], block['thinking'], block['content']]), ...inputs];
  });
  return texts.flatMap((text) => asString(text) ?? []).filter((text) => text.length >= 12 && !text.startsWith('/'));
}

describe('a context that is kept', () => {
  test.each(fixtureFiles().map((file) => [file.transcript.path.split('/transcripts/')[1] ?? '', file] as const))(
    '%s: holds nothing that anybody wrote',
    (_, file) => {
      const texts = textsIn(file);
      for (const { context } of foldLines(file).filter((line) => isSettled(line.context))) {
        const { last, ...kept } = context;
        const json = JSON.stringify({ ...kept, last: { ...last, customTitle: undefined, aiTitle: undefined } });
        expect(texts.filter((text) => json.includes(JSON.stringify(text).slice(1, -1)))).toEqual([]);
      }
    },
  );
});

describe('a turn that stays open for megabytes', () => {
  const call = (id: string, bytes: number) => ({
    type: 'assistant',
    uuid: `call-${id}`,
    message: {
      id: `msg-${id}`,
      model: 'claude-opus-5-5',
      content: [
        { type: 'tool_use', id, name: 'Bash', input: { command: `echo ${id}`, description: 'x'.repeat(bytes) } },
      ],
    },
  });
  const answer = (id: string) => ({
    type: 'user',
    uuid: `answer-${id}`,
    message: { content: [{ type: 'tool_result', tool_use_id: id, content: 'done' }] },
  });
  const values = [
    { type: 'user', uuid: 'prompt', message: { content: 'go' } },
    call('early', 10),
    ...Array.from({ length: 6 }, (_, index) => call(`big-${index}`, 1_000_000)),
    answer('early'),
    call('late', 10),
    answer('late'),
  ];
  let start = 0;
  const lines = values.map((value) => {
    const bytes = Buffer.from(JSON.stringify(value));
    const line = { value, start, bytes };
    start += bytes.length + 1;
    return line;
  });
  const transcript = { source: 'x', path: '/t/s.jsonl', projectFolder: 'p', sessionId: 's', size: start, mtimeMs: 0 };
  const file: FixtureFile = { transcript, lines };
  const whole = foldLines(file);

  test('can be taken up in its middle, with the same records', () => {
    const middle = whole.findIndex(({ context }, index) => index > 0 && isSettled(context));
    expect(middle).toBeGreaterThan(1);
    const rest = foldLines(file, JSON.parse(JSON.stringify(whole[middle]?.context)), middle + 1);
    expect(
      isDeepStrictEqual(
        rest.map(({ records }) => records),
        whole.slice(middle + 1).map(({ records }) => records),
      ),
    ).toBe(true);
  });

  test('no longer knows what an early call asked, but when it began and how large it was', () => {
    const results = whole
      .flatMap(({ records }) => records)
      .filter(({ tool_result_ids }) => tool_result_ids !== undefined);
    expect(results.map(({ tool_name, bash_command }) => [tool_name, bash_command])).toEqual([
      ['Bash', undefined],
      ['Bash', 'echo late'],
    ]);
    expect(results[0]?.tool_input_bytes).toBeGreaterThan(20);
  });
});
