import { expect, test } from '@jest/globals';
import { totalsTable } from '../../src/commands/totals.ts';
import type { Totals } from '../../src/state/store.ts';
import { textWidth } from '../../src/lib/text-width.ts';

const TOTALS: Totals = {
  records: 1650,
  sessions: 59,
  responses: 137,
  inputTokens: 2121,
  outputTokens: 3855,
  cacheReadTokens: 1_394_636,
  cacheCreationTokens: 432_338,
  costUsd: 2.41,
  unpricedResponses: 0,
  toolCalls: 49,
  tools: [],
};

const toolsOf = (tools: Totals['tools']): string =>
  totalsTable({ ...TOTALS, tools })
    .split('\n')
    .at(-1) ?? '';

const many = (name: string, count: number): Totals['tools'] =>
  Array.from({ length: count }, () => ({ name, calls: 2 }));

test.each<[string, Totals['tools'], string]>([
  ['no tool', [], 'tools               none'],
  ['all that fit', many('Bash', 3), 'tools               Bash 2, Bash 2, Bash 2'],
  ['as many as fit, and how many more', many('Bash', 12), `tools               ${'Bash 2, '.repeat(6)}and 6 more`],
  ['one whatever its length', many('x'.repeat(90), 2), `tools               ${'x'.repeat(90)} 2, and 1 more`],
])('the tools are shown in 80 columns: %s', (_title, tools, line) => {
  expect(toolsOf(tools)).toBe(line);
});

test('a list of tools takes no more than 80 columns', () => {
  for (let count = 0; count < 40; count += 1) {
    expect(textWidth(toolsOf(many('NotebookEdit', count)))).toBeLessThanOrEqual(80);
  }
});
