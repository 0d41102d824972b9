import { describe, expect, test } from '@jest/globals';
import { checkEdit } from '../../src/install/settings-check.ts';
import type { HookCommand } from '../../src/install/settings-parse.ts';

const HOOK: HookCommand = { type: 'command', command: 'stopwire', timeout: 10 };
const OURS = JSON.stringify({ hooks: [HOOK] });
const FOREIGN = '{"hooks":[{"type":"command","command":"say done"}]}';
const SHARED = `{"hooks":{"Stop":[{"matcher":"x","hooks":[{"type":"http"},${JSON.stringify(HOOK)}]}]}}`;
const isOurs = (command: string): boolean => command === 'stopwire';

const check = (before: string, after: string): void =>
  checkEdit({ before, after, isOurs, created: ['hooks', 'Stop'], expected: [HOOK] });

describe('an edit that adds the hook', () => {
  test.each([
    ['to nothing', '{}', `{"hooks":{"Stop":[${OURS}]}}`],
    ['to others', `{"a":1,"hooks":{"Stop":[${FOREIGN}]}}`, `{"a":1,"hooks":{"Stop":[${FOREIGN},${OURS}]}}`],
    ['in the place of a stale one', `{"hooks":{"Stop":[${OURS},${OURS}]}}`, `{"hooks":{"Stop":[${OURS}]}}`],
    ['and nothing of __proto__', '{"__proto__":{"a":1}}', `{"__proto__":{"a":1},"hooks":{"Stop":[${OURS}]}}`],
  ])('passes when it adds it %s', (_, before, after) => {
    expect(() => check(before, after)).not.toThrow();
  });

  test.each([
    ['adds nothing', '{}', '{}'],
    ['adds it twice', '{}', `{"hooks":{"Stop":[${OURS},${OURS}]}}`],
    ['adds it altered', '{}', `{"hooks":{"Stop":[${OURS.replace('10', '11')}]}}`],
    ['adds it in another event', '{}', `{"hooks":{"SubagentStop":[${OURS}]}}`],
    ['loses a key', '{"a":1}', `{"hooks":{"Stop":[${OURS}]}}`],
    ['alters a value', '{"a":1}', `{"a":2,"hooks":{"Stop":[${OURS}]}}`],
    ['moves a key', '{"a":1,"b":2}', `{"b":2,"a":1,"hooks":{"Stop":[${OURS}]}}`],
    ['loses __proto__', '{"__proto__":{"a":1}}', `{"hooks":{"Stop":[${OURS}]}}`],
    ['loses a foreign group', `{"hooks":{"Stop":[${FOREIGN}]}}`, `{"hooks":{"Stop":[${OURS}]}}`],
    ['loses an empty group', '{"hooks":{"Stop":[{"hooks":[]}]}}', `{"hooks":{"Stop":[${OURS}]}}`],
    ['loses the matcher of a group', SHARED, SHARED.replace('"matcher":"x",', '')],
    ['loses another event', '{"hooks":{"Other":[]}}', `{"hooks":{"Stop":[${OURS}]}}`],
  ])('is stopped when it %s', (_, before, after) => {
    expect(() => check(before, after)).toThrow('nothing was written');
  });
});
