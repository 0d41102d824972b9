import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeAnonymiser } from '../../src/anonymise/anonymise.ts';
import { CLIENT_PATHS } from '../../src/anonymise/client-words.ts';
import { asArray, asObject, asString, isObject } from '../../src/lib/json.ts';
import type { Line } from '../../src/types.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';

const KEY = Buffer.alloc(32, 1);
const files = fixtureFiles();

function anonymisedLine(value: unknown, key?: Buffer): Line {
  const text = makeAnonymiser(key)
    .line(Buffer.from(JSON.stringify(value)))
    .toString();
  return JSON.parse(text);
}

/** The lines of a file, each with what becomes of it. */
function pairsOf({ lines }: FixtureFile): { before: Line; after: Line }[] {
  const { line } = makeAnonymiser(KEY);
  return lines.map(({ value, bytes }) => ({ before: value, after: JSON.parse(line(bytes).toString()) }));
}

const pairs = files.flatMap(pairsOf);

/** Every string of a value with the keys that lead to it. */
function* stringsIn(value: unknown, path: readonly string[] = []): Generator<[path: readonly string[], text: string]> {
  if (typeof value === 'string') yield [path, value];
  else if (Array.isArray(value)) for (const one of value) yield* stringsIn(one, [...path, '[]']);
  else if (isObject(value)) for (const [key, one] of Object.entries(value)) yield* stringsIn(one, [...path, key]);
}

function replaceStrings(value: unknown, replacement: (path: string) => string | undefined, path = ''): unknown {
  if (typeof value === 'string') return replacement(path) ?? value;
  if (Array.isArray(value)) return value.map((one) => replaceStrings(one, replacement, `${path}[]`));
  if (!isObject(value)) return value;
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, replaceStrings(one, replacement, below(key))]),
  );
}

/** Where people, the model and tools write, and where it was: named here once more, apart from the code. */
const CONTENT_ROOTS = new Set(
  'content lastPrompt summary customTitle cwd hookInfos result rendered toolUseResult'.split(' '),
);
/** What stands between content and says what it is. */
const NO_CONTENT = new Set(
  'type id tool_use_id name agentType subagent_type resolvedModel toolsUsed status mode output_mode media_type taskType'
    .concat(' agentId runId service_tier speed inference_geo model elided')
    .split(' '),
);

function contentOf(line: Line): string[] {
  const texts: string[] = [];
  for (const [path, text] of stringsIn(line)) {
    const [root = '', second = ''] = path;
    const isContent =
      CONTENT_ROOTS.has(root) ||
      (root === 'message' && second === 'content') ||
      (root === 'attachment' && ['content', 'systemPrompt', 'text', 'snapshot', 'context'].includes(second));
    const key = path.findLast((part) => part !== '[]') ?? '';
    if (isContent && !NO_CONTENT.has(key) && !['platform', 'shell'].includes(key)) texts.push(text);
  }
  return texts;
}

/** The words of which the client's own markup, messages, commands and folders are made. */
const VOCABULARY = new Set(
  `system reminder total tokens tools used before summary command message args local stdout stderr input caveat Caveat
  persisted subagent output usage duration task notification result results status completed toolu
  Error error overloaded authentication invalid Exit code directory such file approval requires Command timed Permission response requested blocking
  feedback Request interrupted doesn proceed rejected Conversation compacted session being continued previous
  conversation context messages below generated while running
  compact clear model rename claude projects subagents workflows plans worktrees uses`.split(/\s+/),
);

function wordsOf(texts: Iterable<string>): Set<string> {
  return new Set([...texts].flatMap((text) => text.match(/\p{L}{5,}/gu) ?? []));
}

