import { describe, expect, test } from '@jest/globals';
import { hookCommand, launcherScript } from '../../src/install/launcher.ts';

const LOCAL = String.raw`C:\Users\O'Brien ‘x’ $env:USERNAME\AppData\Local`;
const QUOTED = String.raw`'C:\Users\O''Brien ‘‘x’’ $env:USERNAME\AppData\Local`;

describe('the command for PowerShell', () => {
  test('names its shell, runs the script whatever the policy, and ends with 0', () => {
    expect(hookCommand(`${LOCAL}\\hook.ps1`)).toEqual({
      type: 'command',
      shell: 'powershell',
      command:
        `powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File ` +
        `'C:/Users/O''Brien ‘‘x’’ $env:USERNAME/AppData/Local/hook.ps1' stopwire-stop-hook 2>$null; exit 0`,
      timeout: 10,
    });
  });
});

describe('the script for PowerShell', () => {
  const base = { XDG_CONFIG_HOME: LOCAL, XDG_STATE_HOME: LOCAL, XDG_DATA_HOME: LOCAL };
  const node = String.raw`C:\Program Files\nodejs\node.exe`;
  const options = { node, program: `${LOCAL}\\main.js`, wake: `${LOCAL}\\wake`, log: `${LOCAL}\\hook.log`, base };
  const script = launcherScript('hook.ps1', options);

  test('is known as UTF-8 by its first character, and ends with 0', () => {
    expect(script.startsWith('\uFEFF# stopwire')).toBe(true);
    expect(script.endsWith('\nexit 0\n')).toBe(true);
  });

  test('has every path as a literal string, in which quotes of any kind are doubled', () => {
    expect(script).toContain(`\n$node = 'C:\\Program Files\\nodejs\\node.exe'\n`);
    expect(script).toContain(`\n$program = ${QUOTED}\\main.js'\n`);
    expect(script).toContain(`WriteAllText(${QUOTED}\\wake', '')`);
    expect(script).toContain(`\n$env:XDG_STATE_HOME = ${QUOTED}'\n`);
  });

  test('starts a hidden worker, which inherits what it needs and no more', () => {
    expect(script).toContain('Start-Process -FilePath $node');
    expect(script).toContain('-WindowStyle Hidden');
    expect(script).toMatch(/^\$inherited = 'HOME', 'PATH', .*'SYSTEMROOT'.*'TMP'$/m);
    expect(script).toContain(`$arguments = '--max-semi-space-size=4 "' + $program + '" hook'`);
  });
});
