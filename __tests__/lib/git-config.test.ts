import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseGitConfig, type GitVariable } from '../../src/lib/git-config.ts';
import { git, gitOrNothing } from '../helpers/git.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

/** What git reads; undefined where it refuses the file. A name that stands alone has no value there. */
function byGit(text: string): GitVariable[] | undefined {
  const path = join(makeTempDirectory(), 'config');
  writeFileSync(path, text);
  const listed = gitOrNothing('/', 'config', '--file', path, '--list', '--null', '--no-includes');
  return listed
    ?.split('\0')
    .slice(0, -1)
    .map((item) => {
      const [key = '', ...value] = item.split('\n');
      return { key, value: value.join('\n') };
    });
}

describe('parseGitConfig reads what git reads', () => {
  test.each([
    [
      'a plain file',
      '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/shop.git\n\tfetch = +x:y\n',
    ],
    ['nothing', ''],
    ['comments', '# a\n; b\n[a] # c\n x = y # d\n z = w;e\n;f'],
    ['marks of comments in quotes', '[a]\n x = "b # c ; d"\n'],
    ['a variable on the line of its section', '[a "b"] x = y\n'],
    ['names in any case', '[REMOTE "Origin"]\n URL = X\n'],
    ['the older form of subsections', '[Remote.Origin]\n url = x\n'],
    ['escapes in a subsection', String.raw`[a "b\"c\\d\e"] x = y`],
    ['escapes in a value', String.raw`[a] x = "b\tc\nd\"e\\f" g\\h`],
    ['a value over two lines', '[a]\n x = one \\\n  two\n y = 3\n'],
    ['a value over two lines in quotes', '[a]\n x = "one \\\n  two"\n'],
    ['quotes inside of a value', '[a] x = b" c "d\n'],
    ['blanks at the ends', '[a]\n x =   b c  \t \n y = "  d  "  \n'],
    ['a name alone', '[a]\n x\n y \t\n z'],
    ['a variable without a section', 'x = y\n[b] z = w\n'],
    ['an empty value', '[a]\n x =\n y = ""\n'],
    ['lines that end in CR LF', '[a]\r\n x = y\r\n z = \\\r\n w\r\n'],
    ['a byte order mark', '\ufeff[a] x = y\n'],
    ['one name several times', '[a] x = 1\n[a] x = 2\n[b] x = 3\n[a] x = 4\n'],
    ['other letters', '[a "ö\u2028"] x = 日本\u00a0\n'],
  ])('in %s', (_, text) => {
    const expected = byGit(text);
    expect(expected).toBeDefined();
    expect(parseGitConfig(text)).toEqual(expected);
  });

  test('in whatever git writes', () => {
    const path = join(makeTempDirectory(), 'config');
    const word = fc.string({
      unit: fc.constantFrom(' ', '\t', '"', '\\', '#', ';', '=', '[', ']', '\n', 'a', 'b', '.', 'ö'),
    });
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '"', '\\', ']', '.', '#', 'ö'), minLength: 1 }),
        word,
        (subsection, value) => {
          writeFileSync(path, '');
          git('/', 'config', '--file', path, `Sec.${subsection}.Key`, value);
          const text = git('/', 'config', '--file', path, '--list', '--null');
          expect(parseGitConfig(readFileSync(path, 'utf8'))).toEqual([{ key: `sec.${subsection}.key`, value }]);
          expect(text).toBe(`sec.${subsection}.key\n${value}\0`);
        },
      ),
      { numRuns: 100 },
    );
  });

  // Without tabs: git 2.45 began to keep those inside of a value.
  test('in files made of pieces at random, where git takes them', () => {
    const pieces = [
      '[a]',
      '[a "b"]',
      '\n',
      ' ',
      'x',
      'y1',
      '=',
      '"',
      '\\',
      '\\\n',
      '#',
      ';',
      '\\"',
      '\\n',
      'ö',
      '\r\n',
    ];
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (parts) => {
        const text = `[s]\nk = v\n[s] ${parts.join('')}\n`;
        const expected = byGit(text);
        const found = parseGitConfig(text);
        taken += expected === undefined ? 0 : 1;
        if (expected === undefined) expect(found[0]).toEqual({ key: 's.k', value: 'v' });
        else expect(found).toEqual(expected);
      }),
      {
        numRuns: 600,
        examples: [[['x', '=', 'x', ' ', '\\\n']], [['x', '=', ' ', '\\\n', ' ', 'x', ' ', '\\\n', ' ']]],
      },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

describe('parseGitConfig', () => {
  test.each([
    ['a name alone before a comment', '[b]\n x # y\n', []],
    ['a name alone before something else', '[b]\n x y\n', []],
    ['a section without an end', '[b\n x = y\n', []],
    ['quotes without an end', '[b] x = "y\n z = w\n', []],
    ['an escape that git does not know', String.raw`[b] x = \q`, []],
    ['a name with other letters', '[b] x_y = z\n', []],
    ['bytes', '\0\u0001[b]', []],
  ])('ends at %s', (_, text, expected) => {
    expect(byGit(text)).toBeUndefined();
    expect(parseGitConfig(text)).toEqual(expected);
    expect(parseGitConfig(`[a] k = v\n[z]\n${text}`)[0]).toEqual({ key: 'a.k', value: 'v' });
  });
});
