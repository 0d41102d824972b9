import { describe, expect, test } from '@jest/globals';
import { breakdown, byDay, totalOf, type Grouping } from '../../src/insights/cost-breakdown.ts';
import { noCosts } from '../../src/insights/cost-sums.ts';
import type { Response } from '../../src/insights/response.ts';

const PLAIN: Response = {
  messageId: 'm',
  sessionId: 's1',
  project: '/home/dev/shop',
  branch: 'main',
  model: 'claude-opus-5-5',
  timestamp: '2026-05-01T12:00:00.000Z',
  agentId: undefined,
  agentType: undefined,
  person: 'dev',
  repository: 'github.com/acme/shop',
  inputTokens: 1,
  outputTokens: 2,
  cacheReadTokens: 3,
  cacheCreationTokens: 4,
  costPicoUsd: 16_407_000_000n,
};

const RESPONSES: Response[] = [
  PLAIN,
  { ...PLAIN, sessionId: 's2', project: '/home/dev/web', repository: undefined, costPicoUsd: 1n },
  { ...PLAIN, branch: 'fix', agentId: 'a1', agentType: 'Explore', model: 'claude-haiku-5-5', costPicoUsd: undefined },
  { ...PLAIN, agentId: 'a2', timestamp: '2026-05-01T22:30:00.000Z', person: 'ops' },
];

describe('a breakdown', () => {
  test.each<[Grouping, [key: string | undefined, responses: number, cost: bigint][]]>([
    [
      'session',
      [
        ['s1', 3, 32_814_000_000n],
        ['s2', 1, 1n],
      ],
    ],
    [
      'project',
      [
        ['/home/dev/shop', 3, 32_814_000_000n],
        ['/home/dev/web', 1, 1n],
      ],
    ],
    // Two projects have a branch of that name.
    [
      'branch',
      [
        ['main', 2, 32_814_000_000n],
        ['main', 1, 1n],
        ['fix', 1, 0n],
      ],
    ],
    [
      'model',
      [
        ['claude-opus-5-5', 3, 32_814_000_001n],
        ['claude-haiku-5-5', 1, 0n],
      ],
    ],
    [
      'agent',
      [
        [undefined, 2, 16_407_000_001n],
        ['unknown', 1, 16_407_000_000n],
        ['Explore', 1, 0n],
      ],
    ],
    [
      'repository',
      [
        ['github.com/acme/shop', 3, 32_814_000_000n],
        [undefined, 1, 1n],
      ],
    ],
    [
      'person',
      [
        ['dev', 3, 16_407_000_001n],
        ['ops', 1, 16_407_000_000n],
      ],
    ],
    [
      'day',
      [
        ['2026-05-01', 3, 16_407_000_001n],
        ['2026-05-02', 1, 16_407_000_000n],
      ],
    ],
  ])('by %s', (by, expected) => {
    const groups = breakdown(RESPONSES, by, 'Europe/Berlin');
    expect(groups.map(({ key, responses, costPicoUsd }) => [key, responses, costPicoUsd])).toEqual(expected);
    expect(totalOf(groups)).toEqual({
      responses: 4,
      unpricedResponses: 1,
      inputTokens: 4,
      outputTokens: 8,
      cacheReadTokens: 12,
      cacheCreationTokens: 16,
      costPicoUsd: 32_814_000_001n,
    });
  });

  test('of nothing is nothing', () => {
    expect(breakdown([], 'day', 'UTC')).toEqual([]);
    expect(totalOf([])).toEqual(noCosts);
  });
});

describe('a day', () => {
  test.each([
    ['UTC', '2026-03-28T23:59:59.999Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
    ['America/Los_Angeles', '2026-01-01T07:59:00.000Z', '2025-12-31'],
    ['Asia/Kathmandu', '2026-01-01T18:15:00.000Z', '2026-01-02'],
    ['Asia/Kathmandu', '2026-01-01T18:14:59.000Z', '2026-01-01'],
    ['UTC', 'not a time', undefined],
    ['UTC', undefined, undefined],
  ])('in %s at %s is %s', (timeZone, key, day) => {
    expect(byDay([{ ...noCosts, key }], timeZone)).toEqual([{ ...noCosts, key: day }]);
  });
});
