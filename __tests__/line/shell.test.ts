import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simpleCommands } from '../../src/line/shell.ts';

const SIGNS = `ab ;&|()<>"'\\\`$#\n-`;

describe('the simple commands of a script', () => {
  test.each([
    [
      'ls -la && git log --oneline | head -3',
      [
        ['ls', '-la'],
        ['git', 'log', '--oneline'],
        ['head', '-3'],
      ],
    ],
    ['a; b & c || d\ne', [['a'], ['b'], ['c'], ['d'], ['e']]],
    ['echo \'a; b\' "c && d" e\\;f', [['echo', 'a; b', 'c && d', 'e;f']]],
    ['echo a"b c"d', [['echo', 'ab cd']]],
    ['a \\\n  b', [['a', 'b']]],
    ['a # b; c\nd', [['a'], ['d']]],
    ['echo a#b', [['echo', 'a#b']]],
    ['(cd x; make)', [['cd', 'x'], ['make']]],
    ['x=$(git rev-parse HEAD)', [['x=$'], ['git', 'rev-parse', 'HEAD']]],
    ['a `b c`', [['a'], ['b', 'c']]],
    ['echo x > /etc/hosts', [['echo', 'x', '>/etc/hosts']]],
    ['a >>b 2>&1 <c', [['a', '>b', '>1', '<c']]],
    ['a &>/dev/null', [['a', '&>/dev/null']]],
    ['cat <<EOF\nrm -rf x\nEOF\nls', [['cat'], ['ls']]],
    ["cat <<-'E O' | b\nc\n\tE O\nd", [['cat'], ['b'], ['d']]],
    ['cat <<A <<B\n1\nA\n2\nB\nls', [['cat'], ['ls']]],
    ['cat <<EOF\nno end; rm x', [['cat']]],
    [
      'git commit -m "$(cat <<\'EOF\'\nDon\'t "rm -rf" it; (really\nEOF\n)" && git push',
      [
        ['git', 'commit', '-m', "$(cat <<'EOF'\nDon't \"rm -rf\" it; (really\nEOF\n)"],
        ['git', 'push'],
      ],
    ],
    ['echo "$( (b) "c; d" )"; e', [['echo', '$( (b) "c; d" )'], ['e']]],
    ['echo "a $(b "c;d" (e)) f"; g', [['echo', 'a $(b "c;d" (e)) f'], ['g']]],
    ["echo 'never closed; x", [['echo', 'never closed; x']]],
    ['echo "never closed; x', [['echo', 'never closed; x']]],
    ['', []],
  ])('%j', (script, expected) => {
    expect(simpleCommands(script)).toEqual(expected);
  });

  test('looks at the first 8,192 characters', () => {
    expect(simpleCommands(`${'a '.repeat(4096)}; b`)).toEqual([Array.from({ length: 4096 }, () => 'a')]);
  });

  test('takes whatever it is given, in linear time', () => {
    const hostile = ['"$(', "$(<<a'", '((((', '"\\', '<<', "'", '`', '>&'];
    for (const part of hostile) expect(() => simpleCommands(part.repeat(4096))).not.toThrow();
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from(SIGNS)), maxLength: 200 }), (script) => {
        for (const words of simpleCommands(script)) expect(words.length).toBeGreaterThan(0);
      }),
    );
  });
});
