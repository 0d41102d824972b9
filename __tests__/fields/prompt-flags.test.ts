import { describe, expect, test } from '@jest/globals';
import { promptFlagFields } from '../../src/fields/prompt-flags.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';

const of = (content: unknown, more: object = {}): object =>
  valuesOf(promptFlagFields, recordOf({ type: 'user', uuid: 'u', message: { content }, ...more }));

describe('flags in a prompt', () => {
  test.each([
    ['Fix it --think-hard --seq', ['--think-hard', '--seq'], 'think-hard'],
    [
      '/sc:build api --persona-security --ultrathink',
      ['/sc:build', '--persona-security', '--ultrathink'],
      'ultrathink',
    ],
    ['/analyze --think', ['/analyze', '--think'], 'think'],
    [
      '<command-message>sc:task</command-message>\n<command-name>/sc:task</command-name>\n<command-args>--uc</command-args>',
      ['/sc:task', '--uc'],
      'none',
    ],
    ['--think --think --ultrathink', ['--think', '--ultrathink'], 'ultrathink'],
    ['--c7\n--wave-mode', ['--c7', '--wave-mode'], 'none'],
  ])('%j: %j, %s', (content, flags, reasoning) => {
    expect(of(content)).toEqual({ prompt_flags: flags, reasoning_flag: reasoning });
  });

  test.each([
    ['none', 'Fix it'],
    ['words that are no flags', 'ultrathink about git test -- seq'],
    ['other flags', 'run npm test --watch --persona-pirate'],
    ['flags with more behind them', 'a --think-harder --plan_b --seq-x'],
    ['flags inside of words', 'pre--think a=--seq'],
    ['other commands', '/deploy now'],
    ['a flag behind the first 10,000 characters', `${'x '.repeat(5_000)}--think`],
  ])('are not found: %s', (_, content) => {
    expect(of(content)).toEqual({ reasoning_flag: 'none' });
  });

  test.each([
    ['text of the client', 'Do --think', { isMeta: true }],
    ['a result of a tool', [{ type: 'tool_result', tool_use_id: 't', content: '--think' }], {}],
  ])('are not looked for in %s', (_, content, more) => {
    expect(of(content, more)).toEqual({});
  });
});
