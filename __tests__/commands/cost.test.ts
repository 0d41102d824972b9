import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { costJson } from '../../src/commands/cost-json.ts';
import { costTable, residualWords, type CostReport } from '../../src/commands/cost-table.ts';
import { checksTable, verifyCosts, type CostCheck } from '../../src/commands/cost-verify.ts';
import { cost, reportOf, type CostFlags } from '../../src/commands/cost.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import type { Grouping } from '../../src/insights/cost-breakdown.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { openStore, type Store } from '../../src/state/store.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf } from '../helpers/samples.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

let home: string;
let env: NodeJS.ProcessEnv;
let store: Store;
beforeEach(() => {
  home = makeTempDirectory();
  env = { HOME: home, PATH: join(home, 'bin') };
  const { store: path } = pathsFrom(env);
  mkdirSync(dirname(path), { recursive: true });
  store = openStore(path);
});
afterEach(() => store.close());

function put(...records: MessageRecord[]): void {
  store.upsert(
    records,
    records.map((record) => JSON.stringify(record)),
  );
}

function answer(id: string, usd: number | undefined, more: Partial<MessageRecord> = {}): MessageRecord {
  const price = usd === undefined ? { cost_status: 'unknown_model' } : { cost_status: 'priced', cost_usd: usd };
  const usage = { model: 'claude-opus-5-5', input_tokens: 1000, output_tokens: 20, cache_read_tokens: 3 };
  return recordOf(id, { type: 'assistant', message_id: id, project: '/home/dev/shop', ...usage, ...price, ...more });
}

function total(id: string, usd: number, more: Partial<MessageRecord> = {}): MessageRecord {
  return recordOf(id, { type: 'cost-state', client_cost_usd: usd, project: '/home/dev/shop', ...more });
}

function report(by: Grouping = 'project'): CostReport {
  return reportOf(store, { by, filter: {}, timeZone: 'UTC' });
}

describe('the table', () => {
  test('has a line for each group, for the total, and for what the client has more', () => {
    put(
      answer('a', 1.25),
      answer('b', 0.25, { project: `/home/${'x'.repeat(60)}`, session_id: 's2' }),
      recordOf('c', { type: 'system', subtype: 'compact_boundary' }),
      total('t', 1.5),
    );
    expect(costTable(report(), 200)).toBe(
      [
        'project                                                             responses  input  output  cache read  cache write      cost',
        '/home/dev/shop                                                              1  1,000      20           3            0     $1.25',
        `/home/${'x'.repeat(60)}          1  1,000      20           3            0   $0.2500`,
        'total                                                                       2  2,000      40           6            0     $1.50',
        'residual                                                                                                               +$0.2500',
      ].join('\n'),
    );
    expect(costTable(report(), 80)).toBe(
      [
        'project              responses  input  output  cache read  cache write      cost',
        '/home/dev/shop               1   1.0k      20           3            0     $1.25',
        '/home/…xxxxxxxxxxxx          1   1.0k      20           3            0   $0.2500',
        'total                        2   2.0k      40           6            0     $1.50',
        'residual                                                                +$0.2500',
      ].join('\n'),
    );
    expect(residualWords(report())).toEqual([
      'List price of the recorded responses.',
      'By the client, 1 of the sessions cost $1.50, $0.2500 more than recorded: compaction (1).',
    ]);
  });

  test('says of an unknown price that there is one', () => {
    put(answer('a', 1.25), answer('b', undefined), answer('c', undefined, { git_branch: 'fix' }));
    expect(costTable(report('branch'), 120).split('\n').slice(1)).toEqual([
      'shop (none)          2  2,000      40           6            0  ≥ $1.25',
      'shop fix             1  1,000      20           3            0  unknown',
      'total                3  3,000      60           9            0  ≥ $1.25',
    ]);
    expect(residualWords(report())).toEqual([
      'List price of the recorded responses. 2 of them have no known price: the total is a lower bound.',
      'The client has written no total of its own to compare with.',
    ]);
  });

  test.each([
    [1.25, 'By the client, 1 of the sessions cost $1.25, as recorded.'],
    [1, 'By the client, 1 of the sessions cost $1.00, $0.2500 less than recorded: unknown (1).'],
  ])('says of a total of %d USD: %s', (usd, words) => {
    put(answer('a', 1.25), total('t', usd));
    expect(residualWords(report())[1]).toBe(words);
  });
});

