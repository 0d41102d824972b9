import { describe, expect, test } from '@jest/globals';
import { hasStopped, hookFires, toldFires, type ToldFires } from '../../src/insights/hook-fires.ts';
import type { Line } from '../../src/types.ts';
import { fixtureCases, fixtureFiles } from '../helpers/fixtures.ts';

const LAB = (command: string): boolean => command.includes('hook-log.mjs');
const NOBODY = (): boolean => false;

/** What the sessions of a case tell, taken for over. */
function toldBy(folder: string, isOurs = LAB): ToldFires[] {
  return fixtureFiles(folder)
    .filter(({ transcript: { path } }) => !path.includes('subagents') && !path.includes('/agent-'))
    .map(({ lines }) =>
      toldFires(
        lines.map(({ value }) => value),
        isOurs,
        true,
      ),
    );
}

const sum = (folder: string, isOurs = LAB) => hookFires(toldBy(folder, isOurs), '2026-01-01T00:00:00.000Z');

describe('the reports of the real client', () => {
  test.each([
    ['2.1.329-tui', { fired: 2, p50Ms: 73, p95Ms: 77, failed: 0, missed: 0 }],
    ['2.1.329-hook-ok-stdout', { fired: 3, failed: 0, missed: 0 }],
    ['2.1.329-hook-exit1', { lastFailure: { reason: 'it ended with exit code 1' }, missed: 0 }],
    ['2.1.329-hook-block-json', { lastFailure: { reason: 'it kept the turn from ending' } }],
    ['2.1.329-hook-timeout', { lastFailure: { reason: 'it was ended after 1000 ms, its time limit' } }],
    ['2.1.290-multiturn', { failed: 0, missed: 0 }],
  ])('%s', (folder, expected) => {
    expect(sum(folder)).toMatchObject(expected);
    expect(sum(folder).fired).toBeGreaterThan(0);
  });

  test('a hook of others does not count as ours, and the turns that it ran in lack ours', () => {
    const told = sum('2.1.329-tui', NOBODY);
    expect(told).toMatchObject({ fired: 0, failed: 0, missed: 2, missedSinceFire: 2 });
    expect(told).not.toHaveProperty('p50Ms');
  });

  test('no turn of the fixtures lacks its hook but the one that ran without hooks', () => {
    const lacking = fixtureCases().filter((folder) => hookFires(toldBy(folder, anyHook), '2026').missed > 0);
    expect(lacking).toEqual(['2.1.329-bare']);
  });

  test('clients that do not report their hooks miss none', () => {
    for (const folder of fixtureCases().filter((name) => !/^2\.1\.(29|3)/.test(name))) {
      expect(hookFires(toldBy(folder), '2026')).toEqual({ fired: 0, failed: 0, missed: 0, missedSinceFire: 0 });
    }
  });
});

const anyHook = (): boolean => true;

const at = (second: number): string => `2026-11-21T00:00:${String(second).padStart(2, '0')}.000Z`;
const answer = (second: number, more: object = {}): Line => ({
  type: 'assistant',
  version: '2.1.329',
  timestamp: at(second),
  message: { id: `msg_${second}`, stop_reason: 'end_turn', content: [{ type: 'text', text: 'done' }] },
  ...more,
});
const prompt = (second: number, content = 'more', more: object = {}): Line => {
  return { type: 'user', timestamp: at(second), message: { role: 'user', content }, ...more };
};
const summary = (second: number, command: string, durationMs?: number): Line => {
  return { type: 'system', subtype: 'stop_hook_summary', timestamp: at(second), hookInfos: [{ command, durationMs }] };
};

describe('a turn that ended', () => {
  test.each<[string, Line[], boolean, string[]]>([
    ['and is followed by a prompt, without the hook', [answer(1), prompt(2)], false, [at(1)]],
    ['and by the report of another hook', [answer(1), summary(2, 'other')], false, [at(1)]],
    [
      'and by the client saying how long it took',
      [answer(1), { type: 'system', subtype: 'turn_duration' }],
      false,
      [at(1)],
    ],
    ['last in a session that is over', [answer(1)], true, [at(1)]],
    ['a moment ago', [answer(1)], false, []],
    ['with the hook', [answer(1), summary(2, 'hook-log.mjs'), prompt(3)], true, []],
    ['with an error of the API', [answer(1), answer(2, { isApiErrorMessage: true }), prompt(3)], true, []],
    ['by the user', [answer(1), prompt(2, '[Request interrupted by user]'), prompt(3)], true, []],
    ['in a call of a tool', [answer(1, { message: { stop_reason: 'tool_use' } }), prompt(2)], true, []],
    ['in a sub-agent', [answer(1, { isSidechain: true }), prompt(2)], true, []],
    ['in an older client', [answer(1, { version: '2.1.289' }), prompt(2)], true, []],
    ['in a newer client', [answer(1, { version: '3.0.0' }), prompt(2)], true, [at(1)]],
    [
      'again, after a notice of the client',
      [answer(1), prompt(2, 'go on', { isMeta: true }), answer(3)],
      true,
      [at(3)],
    ],
  ])('%s', (_, lines, isOver, missed) => {
    expect(toldFires(lines, LAB, isOver).missed).toEqual(missed);
  });

  test.each<[string, unknown]>([
    ['no infos', undefined],
    ['infos that are none', ['x', null, 1, {}, { command: 7 }]],
  ])('hostile reports tell nothing: %s', (_, hookInfos) => {
    const told = toldFires([{ type: 'system', subtype: 'stop_hook_summary', hookInfos }], anyHook, true);
    expect(told.missed).toEqual([]);
    expect(told.failures).toEqual([]);
  });
});

describe('the sum', () => {
  const told = (fires: number[], missed: number[]): ToldFires => {
    return { fires: fires.map((second) => ({ at: at(second), ms: second })), failures: [], missed: missed.map(at) };
  };

  test('turns from before the hook was registered do not count', () => {
    expect(hookFires([told([], [1, 2, 9])], at(5))).toMatchObject({ missed: 1, lastMissedAt: at(9) });
  });

  test('where that moment is not known, the first fire stands for it', () => {
    expect(hookFires([told([4], [1, 2, 9])], undefined)).toMatchObject({ missed: 1, missedSinceFire: 1 });
    expect(hookFires([told([], [1, 2, 9])], undefined)).toMatchObject({ missed: 0, missedSinceFire: 0 });
  });

  test('quantiles are those of the nearest rank, over all sessions', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    const fires = hookFires([told(twenty.slice(10), []), told(twenty.slice(0, 10), [])], undefined);
    expect(fires).toMatchObject({ fired: 20, lastFiredAt: at(20), p50Ms: 10, p95Ms: 19 });
  });

  test.each([
    [[1], [2, 3, 4], true],
    [[1], [2, 3], false],
    [[5], [2, 3, 4], false],
    [[], [2, 3, 4], true],
  ])('fired at %j and not at %j: has stopped %p', (fires, missed, stopped) => {
    expect(hasStopped(hookFires([told(fires, missed)], at(0)))).toBe(stopped);
  });
});
