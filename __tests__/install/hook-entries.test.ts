import { describe, expect, test } from '@jest/globals';
import { malformedHooks } from '../../src/install/hook-entries.ts';

const stop = (handler: unknown): object => ({ hooks: { Stop: [{ hooks: [handler] }] } });
const command = { type: 'command', command: 'true' };

describe('a hook that Claude Code would leave out', () => {
  test.each([
    [{ hooks: { Stop: {} } }, 'hooks.Stop is no list'],
    [{ hooks: { Stop: [{}] } }, 'hooks.Stop[0] has no list "hooks"'],
    [stop({ command: 'true' }), 'hooks.Stop[0].hooks[0] has no "type"'],
    [stop({ type: 'command' }), 'hooks.Stop[0].hooks[0] has no "command"'],
    [stop({ ...command, command: 5 }), 'hooks.Stop[0].hooks[0] has a "command" that is not text'],
    [stop({ ...command, timeout: '10' }), 'hooks.Stop[0].hooks[0] has a "timeout" that is not a number above 0'],
    [stop({ ...command, timeout: 0 }), 'hooks.Stop[0].hooks[0] has a "timeout" that is not a number above 0'],
    [stop({ ...command, async: 'yes' }), 'hooks.Stop[0].hooks[0] has a "async" that is not true or false'],
    [stop({ ...command, args: 'a' }), 'hooks.Stop[0].hooks[0] has a "args" that is not a list of texts'],
  ])('%j', (settings, problem) => {
    expect(malformedHooks({ ...settings })).toEqual([problem]);
  });

  test.each([
    [{}],
    [stop({ ...command, timeout: 0.5, async: false, args: [], extra: 1 })],
    [stop({ type: 'http', url: 'http://127.0.0.1/' })],
    [{ hooks: { SomeNewEvent: [{ matcher: '*', hooks: [command] }] } }],
  ])('%j holds none', (settings) => {
    expect(malformedHooks({ ...settings })).toEqual([]);
  });
});
