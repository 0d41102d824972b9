import { describe, expect, test } from '@jest/globals';
import { fill, fillPatchLine } from '../../src/anonymise/client-text.ts';

const filled = (text: string): string => fill(text, (id) => '#'.repeat(id.length));

describe('text', () => {
  test.each([
    ['Hello world', 'xxxxxxxxxxx'],
    ['two\nlines\n', 'xxx\nxxxxx\n'],
    ['Windows\r\nends\r\n', 'xxxxxxx\r\nxxxx\r\n'],
    ['a\n \t\n\nb', 'x\n \t\n\nx'],
    ['ü😀\u{10FFFF}', 'xxx'],
    ['\uD800 alone', 'xxxxxxx'],
    ['a\u2028b', 'xxx'],
    ['', ''],
  ])('%j becomes as many x as it has code points: %j', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  test.each([
    ['<command-name>/compact</command-name>', '<command-name>/compact</command-name>'],
    ['<command-name>/deploy</command-name>', '<command-name>xxxxxxx</command-name>'],
    ['<command-message>compact</command-message>', '<command-message>compact</command-message>'],
    ['<command-args>my args</command-args>', '<command-args>xxxxxxx</command-args>'],
    ['<local-command-stdout>done</local-command-stdout>', '<local-command-stdout>xxxx</local-command-stdout>'],
    ['<bash-input>rm -rf x</bash-input>', '<bash-input>xxxxxxxx</bash-input>'],
    ['<b>bold</b>', 'xxxxxxxxxxx'],
    ['/compact keep it', '/compact xxxxxxx'],
    ['see /compact', 'xxxxxxxxxxxx'],
    ['/deploy now and then', '/xxxxxx xxxxxxxxxxxx'],
    ['/deploy', '/xxxxxx'],
    ['/home/ann is full', 'xxxxxxxxxxxxxxxxx'],
    ['[Request interrupted by user for tool use]', '[Request interrupted by user for tool use]'],
    ['Stop hook feedback:\nrun it', 'Stop hook feedback:\nxxxxxx'],
    ['Error: Exit code 127\nsh: foo', 'Error: Exit code 127\nxxxxxxx'],
    ['Error: String to replace not found in file.\nx', 'Error: String to replace not found in filex\nx'],
    ['cat: a: No such file or directory', 'xxxxxxxxNo such file or directory'],
    ['he said Exit code 7', 'xxxxxxxxxxxxxxxxxxx'],
    ['Exit code 1234', 'xxxxxxxxxxxxxx'],
    ['API Error: 529 overloaded', 'API Error: 529xxxxxxxxxxx'],
    ['<status>completed</status><status>secret</status>', '<status>completed</status><status>xxxxxx</status>'],
    ['<total_tokens>1500 tokens left</total_tokens>', '<total_tokens>1500xxxxxxxxxxxx</total_tokens>'],
    [
      '529 {"type":"error","error":{"type":"overloaded_error","message":"Too \\"much\\""},"request_id":"req"}',
      '529 {"type":"error","error":{"type":"overloaded_error","message":"xxxxxxxxxxxx"},"request_id":"xxx"}',
    ],
    ['{"type":"error","error":{"type":"Acme"}}', `${'x'.repeat(37)}"}}`],
    ['```ts\ncode\n  ```', '```xx\nxxxx\n  ```'],
    ['a ``` b', 'xxxxxxx'],
  ])('%j keeps what the client writes: %j', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  test('ids inside get their stand-in, other long words do not', () => {
    const id = 'toolu_01acPyJbTev8BEHyp1DPLK5Y';
    const key = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz';
    expect(filled(`<tool-use-id>${id}</tool-use-id>`)).toBe(`<tool-use-id>${'#'.repeat(30)}</tool-use-id>`);
    expect(filled(key)).toBe('x'.repeat(key.length));
  });

  test.each([' ', '\n', '<', '`', 'E', 'Error: ', '<command-name>', '/a', '\n '])(
    'a megabyte of %j takes no longer than one of letters does, by far',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      const startedAt = performance.now();
      filled(text);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    },
  );
});

describe('a line of a patch', () => {
  test.each([
    ['+added', '+xxxxx'],
    ['-removed', '-xxxxxxx'],
    [' same', ' xxxx'],
    ['\\ No newline at end of file', `\\${'x'.repeat(26)}`],
    ['odd', 'xxx'],
    ['', ''],
  ])('%j keeps its sign: %j', (line, expected) => {
    expect(fillPatchLine(line)).toBe(expected);
  });
});
