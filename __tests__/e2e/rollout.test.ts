/** A roll-out as an administrator makes it: from the packed tarball, without a terminal, and taken back again. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { setUpRollOut } from '../helpers/roll-out.ts';

const KEY = 'k-0123456789abcdef';
const SILENT = { code: 0, signal: null, stdout: '', stderr: '' };
const ODD_NAME = 'Jörg Müller’s "home" $HOME';
const FOREIGN = '{\n\t"model": "opus",\n\t"hooks": {"Stop": [{"hooks": [{"type": "command", "command": ":"}]}]}\n}\n';

const { server, makeHost, received } = setUpRollOut();

interface RollOut {
  title: string;
  /** The last part of HOME. */
  name: string;
  unprivileged: boolean;
  /** Undefined: there is no settings.json. */
  settings: string | undefined;
  by: 'flags' | 'environment';
}

describe('a headless roll-out from the tarball', () => {
  test.each<RollOut>([
    { title: 'by flags', name: 'home', unprivileged: false, settings: undefined, by: 'flags' },
    {
      title: 'by the environment, beside a hook of others, without root',
      name: 'home',
      unprivileged: true,
      settings: FOREIGN,
      by: 'environment',
    },
    {
      title: 'into a home with spaces, quotes and umlauts, without root',
      name: ODD_NAME,
      unprivileged: true,
      settings: undefined,
      by: 'environment',
    },
    {
      title: 'into such a home, beside a hook of others',
      name: ODD_NAME,
      unprivileged: false,
      settings: FOREIGN,
      by: 'flags',
    },
  ])('delivers every record and leaves nothing behind: $title', async ({ name, unprivileged, settings, by }) => {
    const host = makeHost({ name, settings, unprivileged });
    const before = host.everything();

    const endpoint = `${server().url}/v1/records`;
    const installed =
      by === 'flags'
        ? await host.run(`stopwire install --yes --json --endpoint ${endpoint} --api-key -`, { stdin: KEY })
        : await host.run('stopwire install --yes --json', {
            env: { STOPWIRE_ENDPOINT: endpoint, STOPWIRE_API_KEY: KEY },
          });
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(installed.stdout)).toMatchObject({
      settings: [{ path: host.settings, changed: true }],
      destinations: [{ redaction: 'content' }],
    });

    expect(await host.fire()).toEqual(SILENT);
    expect(idsOf(received()).toSorted()).toEqual(expectedIds(host.projects));
    for (const { headers } of server().requests) expect(headers.authorization).toBe(`Bearer ${KEY}`);

    const status = await host.run('stopwire status --json');
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      hook: { registered: true, launcherExists: true },
      destinations: [{ name: 'http', delivered: received().length, refused: 0, pendingBytes: 0 }],
    });
    const doctor = await host.run('stopwire doctor --json');
    const { checks } = JSON.parse(doctor.stdout);
    expect(checks.filter((check: { status: string }) => check.status === 'error')).toEqual([]);
    expect(doctor.code).toBe(0);

    await host.settle();
    expect(await host.run('stopwire uninstall --purge --yes')).toMatchObject({ code: 0 });
    expect(host.everything()).toEqual(before);
  });
});

describe('in a CI job, install ends at once, says why, and changes nothing,', () => {
  const CI = { CI: 'true', GITHUB_ACTIONS: 'true' };
  const INSTALL = 'stopwire install --endpoint http://127.0.0.1:9/v1/records';

  test.each<[string, (home: string) => NodeJS.ProcessEnv, string]>([
    ['where HOME can only be read', (home) => ({ HOME: home }), 'cannot be made (EACCES)'],
    ['where HOME is missing on the disk', (home) => ({ HOME: join(home, 'gone', 'home') }), 'cannot be made (EACCES)'],
    ['where HOME is relative', () => ({ HOME: 'home' }), 'HOME is not an absolute path'],
  ])('%s', async (_, env, words) => {
    const host = makeHost({ unprivileged: true });
    chmodSync(host.home, 0o555);
    const before = host.everything();
    const { code, stdout, stderr } = await host.run(INSTALL, { env: { ...CI, ...env(host.home) } });
    expect({ code, stdout, lines: stderr.split('\n') }).toEqual({
      code: 1,
      stdout: '',
      lines: [expect.stringMatching(/^error: .*\.$/), expect.stringMatching(/\.$/), ''],
    });
    expect(stderr).toContain(words);
    expect(host.everything()).toEqual(before);
  });

  const testAsRoot = process.getuid?.() === 0 ? test : test.skip;
  testAsRoot('where HOME is not set, for a user that the system does not know', async () => {
    const host = makeHost();
    const stranger = { uid: 54_321, env: { ...CI, HOME: undefined } };
    for (const command of ['install --yes', 'run', 'status', 'doctor', 'uninstall --yes']) {
      const { code, stderr } = await host.run(`stopwire ${command}`, stranger);
      expect({ command, code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('Set HOME') });
      expect(stderr).toMatch(/^error: There is no home directory.*\n.*\n$/);
    }
    expect(await host.run('stopwire hook', stranger)).toEqual(SILENT);
  });
});