test('as JSON, amounts are there as numbers and exact, and null where no price is known', () => {
  put(answer('a', 0.1), answer('b', 0.2), answer('c', undefined, { model: 'new' }), total('t', 0.4));
  const counts = { inputTokens: 1000, outputTokens: 20, cacheReadTokens: 3, cacheCreationTokens: 0 };
  const double = { inputTokens: 2000, outputTokens: 40, cacheReadTokens: 6, cacheCreationTokens: 0 };
  const triple = { inputTokens: 3000, outputTokens: 60, cacheReadTokens: 9, cacheCreationTokens: 0 };
  const cost3 = { costUsd: 0.3, costPicoUsd: '300000000000' };
  const gap = { residualCostUsd: 0.1, residualCostPicoUsd: '100000000000' };
  const client = { clientCostUsd: 0.4, clientCostPicoUsd: '400000000000' };
  const attributed = { attributedCostUsd: 0.3, attributedCostPicoUsd: '300000000000' };
  const carried = { carriedCostUsd: 0, carriedCostPicoUsd: '0' };
  expect(JSON.parse(JSON.stringify(costJson(report('model'))))).toEqual({
    by: 'model',
    timeZone: 'UTC',
    since: null,
    until: null,
    groups: [
      { key: 'claude-opus-5-5', responses: 2, unpricedResponses: 0, ...double, ...cost3 },
      { key: 'new', responses: 1, unpricedResponses: 1, ...counts, costUsd: null, costPicoUsd: null },
    ],
    total: { responses: 3, unpricedResponses: 1, ...triple, ...cost3 },
    reconciliation: {
      sessions: 1,
      reasons: [{ reason: 'unpriced', sessions: 1 }],
      ...client,
      ...attributed,
      ...carried,
      ...gap,
    },
    sessions: [
      {
        sessionId: 'session',
        project: '/home/dev/shop',
        unpricedResponses: 1,
        reasons: ['unpriced'],
        models: [],
        ...client,
        ...attributed,
        ...carried,
        ...gap,
        laterCostUsd: 0,
        laterCostPicoUsd: '0',
      },
    ],
  });
});

