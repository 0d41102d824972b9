/** Transcripts that try to steer the terminal of whoever looks at what became of them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeRig, type Rig } from '../helpers/fault-rig.ts';
import { appendDamaged, appendPlanted } from '../helpers/planted-transcript.ts';
import { harmless } from '../../src/ui.ts';

/** Wipes the screen, sets a title, rings, links, answers as a keyboard would, and all that with C1 controls as well. */
const HOSTILE =
  'x\u001B[2J\u001B]0;title\u0007\u001B]8;;http://e.test\u001B\\y\u001B[31m\u0008\u000D\u007F\u009B2J\u009D0;t\u009C\u0085z';
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/;
// oxlint-disable-next-line no-control-regex -- and this is what paints
const COLOURS = /\u001B\[[\d;]*m/g;

const commands: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--json'],
  ['doctor', '--offline'],
  ['doctor', '--offline', '--json'],
  ['destinations', 'list'],
  ['destinations', 'list', '--json'],
  ['destinations', 'test'],
  ['destinations', 'test', '--json'],
  ['destinations', 'pause', `${HOSTILE}-http`],
  ['destinations', 'resume', `${HOSTILE}-http`],
  ['destinations', 'remove', HOSTILE],
  ['dlq', 'list'],
  ['dlq', 'list', '--json'],
  ['dlq', 'show', HOSTILE],
  ['dlq', 'retry'],
  ['dlq', 'retry', '--json'],
  ...['project', 'branch', 'model', 'session', 'agent', 'day'].map((by) => ['cost', '--by', by]),
  ...['project', 'branch', 'model'].map((by) => ['cost', '--json', '--by', by]),
  ['cost', '--verify'],
  ['reprice', '--dry-run'],
  ['reprice', '--dry-run', '--json'],
  ['prices', 'list', '--model', HOSTILE],
  ['run', '--dry-run'],
  ['run', '--dry-run', '--json'],
  ['run'],
  ['run', '--json'],
  ['run', '--destination', HOSTILE],
  [HOSTILE],
];

let rig: Rig;
let close: () => Promise<void>;
beforeAll(async () => {
  rig = await makeRig({ destinations: ['http', 'local'] });
  const made = { ...rig };
  close = () => made.close();
  // Not after each test, but after all.
  rig.close = () => Promise.resolve();
  await rig.install();
  rig.configure(rig.destinations.map((one) => ({ ...one, name: `${HOSTILE}-${one.kind}` })));
  const folder = join(rig.home, 'work', HOSTILE);
  mkdirSync(folder, { recursive: true });
  const planted = { text: HOSTILE, fileName: HOSTILE, cwd: folder, branch: HOSTILE, model: HOSTILE, tool: HOSTILE };
  const transcript = join(
    rig.projects,
    `-work-${HOSTILE.replaceAll('/', '-')}`,
    '5e551040-0000-4000-8000-000000000000.jsonl',
  );
  await rig.run();
  appendPlanted(transcript, planted);
  appendDamaged(transcript, HOSTILE);
  writeFileSync(join(rig.claude, 'settings.local.json'), JSON.stringify({ hooks: { [HOSTILE]: HOSTILE } }));
  rig.server.script({ status: 422, body: HOSTILE });
  await rig.run();
  expect((await rig.stopwire(['dlq', 'list', '--json'])).stdout).toContain('"id"');
});

afterAll(() => close());

describe('no control character reaches the terminal', () => {
  test.each(commands.map((args) => [printed(args), args] as const))('stopwire %s', async (_, args) => {
    const { stdout, stderr } = await rig.stopwire(args);
    expect(stdout + stderr).not.toBe('');
    expect(stdout + stderr).not.toMatch(CONTROL);
    if (args.includes('--json') && stdout !== '') expect(() => JSON.parse(stdout)).not.toThrow();
  });

  test('with colours, there is nothing but colours', async () => {
    for (const args of [['status'], ['cost', '--by', 'branch'], ['doctor', '--offline'], ['run']]) {
      const { stdout, stderr } = await rig.stopwire(args, { env: { NO_COLOR: '', FORCE_COLOR: '1' } });
      expect((stdout + stderr).replaceAll(COLOURS, '')).not.toMatch(CONTROL);
    }
  });

  test('in a dead letter', async () => {
    const { letters } = JSON.parse((await rig.stopwire(['dlq', 'list', '--json'])).stdout);
    for (const { id } of letters.slice(0, 8)) {
      for (const more of [[], ['--json']]) {
        const { stdout } = await rig.stopwire(['dlq', 'show', id, ...more]);
        expect(stdout).not.toMatch(CONTROL);
      }
    }
  });
});

describe('harmless', () => {
  test('keeps JSON what it is', () => {
    const text = JSON.stringify({ [HOSTILE]: [HOSTILE] });
    expect(harmless(text, false)).not.toMatch(CONTROL);
    expect(JSON.parse(harmless(text, false))).toEqual({ [HOSTILE]: [HOSTILE] });
  });

  test('keeps line breaks and tabs, and colours where they are wanted', () => {
    expect(harmless('a\tb\n\u001B[1;31mc\u001B[0m', true)).toBe('a\tb\n\u001B[1;31mc\u001B[0m');
    expect(harmless('\u001B[31mc', false)).toBe('\\u001b[31mc');
    expect(harmless('\u001B[2J\u009B31m', true)).toBe('\\u001b[2J\\u009b31m');
  });
});

function printed(args: readonly string[]): string {
  return args.map((arg) => (CONTROL.test(arg) ? '…' : arg)).join(' ');
}
