import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { countDeadLetters, keepDeadLetters } from '../../src/state/dead-letters.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit } from '../helpers/child.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const NOW = new Date('2026-11-21T04:00:00.000Z');

let directory: string;
beforeEach(() => {
  directory = join(makeTempDirectory(), 'dead-letters');
});

function refusal(id: string, text?: string): { record: object; reason: string } {
  return { record: recordOf(id, { text }), reason: 'status 400' };
}

function linesOf(destination: string): string[] {
  return readFileSync(join(directory, `${destination}.jsonl`), 'utf8').split('\n');
}

describe('dead letters', () => {
  test('are kept one a line, whole, with the time and the reason, after those before', () => {
    keepDeadLetters(directory, 'http', [refusal('a', 'two\nlines'), refusal('b')], NOW);
    keepDeadLetters(directory, 'http', [refusal('c')], NOW);
    const [a, b, c, end] = linesOf('http');
    expect(JSON.parse(a ?? '')).toEqual({
      at: NOW.toISOString(),
      reason: 'status 400',
      record: recordOf('a', { text: 'two\nlines' }),
    });
    expect([JSON.parse(b ?? '').record.id, JSON.parse(c ?? '').record.id, end]).toEqual(['b', 'c', '']);
  });

  test('are counted by destination, without making anything', () => {
    expect(countDeadLetters(directory, 'http')).toBe(0);
    expect(existsSync(directory)).toBe(false);
    keepDeadLetters(directory, 'http', [refusal('a'), refusal('b')], NOW);
    keepDeadLetters(directory, 'file', [refusal('a')], NOW);
    expect([countDeadLetters(directory, 'http'), countDeadLetters(directory, 'file')]).toEqual([2, 1]);
  });

  test('are for their owner alone', () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'http.jsonl')).mode & 0o777).toBe(0o600);
  });

  test.each(['../../escape', '/etc/passwd', '..', '.', 'two words', 'a\0b', 'Größe', 'C:\\x'])(
    'of a destination named %p stay in their folder',
    (name) => {
      keepDeadLetters(directory, name, [refusal('a')], NOW);
      expect(readdirSync(directory)).toHaveLength(1);
      expect(statSync(join(directory, readdirSync(directory)[0] ?? '')).isFile()).toBe(true);
      expect(countDeadLetters(directory, name)).toBe(1);
    },
  );
});

describe('what cannot be kept is an error', () => {
  test('where the folder is a file', () => {
    writeFileSync(directory, '');
    expect(() => keepDeadLetters(directory, 'http', [refusal('a')], NOW)).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    );
  });

  const testOnLinux = process.platform === 'linux' ? test : test.skip;
  testOnLinux('where the disk is full', () => {
    mkdirSync(directory);
    symlinkSync('/dev/full', join(directory, 'http.jsonl'));
    expect(() => keepDeadLetters(directory, 'http', [refusal('a')], NOW)).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
  });

  test('and a line that the full disk has torn does not swallow the next one', async () => {
    keepDeadLetters(directory, 'http', [refusal('a')], NOW);
    const module = await bundle('state/dead-letters.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      2,
      `
        import { keepDeadLetters } from ${JSON.stringify(module)};
        const refused = [{ record: { id: 'torn', text: 'x'.repeat(5000) }, reason: 'status 400' }];
        try {
          keepDeadLetters(${JSON.stringify(directory)}, 'http', refused, new Date());
        } catch (error) {
          console.log(error.code);
        }
      `,
    );
    expect(printed).toBe('EFBIG');
    keepDeadLetters(directory, 'http', [refusal('b')], NOW);
    const [a, torn, b, end] = linesOf('http');
    expect([JSON.parse(a ?? '').record.id, JSON.parse(b ?? '').record.id, end]).toEqual(['a', 'b', '']);
    expect(() => JSON.parse(torn ?? '')).toThrow(SyntaxError);
  });
});
