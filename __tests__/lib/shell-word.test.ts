import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { shellWord } from '../../src/lib/shell-word.ts';

test.each(['/a/plain/path', 'with blanks', "it's", '$HOME `x` "y"', '', 'naïve\nline', '~'])(
  '%j is one word of sh',
  (text) => {
    expect(spawnSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' }).stdout).toBe(text);
  },
);

test('what needs no quotes gets none', () => {
  expect(shellWord('/home/dev/.local/state/stopwire')).toBe('/home/dev/.local/state/stopwire');
});