describe('of the real transcripts', () => {
  test('no word that was written is left', () => {
    const written = wordsOf(pairs.flatMap(({ before }) => contentOf(before)));
    expect(written.size).toBeGreaterThan(200);
    const left = wordsOf(pairs.flatMap(({ after }) => contentOf(after)));
    expect([...left].filter((word) => written.has(word) && !VOCABULARY.has(word))).toEqual([]);
  });

  test('no path, branch or id is left', () => {
    const text = pairs.map(({ after }) => JSON.stringify(after)).join('\n');
    const ids = new Set<unknown>();
    for (const { before } of pairs) {
      const message = asObject(before['message']);
      for (const id of [before['uuid'], before['sessionId'], before['agentId'], before['requestId'], message?.['id']]) {
        if (id !== undefined) ids.add(id);
      }
    }
    expect([...ids].filter((id) => text.includes(String(id)))).toEqual([]);
    expect(text).not.toMatch(/home|project\b|\/dev/);
  });

  test('the shape stays: keys, types and lengths of lists', () => {
    for (const { before, after } of pairs) expect(shapeOf(after)).toEqual(shapeOf(before));
  });

  test('texts keep their length', () => {
    const lengths = (line: Line): unknown[] =>
      (asArray(asObject(line['message'])?.['content']) ?? [])
        .filter(isObject)
        .flatMap((block) => [block['text'], block['thinking'], block['signature']])
        .map((text) => Array.from(asString(text) ?? '').length);
    for (const { before, after } of pairs) expect(lengths(after)).toEqual(lengths(before));
  });

  test('numbers stay, but for moments', () => {
    const numbers = (line: Line): unknown => ({ ...line, startTime: 0, mcpMeta: 0, toolUseResult: 0 });
    const only = (value: unknown): unknown[] =>
      JSON.stringify(value, (key, one: unknown) =>
        typeof one === 'string' ? '' : key === 'input' || key === 'input_schema' ? undefined : one,
      ).match(/:-?\d[\d.e-]*/g) ?? [];
    for (const { before, after } of pairs) expect(only(numbers(after))).toEqual(only(numbers(before)));
  });

  test.each(files.map((file) => [file.transcript.path.replace(/^.*transcripts\//, ''), file] as const))(
    'links and times of %s survive',
    (_, file) => {
      const both = pairsOf(file);
      const links = (side: 'before' | 'after'): number[][] => both.map((pair) => linksOf(pair[side], both, side));
      expect(links('after')).toEqual(links('before'));
      const shifts = new Set(both.flatMap(({ before, after }) => shiftOf(before, after)));
      expect(shifts.size).toBeLessThanOrEqual(1);
      for (const shift of shifts) expect(shift % 86_400_000).toBe(0);
    },
  );
});

/** The same for two values with the same keys and types; keys that are data count as one. */
function shapeOf(value: unknown, holder = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => shapeOf(one, holder));
  if (!isObject(value)) return value === null ? 'null' : typeof value;
  const isForeign = holder === 'mcpMeta';
  const isData = isForeign || ['answers', 'annotations', 'trackedFileBackups'].includes(holder);
  return Object.entries(value).map(([key, one]) => {
    const isForeignInput = key === 'input' && !/^[A-Z]/.test(asString(value['name']) ?? '');
    return [isData ? '' : key, shapeOf(one, isForeign || isForeignInput ? 'mcpMeta' : key)];
  });
}

/** Where each line stands that a line names by its uuid, and each call that it answers. */
function linksOf(line: Line, both: readonly { before: Line; after: Line }[], side: 'before' | 'after'): number[] {
  const names = [line['parentUuid'], line['leafUuid'], line['sourceToolAssistantUUID'], line['requestRef']];
  const blocks = (asArray(asObject(line['message'])?.['content']) ?? []).filter(isObject);
  const calls = blocks.map((block) => asString(block['tool_use_id']));
  return [
    ...names.map((name) => both.findIndex((pair) => name !== undefined && pair[side]['uuid'] === name)),
    ...calls.map((call) =>
      both.findIndex((pair) => call !== undefined && JSON.stringify(pair[side]).includes(`"id":"${call}"`)),
    ),
  ];
}

function shiftOf(before: Line, after: Line): number[] {
  const times = [before, after].map((line) => Date.parse(asString(line['timestamp']) ?? ''));
  const shift = (times[1] ?? 0) - (times[0] ?? 0);
  const isStart = typeof before['startTime'] === 'number' && typeof after['startTime'] === 'number';
  return [
    ...(Number.isNaN(shift) ? [] : [shift]),
    ...(isStart ? [Number(after['startTime']) - Number(before['startTime'])] : []),
  ];
}

describe('a planted secret', () => {
  test('of several words is gone from every place in every line', () => {
    const secret = 'Zanzibar is our codename';
    for (const { before } of pairs) {
      const planted = replaceStrings(before, () => secret);
      expect(JSON.stringify(anonymisedLine(planted, KEY))).not.toMatch(/zanzibar|codename/i);
    }
  });

  test('of one word is gone from every place where the client does not write its own', () => {
    for (const { before } of pairs) {
      const planted = replaceStrings(before, (path) =>
        CLIENT_PATHS.has(path.replace(/^data\.message\./, '')) ? undefined : 'Zanzibar',
      );
      expect(JSON.stringify(anonymisedLine(planted, KEY))).not.toContain('Zanzibar');
    }
  });

  test.each([
    ['a path', '/home/zanzibar/secret.zanzi'],
    ['a mail address', 'ann@zanzibar.example'],
    ['a key', 'sk-ant-api03-zanzibar'],
    ['markup', '<command-name>/zanzibar</command-name>'],
    ['a word', 'zanzibar'],
  ])('as %s is gone from everything that a tool of others was given and answered', (_, secret) => {
    const object = {
      [secret]: secret,
      query: secret,
      status: secret,
      path: [secret],
      id: { name: secret },
      model: secret,
    };
    const line = {
      type: 'user',
      mcpMeta: { structuredContent: object },
      toolUseResult: { ...object, type: secret, content: [{ type: secret, text: secret }] },
      gitBranch: secret,
      message: {
        role: 'user',
        model: secret,
        content: [
          { type: 'tool_use', name: `mcp__${secret}__${secret}`, input: object },
          { type: 'tool_result', tool_use_id: secret, content: secret },
        ],
      },
      snapshot: { trackedFileBackups: { [secret]: { backupFileName: secret } } },
      modelUsage: { [secret]: { inputTokens: 1 } },
    };
    expect(JSON.stringify(anonymisedLine(line))).not.toMatch(/zanzi|sk-ant/);
  });

  test('as a number is gone from what a tool of others was given', () => {
    const line = {
      type: 'assistant',
      message: {
        content: [{ type: 'tool_use', name: 'mcp__a__b', input: { phone: 49301234567, list: [4711.5, -12] } }],
      },
    };
    const text = JSON.stringify(anonymisedLine(line));
    expect(text).not.toMatch(/4930|4711|-12/);
    expect(text).toContain('[1111.5,-11]');
  });

  test('is gone, whatever the JSON around it', () => {
    const secret = 'Zanzibar codename';
    const keys = [
      'type',
      'message',
      'content',
      'input',
      'name',
      'toolUseResult',
      'path',
      'id',
      'data',
      '__proto__',
      secret,
    ];
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(secret),
        fc.constantFrom(null, true, 7),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(fc.constantFrom(...keys), tie('value')), { maxLength: 4 }).map(Object.fromEntries),
      ),
    }));
    fc.assert(
      fc.property(value, (json) => {
        expect(JSON.stringify(anonymisedLine(json, KEY))).not.toMatch(/zanzibar|codename/i);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a line', () => {
  const { line, summary } = makeAnonymiser(KEY);

  test.each([
    ['torn', '{"type":"user","message":{"role":"us', 'x'.repeat(36)],
    ['words', 'not JSON – at all', 'x'.repeat(19)],
    ['blank', '  ', '  '],
    ['empty', '', ''],
    ['between NULs and a CR', '\0\0{"type":"user"}\r', '\0\0{"type":"user"}\r'],
    ['behind a byte order mark', '\uFEFF{"type":"user"}', '\uFEFF{"type":"user"}'],
    ['a list', '["secret",1]', '["xxxxxx",1]'],
    ['a text', '"secret"', '"xxxxxx"'],
    ['with a number too large', '{"a":1e400}', '{"a":1.7976931348623157e+308}'],
    ['with a key of the engine', '{"__proto__":{"type":"secret"}}', '{"__proto__":{"type":"xxxxxx"}}'],
  ])('that is %s', (_, before, after) => {
    expect(line(Buffer.from(before)).toString()).toBe(after);
  });

  test('that is nested too deeply is replaced byte by byte', () => {
    const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(line(deep).toString()).toBe('x'.repeat(deep.length));
  });

  test('that is no JSON is counted', () => {
    expect(summary().unparseable).toBe(3);
  });
});

describe('the progress of a sub-agent', () => {
  test('holds a line of its own, whose words of the client stay', () => {
    const message = { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'secret' }] } };
    const line = { type: 'progress', data: { type: 'agent_progress', message } };
    expect(anonymisedLine(line)).toEqual({
      type: 'progress',
      data: {
        type: 'agent_progress',
        message: { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'xxxxxx' }] } },
      },
    });
  });
});

describe('a command', () => {
  test.each([
    ['compact', 'compact'],
    ['acme-deploy', expect.stringMatching(/^n\w{6}$/)],
  ])('%s of the client stays, one of someone does not, and neither do its arguments', (command, after) => {
    const line = { type: 'system', subtype: 'local_command', commandRun: { command, args: 'secret' } };
    expect(anonymisedLine(line)).toEqual({ ...line, commandRun: { command: after, args: 'xxxxxx' } });
  });
});

describe('two runs', () => {
  test('have nothing in common that could be compared', () => {
    const line = { uuid: 'c6140dec-33c0-453e-ae75-b23c2a321669', cwd: '/home/ann/x', gitBranch: 'acme' };
    const [one, other] = [anonymisedLine(line), anonymisedLine(line)];
    for (const key of Object.keys(line)) expect(one[key]).not.toBe(other[key]);
  });

  test('say which words they kept', () => {
    const { line, summary } = makeAnonymiser();
    line(Buffer.from('{"type":"user","version":"2.1.329","message":{"content":"secret"}}'));
    expect(summary().kept).toEqual(['2.1.329', 'user']);
  });
});
