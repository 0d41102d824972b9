import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { encodeFact } from '../../src/state/facts.ts';
import { journalDamage } from '../../src/state/journal-damage.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'cursors.log');
});

const FACT = encodeFact({ k: 'b', d: 'a | b', rest: { until: 1, failures: 1, reason: 'ü\n' } });
const HEADER = encodeFact({ k: 'hdr', v: 1 });

describe('the damage of a journal', () => {
  test.each<[string, string, { lines: number; damaged: number }]>([
    ['none in an empty one', '', { lines: 0, damaged: 0 }],
    ['none in a sound one', HEADER + FACT, { lines: 2, damaged: 0 }],
    ['a fact that is torn', HEADER + FACT.slice(0, -12), { lines: 2, damaged: 1 }],
    ['a fact with a flipped byte', HEADER + FACT.replace('until', 'unt1l'), { lines: 2, damaged: 1 }],
    ['a torn fact before a whole one', HEADER.slice(0, -3) + FACT, { lines: 2, damaged: 1 }],
    ['zeros from a crash', `${HEADER}\n${'\0'.repeat(64)}${FACT}`, { lines: 3, damaged: 1 }],
    ['a line without a checksum', `${HEADER}\nhello`, { lines: 2, damaged: 1 }],
    ['a checksum of nothing', `${HEADER}\n|00000000`, { lines: 2, damaged: 1 }],
  ])('is counted: %s', (_, text, damage) => {
    writeFileSync(path, text);
    expect(journalDamage(path)).toEqual(damage);
  });

  test('is none where there is no journal', () => {
    expect(journalDamage(path)).toEqual({ lines: 0, damaged: 0 });
  });
});
