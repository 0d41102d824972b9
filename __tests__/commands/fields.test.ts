import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../src/fields/catalogue.ts';
import { textWidth } from '../../src/lib/text-width.ts';
import { BIN, runToEnd, type Ended } from '../helpers/sandbox.ts';

const ENV = { HOME: '/nowhere', PATH: process.env['PATH'], NO_COLOR: '1' };

function fields(...flags: string[]): Promise<Ended> {
  return runToEnd(process.execPath, [BIN, 'fields', ...flags], { env: ENV });
}

describe('stopwire fields', () => {
  test('shows each field with its type, unit, class, sentence and source, by group', async () => {
    const { code, stdout, stderr } = await fields();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    for (const { name, group, type, unit = '', privacy, source, about } of catalogue()) {
      const at = lines.findIndex((line) => line.startsWith(`${name} `));
      expect(lines[at]?.split(/\s{2,}/)).toEqual([name, type, ...(unit === '' ? [] : [unit]), privacy]);
      const below = lines.slice(at + 1);
      const words = below.slice(
        0,
        below.findIndex((line) => !line.startsWith('    ')),
      );
      expect(words.map((line) => line.trim()).join(' ')).toBe(`${about} from ${source}`);
      expect(lines).toContain(group);
    }
    expect(lines.filter((line) => textWidth(line) > 80)).toEqual([]);
  });

  test('--json is the catalogue', async () => {
    const { code, stdout } = await fields('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(catalogue());
  });

  test('--markdown is docs/fields.md', async () => {
    const { code, stdout } = await fields('--markdown');
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'fields.md'), 'utf8'));
  });

  test('refuses two forms at once', async () => {
    const { code, stdout, stderr } = await fields('--json', '--markdown');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--json and --markdown');
  });

  test('ends quietly where its reader has gone', async () => {
    const command = `"${process.execPath}" "${BIN}" fields | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await runToEnd('bash', ['-c', command], { env: ENV });
    expect({ stdout, stderr }).toEqual({ stdout: 'identity\n0\n', stderr: '' });
  });
});
