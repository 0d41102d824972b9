import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { appendLog } from '../../src/state/log.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit } from '../helpers/child.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const LIMIT = 1_048_576;

let directory: string;
let path: string;
beforeEach(() => {
  directory = makeTempDirectory();
  path = join(directory, 'hook.log');
});

describe('the run log', () => {
  test('is one JSON object a line, for its owner alone', () => {
    appendLog(path, { at: 'now', records: 3 });
    appendLog(path, { error: 'two\nlines' });
    expect(readFileSync(path, 'utf8')).toBe('{"at":"now","records":3}\n{"error":"two\\nlines"}\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('begins anew when it is full, and keeps one file before', () => {
    writeFileSync(path, 'x'.repeat(LIMIT - 1));
    appendLog(path, { run: 1 });
    expect(readdirSync(directory)).toEqual(['hook.log']);
    appendLog(path, { run: 2 });
    expect(readFileSync(path, 'utf8')).toBe('{"run":2}\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toMatch(/x{"run":1}\n$/);
    writeFileSync(path, 'y'.repeat(LIMIT));
    appendLog(path, { run: 3 });
    expect(readFileSync(path, 'utf8')).toBe('{"run":3}\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('y'.repeat(LIMIT));
    expect(readdirSync(directory).toSorted()).toEqual(['hook.log', 'hook.log.1']);
  });
});

describe('a line that cannot be written is nobody’s trouble', () => {
  const itself: { [name: string]: unknown } = {};
  itself['itself'] = itself;

  test.each<[string, () => [string, { [name: string]: unknown }]]>([
    ['in a folder that is not there', () => [join(directory, 'missing', 'hook.log'), { a: 1 }]],
    ['below a file', () => [join(path, 'hook.log'), { a: 1 }]],
    ['in the place of a folder', () => [directory, { a: 1 }]],
    ['that is no JSON', () => [path, itself]],
    ['when the old log cannot be put away', () => [path, { a: 1 }]],
  ])('%s', (_title, prepare) => {
    writeFileSync(path, 'x'.repeat(LIMIT));
    mkdirSync(join(`${path}.1`, 'full'), { recursive: true });
    expect(() => appendLog(...prepare())).not.toThrow();
    expect(statSync(path).size).toBe(LIMIT);
  });

  test('on a full disk', async () => {
    const logModule = await bundle('state/log.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      0,
      `
        import { appendLog } from ${JSON.stringify(logModule)};
        appendLog(${JSON.stringify(path)}, { a: 1 });
        console.log('went on');
      `,
    );
    expect(printed).toBe('went on');
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe('');
  });
});