describe('verify', () => {
  const verify = (): Promise<CostCheck[]> => verifyCosts(store, report(), { configDir: undefined, env });

  function remember(projects: object): void {
    writeFileSync(join(home, '.claude.json'), JSON.stringify({ projects }));
  }

  /** A program of that name that prints this, where it is asked in this way; asked otherwise, it fails. */
  function installCcusage(printed: string, question = 'claude daily --json --offline'): void {
    mkdirSync(join(home, 'bin'));
    const path = join(home, 'bin', 'ccusage');
    writeFileSync(path, `#!/bin/sh\n[ "$*" = "${question}" ] && printf '%s' '${printed}'\n`);
    chmodSync(path, 0o755);
  }

  test('has nothing to say where there is no other number', async () => {
    put(answer('a', 1));
    expect(checksTable(await verify(), 80)).toBe('There is no other number on this machine to compare with.');
  });

  test("compares with the client's totals of sessions", async () => {
    put(answer('a', 1), total('t', 1), answer('b', 1, { session_id: 's2' }), total('u', 3, { session_id: 's2' }));
    expect(checksTable(await verify(), 200)).toBe(
      [
        'cost-state: 1 of 2 agree',
        '',
        'source      session  theirs   ours  difference  why',
        'cost-state  s2        $3.00  $1.00      +$2.00  unknown',
      ].join('\n'),
    );
  });

  test.each<[string, object, Partial<CostCheck>[]]>([
    ['the same', { lastSessionId: 'session', lastCost: 1.5 }, [{ agrees: true, reasons: [] }]],
    [
      'more, and a sign of why',
      { lastSessionId: 'session', lastCost: 2 },
      [{ agrees: false, differenceUsd: 0.5, reasons: ['web_search'] }],
    ],
    [
      'another price of the same tokens',
      {
        lastSessionId: 'session',
        lastCost: 2,
        lastModelUsage: {
          'claude-opus-5-5': { inputTokens: 1000, outputTokens: 20, cacheReadInputTokens: 3, costUSD: 2 },
        },
      },
      [{ agrees: false, reasons: ['price_difference'] }],
    ],
    [
      'a session that the store has nothing of',
      { lastSessionId: 'gone', lastCost: 2 },
      [{ agrees: false, oursUsd: 0, reasons: ['not_recorded'] }],
    ],
    ['a session without any cost', { lastSessionId: 'gone', lastCost: 0 }, [{ agrees: true, reasons: [] }]],
    ['no session', { lastCost: 2 }, []],
  ])('compares with .claude.json, which has %s', async (_title, project, checks) => {
    put(answer('a', 1.5), recordOf('w', { web_search_count: 1 }));
    remember({ '/home/dev/shop': project, '/home/dev/other': {} });
    expect(await verify()).toMatchObject(checks.map((check) => ({ source: '.claude.json', ...check })));
  });

  test('compares with .claude.json what was there when it was written', async () => {
    put(answer('a', 1, { timestamp: '2026-05-01T00:00:00.000Z' }), total('t', 1));
    put(answer('b', 1, { timestamp: '2026-05-02T00:00:00.000Z' }));
    remember({ '/home/dev/shop': { lastSessionId: 'session', lastCost: 1 } });
    expect((await verify()).map(({ source, agrees }) => [source, agrees])).toEqual([
      ['cost-state', true],
      ['.claude.json', true],
    ]);
  });

  const TOKENS = { inputTokens: 1000, outputTokens: 20, cacheReadTokens: 3, cacheCreationTokens: 0 };
  /** As versions 18 and 20 print a model that they have no price of. */
  const UNPRICED = [{ modelBreakdowns: [{ modelName: 'claude-opus-5-5', ...TOKENS, cost: 0 }] }];

  test('asks a ccusage that knows no other agents in the way of its version', async () => {
    put(answer('a', 1.5));
    installCcusage(JSON.stringify({ totals: { ...TOKENS, totalCost: 1.5 } }), 'daily --json --offline');
    expect(await verify()).toMatchObject([{ source: 'ccusage', agrees: true }]);
  });

  test.each<[string, string, Partial<CostCheck>[]]>([
    ['the same', JSON.stringify({ totals: { ...TOKENS, totalCost: 1.5 } }), [{ agrees: true, reasons: [] }]],
    [
      'another price',
      JSON.stringify({ totals: { ...TOKENS, totalCost: 2 } }),
      [{ agrees: false, differenceUsd: 0.5, reasons: ['price_difference'] }],
    ],
    [
      'other tokens',
      JSON.stringify({ totals: { ...TOKENS, inputTokens: 1, totalCost: 1 } }),
      [{ agrees: false, differenceUsd: -0.5, reasons: ['other_tokens'] }],
    ],
    [
      'no price for a model',
      JSON.stringify({ daily: UNPRICED, totals: { ...TOKENS, totalCost: 0 } }),
      [{ agrees: false, differenceUsd: -1.5, reasons: ['unpriced'] }],
    ],
    [
      'other tokens, and no price for some of them',
      JSON.stringify({ daily: UNPRICED, totals: { ...TOKENS, inputTokens: 9, totalCost: 0 } }),
      [{ agrees: false, reasons: ['other_tokens', 'unpriced'] }],
    ],
    ['no answer', 'what?', []],
    ['no total', '[]', []],
  ])('compares with ccusage, which has %s', async (_title, printed, checks) => {
    put(answer('a', 1.5));
    installCcusage(printed);
    expect(await verify()).toMatchObject(checks.map((check) => ({ source: 'ccusage', ...check })));
  });

  test('leaves out the numbers of the whole machine where something is filtered', async () => {
    put(answer('a', 1.5), total('t', 1.5));
    remember({ '/a': { lastSessionId: 'session', lastCost: 1.5 }, '/b': { lastSessionId: 'gone', lastCost: 1 } });
    installCcusage(JSON.stringify({ totals: { ...TOKENS, totalCost: 2 } }));
    const one = reportOf(store, { by: 'model', filter: { sessions: ['session'] }, timeZone: 'UTC' });
    const checks = await verifyCosts(store, one, { configDir: undefined, env });
    expect(checks.map(({ source, sessionId }) => [source, sessionId])).toEqual([
      ['cost-state', 'session'],
      ['.claude.json', 'session'],
    ]);
  });
});

describe('the command', () => {
  const flags: CostFlags = { by: 'project', verify: false, json: false };

  test('says what to do where there is no store, and makes none', async () => {
    const terminal = recordingTerminal({ HOME: makeTempDirectory() });
    await expect(cost(flags, terminal)).rejects.toThrow(/no embedded store/);
    await expect(cost(flags, terminal)).rejects.toThrow(/no embedded store/);
  });

  test('refuses what is no time zone', async () => {
    const terminal = recordingTerminal(env);
    await expect(cost({ ...flags, timezone: 'Mars/Base' }, terminal)).rejects.toThrow(
      '--timezone Mars/Base is not the name of a time zone.',
    );
  });

  test('adds up a real session', () => {
    put(...mapFixture('2.1.329-subagent'));
    expect(reportOf(store, { by: 'agent', filter: {}, timeZone: 'UTC' })).toMatchObject({
      groups: [{ key: 'general-purpose' }, { key: undefined }],
      total: { costPicoUsd: 117_533_200_000n, unpricedResponses: 0 },
      reconciliations: [{ residualCost: 0n, reasons: [] }],
    });
  });
});
