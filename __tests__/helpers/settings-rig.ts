/** `stopwire install` under faults, and what must hold of settings.json after it. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Faults, Report } from './fault-rig.ts';
import { BIN, makeSandbox, runToEnd, type Ended, type Sandbox } from './sandbox.ts';

export const MARK = 'stopwire-stop-hook';
const PRELOAD = join(import.meta.dirname, 'faults.cjs');

export interface SettingsRig extends Sandbox {
  /** Runs a command under faults; `install --yes` unless said otherwise. */
  under(faults: Faults, args?: readonly string[]): Promise<Ended>;
  install(): Promise<Ended>;
  /** What the last command did that came to its end. */
  report(): Report;
  /** All paths below HOME. */
  everything(): string[];
  /** The backups beside settings.json, oldest first. */
  backups(): string[];
}

export function makeSettingsRig(): SettingsRig {
  const sandbox = makeSandbox();
  const { home, env, claude } = sandbox;
  const reportPath = `${home}.report`;
  const under: SettingsRig['under'] = (faults, args = ['install', '--yes']) =>
    runToEnd(process.execPath, ['--require', PRELOAD, BIN, ...args], {
      cwd: home,
      env: {
        ...env,
        FAULT_ROOT: home,
        FAULT_REPORT: reportPath,
        ...Object.fromEntries(Object.entries(faults).map(([name, value]) => [name, String(value)])),
      },
    });
  return {
    ...sandbox,
    under,
    install: () => sandbox.stopwire(['install', '--yes']),
    report: () => JSON.parse(readFileSync(reportPath, 'utf8')),
    everything: () => readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted(),
    backups: () =>
      readdirSync(claude)
        .filter((name) => name.endsWith('.bak'))
        .toSorted()
        .map((name) => join(claude, name)),
    remove() {
      sandbox.remove();
      rmSync(reportPath, { force: true });
    },
  };
}

/** A rig for each test of a file. */
export function rigOfEachTest(): () => SettingsRig {
  let rig: SettingsRig | undefined;
  beforeEach(() => void (rig = makeSettingsRig()));
  afterEach(() => rig?.remove());
  return () => {
    if (rig === undefined) throw new Error('There is a rig in a test alone.');
    return rig;
  };
}

/** What was added to a text at one place; undefined where anything else of it is another than before. */
export function addedTo(before: string, after: string): string | undefined {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  for (; start >= 0; start -= 1) {
    const end = before.length - start;
    if (
      after.startsWith(before.slice(0, start)) &&
      after.endsWith(before.slice(start)) &&
      after.length >= before.length
    )
      return after.slice(start, after.length - end);
  }
  return undefined;
}

/** Our handlers in a settings file. */
export function hooksOf(path: string): { type: string; command: string; timeout: number }[] {
  const { hooks } = JSON.parse(readFileSync(path, 'utf8').replace('\uFEFF', ''));
  return hooks.Stop.flatMap((group: { hooks: { command: string }[] }) => group.hooks).filter(
    ({ command }: { command?: string }) => command?.includes(MARK),
  );
}

/** What killed processes leave: files half made, and guards. */
export function debris(rig: SettingsRig): string[] {
  return rig.everything().filter((path) => /\.tmp$|\.lock$|(^|\/)new\./.test(path));
}

/** A refusal: exit code 3, the reason, and what to add by hand, as JSON. */
export function expectRefusal({ code, stdout, stderr }: Ended, reason: string | RegExp): void {
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/\n\s+at /);
  const { hooks } = JSON.parse(stderr.slice(stderr.indexOf('{')));
  expect(hooks.Stop[0].hooks[0].command).toContain(MARK);
}
