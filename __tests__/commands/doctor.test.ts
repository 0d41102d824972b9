/** Each fault is induced for real, in a HOME of its own; the built program has to name it. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Check } from '../../src/commands/checks/check.ts';
import { diagnose } from '../../src/commands/doctor.ts';
import { keepDeadLetters } from '../../src/state/dead-letters.ts';
import { encodeFact } from '../../src/state/facts.ts';
import { openDatabase } from '../../src/state/sqlite.ts';
import { startLoopbackServer, type LoopbackServer } from '../helpers/loopback-server.ts';
import { BIN, makeSandbox, runToEnd, type RunOptions, type Sandbox } from '../helpers/sandbox.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

let sandbox: Sandbox;
let server: LoopbackServer | undefined;
beforeEach(async () => {
  sandbox = makeSandbox(['2.1.329-simple']);
  await sandbox.stopwire(['install', '--yes']);
});
afterEach(async () => {
  // A lock that a test has written in its own name is nobody else's to take away.
  if (existsSync(lock()) && readFileSync(lock(), 'utf8').startsWith(`${process.pid} `)) rmSync(lock());
  await sandbox.settle();
  sandbox.remove();
  await server?.close();
  server = undefined;
});

interface Diagnosis {
  code: number | null;
  checks: Check[];
}

async function doctor(args: readonly string[] = ['--offline'], options: RunOptions = {}): Promise<Diagnosis> {
  const { code, stdout, stderr } = await sandbox.stopwire(['doctor', '--json', ...args], options);
  if (stdout === '') throw new Error(stderr);
  return { code, ...JSON.parse(stdout) };
}

const found = ({ checks }: Diagnosis, name: string): Check[] => checks.filter((check) => check.name === name);

const config = (): string => join(sandbox.config, 'config.json');
const launcher = (): string => join(sandbox.data, 'hook');
const journal = (): string => join(sandbox.state, 'cursors.log');
const lock = (): string => join(sandbox.state, 'lock');
const program = (): string => join(sandbox.data, readdirSync(sandbox.data).find((name) => /^\d/.test(name)) ?? '');

function transcript(): string {
  const folder = join(sandbox.claude, 'projects', '2.1.329-simple');
  const name = readdirSync(folder).find((one) => one.endsWith('.jsonl'));
  return join(folder, name ?? '');
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function editJson(path: string, change: object): void {
  edit(path, (text) => JSON.stringify({ ...JSON.parse(text), ...change }));
}

function writtenDaysAgo(days: number): void {
  const seconds = Date.now() / 1_000 - days * 86_400;
  utimesSync(transcript(), seconds, seconds);
}

/** A node that says it is of that version, and is the one of this test. */
function fakeNode(version: string): void {
  const path = join(sandbox.home, 'node');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && { echo v${version}; exit; }\nexec '${process.execPath}' "$@"\n`,
  );
  chmodSync(path, 0o755);
  edit(launcher(), (text) => text.replace(/^node='.*'$/m, `node='${path}'`));
}

/** A PATH with a shell and without a node. */
function pathWithoutNode(): string {
  const folder = join(sandbox.home, 'bin');
  mkdirSync(folder);
  for (const name of ['sh', 'env']) symlinkSync(join('/bin', name), join(folder, name));
  return folder;
}

/** What sh can parse, and whose programs are there; `npx stopwire` stands for the built one. */
function expectCommand(remedy: string): void {
  expect([remedy, spawnSync('sh', ['-n', '-c', remedy]).status]).toEqual([remedy, 0]);
  for (const part of remedy.split('; ')) {
    const [word = ''] = part.split(' ');
    if (OTHERS.has(word)) continue;
    expect([part, spawnSync('sh', ['-c', `command -v ${word}`]).status]).toEqual([part, 0]);
    const [, ours] = /^npx stopwire(?:@latest)? (.*)$/.exec(part) ?? [];
    if (ours !== undefined) expect(spawnSync(process.execPath, [BIN, ...ours.split(' '), '--help']).status).toBe(0);
  }
}

/** Programs that a machine need not have for these tests. */
const OTHERS = new Set(['sudo', 'claude']);

function replaceCommand(command: string): void {
  edit(sandbox.settings, (text) => {
    const settings = JSON.parse(text);
    settings.hooks.Stop[0].hooks[0].command = command;
    return JSON.stringify(settings);
  });
}

/** Turns that ended after the hook was registered, and that the client reports no hook of ours for. */
function turnsWithoutHook(count: number): void {
  const lines = Array.from({ length: count }, (_, index) => {
    const timestamp = new Date(Date.now() + 60_000 + index).toISOString();
    const answer = {
      type: 'assistant',
      version: '2.1.329',
      timestamp,
      message: { stop_reason: 'end_turn', content: [] },
    };
    return `${JSON.stringify(answer)}\n${JSON.stringify({ type: 'system', subtype: 'turn_duration', timestamp })}\n`;
  });
  appendFileSync(transcript(), lines.join(''));
}

async function deliverTo(status: number): Promise<void> {
  server = await startLoopbackServer();
  server.script({ status });
  await sandbox.stopwire(['install', '--yes', '--no-redaction', '--endpoint', `${server.url}/v1/records`]);
  await sandbox.fireAndSettle();
}

describe('an installation that is sound', () => {
  test('gives no error and no warning; the hook is fired for real, and its worker delivers', async () => {
    const { code, checks } = await doctor([]);
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(found({ code, checks }, 'hook-runs')).toMatchObject([{ detail: expect.stringContaining('exit code 0') }]);
    expect(code).toBe(0);
    await sandbox.settle();
    expect((await sandbox.exported()).length).toBeGreaterThan(0);
    const again = await doctor();
    expect(found(again, 'gaps')).toMatchObject([{ status: 'ok' }]);
    expect(found(again, 'lag:local')).toMatchObject([{ status: 'ok', detail: 'nothing waits' }]);
  });

  test('for people, each check is a line with its sign', async () => {
    rmSync(launcher());
    const { stdout, stderr, code } = await sandbox.stopwire(['doctor', '--offline']);
    expect(stdout).toMatch(/^✓ hook-registered +once, in /m);
    expect(stdout).toMatch(/^✗ launcher .* is missing\n +→ npx stopwire install$/m);
    expect(stdout).toMatch(/^- hook-runs /m);
    expect(stderr).toMatch(/^1 error, 0 warnings, \d+ fine, 1 skipped$/m);
    expect(code).toBe(1);
  });
});

interface Fault {
  title: string;
  /** Answers how the doctor is then called, where that matters. */
  induce: () => void | RunOptions | Promise<void>;
  finding: Pick<Check, 'name' | 'status'> & { detail?: unknown; advice?: unknown; remedy?: string };
  /** The remedy, taken at its word, removes the finding. */
  isMended?: true;
}

const says = (text: string | RegExp): unknown => expect.stringMatching(text);

const FAULTS: Fault[] = [
  {
    title: 'the hook is not registered',
    induce: () => writeFileSync(sandbox.settings, '{}'),
    finding: { name: 'hook-registered', status: 'error', detail: says('no Stop hook of stopwire in .*settings.json') },
    isMended: true,
  },
  {
    title: 'the hook is registered twice',
    induce: () =>
      edit(sandbox.settings, (text) => {
        const { hooks } = JSON.parse(text);
        return JSON.stringify({ hooks: { ...hooks, Stop: [...hooks.Stop, ...hooks.Stop] } });
      }),
    finding: { name: 'hook-registered', status: 'warning', detail: says('2 Stop hooks') },
    isMended: true,
  },
  {
    title: 'the hook is registered for the project as well',
    induce: () => {
      mkdirSync(join(sandbox.home, 'p', '.claude'), { recursive: true });
      cpSync(sandbox.settings, join(sandbox.home, 'p', '.claude', 'settings.local.json'));
      return { cwd: join(sandbox.home, 'p') };
    },
    finding: { name: 'hook-registered', status: 'warning', detail: says('settings.local.json, .*settings.json') },
  },
  {
    title: 'the hook runs another launcher',
    induce: () => replaceCommand("sh '/elsewhere/hook' stopwire-stop-hook 2>/dev/null || :"),
    finding: { name: 'hook-registered', status: 'warning', detail: says('does not run') },
    isMended: true,
  },
  {
    title: 'the launcher is missing',
    induce: () => rmSync(launcher()),
    finding: { name: 'launcher', status: 'error' },
    isMended: true,
  },
  {
    title: 'the launcher was overwritten',
    induce: () => writeFileSync(launcher(), '#!/bin/sh\n'),
    finding: { name: 'launcher', status: 'error', detail: says('not as it was installed') },
    isMended: true,
  },
  {
    title: 'the node of the launcher is gone, and there is none on PATH',
    induce: () => {
      edit(launcher(), (text) => text.replace(/^node='.*'$/m, "node='/nowhere/node'"));
      return { env: { PATH: pathWithoutNode() } };
    },
    finding: { name: 'node', status: 'error', detail: says('no node at /nowhere/node, and none on PATH') },
  },
  {
    title: 'the node of the launcher is gone, and another one is on PATH',
    induce: () => edit(launcher(), (text) => text.replace(/^node='.*'$/m, "node='/nowhere/node'")),
    finding: { name: 'node', status: 'warning' },
    isMended: true,
  },
  {
    title: 'the node of the launcher is too old',
    induce: () => fakeNode('18.20.4'),
    finding: { name: 'node-version', status: 'error', detail: says('18.20.4, and stopwire needs 20.19') },
  },
  {
    title: 'the node of the launcher is too old for the store, and its package is not there',
    induce: () => {
      fakeNode('20.20.0');
      rmSync(join(program(), 'node_modules'), { recursive: true, force: true });
    },
    finding: { name: 'node-version', status: 'error', detail: says('too old for the embedded store') },
  },
  {
    title: "the program's copy is missing",
    induce: () => rmSync(program(), { recursive: true }),
    finding: { name: 'program', status: 'error' },
    isMended: true,
  },
  {
    title: "the program's copy is of another version",
    induce: () => editJson(join(program(), 'package.json'), { version: '0.0.1' }),
    finding: { name: 'program', status: 'warning', detail: says('the hook runs 0.0.1') },
    isMended: true,
  },
  {
    title: 'the user has switched hooks off',
    induce: () => editJson(sandbox.settings, { disableAllHooks: true }),
    finding: { name: 'hooks-enabled', status: 'error', detail: says('in the user settings') },
  },
  {
    title: 'the project has switched hooks off',
    induce: () => {
      mkdirSync(join(sandbox.home, 'p', '.claude'), { recursive: true });
      writeFileSync(join(sandbox.home, 'p', '.claude', 'settings.json'), '{"disableAllHooks":true}');
      return { cwd: join(sandbox.home, 'p') };
    },
    finding: { name: 'hooks-enabled', status: 'error', detail: says('in the project settings') },
  },
  {
    title: 'the environment has switched stopwire off',
    induce: () => ({ env: { STOPWIRE_DISABLED: '1' } }),
    finding: { name: 'hooks-enabled', status: 'error', remedy: 'unset STOPWIRE_DISABLED' },
  },
  {
    title: 'the settings are no JSON',
    induce: () => appendFileSync(sandbox.settings, ','),
    finding: { name: 'settings', status: 'error', detail: says('passes the whole of .*not strict JSON') },
  },
  {
    title: 'the settings hold a value of a wrong type',
    induce: () => editJson(sandbox.settings, { cleanupPeriodDays: 'thirty' }),
    finding: { name: 'settings', status: 'error', detail: says('cleanupPeriodDays') },
  },
  {
    title: 'a hook of the settings is malformed',
    induce: () =>
      edit(sandbox.settings, (text) => {
        const { hooks } = JSON.parse(text);
        return JSON.stringify({ hooks: { ...hooks, PreToolUse: [{ hooks: [{ type: 'command', timeout: '10' }] }] } });
      }),
    finding: {
      name: 'settings-hooks',
      status: 'warning',
      detail: says(/hooks\.PreToolUse\[0\]\.hooks\[0\] has a "timeout" .* leaves that hook out/),
      advice: says('Mend it in .*settings.json'),
    },
  },
  {
    title: 'a plugin of the client registers the hook as well',
    induce: () => {
      const root = join(sandbox.claude, 'plugins', 'cache', 'stopwire');
      cpSync(join(import.meta.dirname, '..', '..', 'hooks'), join(root, 'hooks'), { recursive: true });
      const plugins = { 'stopwire@stopwire': [{ scope: 'user', installPath: root }] };
      writeFileSync(join(sandbox.claude, 'plugins', 'installed_plugins.json'), JSON.stringify({ version: 2, plugins }));
      editJson(sandbox.settings, { enabledPlugins: { 'stopwire@stopwire': true } });
    },
    finding: {
      name: 'hook-registered',
      status: 'warning',
      detail: says('2 Stop hooks of stopwire: .*settings.json, .*hooks.json'),
      remedy: 'claude plugin disable stopwire@stopwire',
    },
  },
  {
    title: 'Claude Code does not run the hook any more',
    induce: () => turnsWithoutHook(3),
    finding: { name: 'hook-fires', status: 'error', detail: says('the last 3 turns ended without it') },
  },
  {
    title: 'the last turn ended without the hook',
    induce: () => turnsWithoutHook(1),
    finding: { name: 'hook-fires', status: 'warning' },
  },
  {
    title: 'the configuration is missing',
    induce: () => rmSync(config()),
    finding: { name: 'config', status: 'error', detail: says('there is no configuration') },
    isMended: true,
  },
  {
    title: 'the configuration is no JSON',
    induce: () => writeFileSync(config(), '{"version": 1,'),
    finding: { name: 'config', status: 'error', detail: says('it is not JSON') },
  },
  {
    title: 'everything is paused',
    induce: () => editJson(config(), { paused: true }),
    finding: { name: 'config', status: 'warning', remedy: 'npx stopwire resume' },
  },
  {
    title: 'the kind of a destination is not known',
    induce: () => editJson(config(), { destinations: [{ name: 'x', kind: 'pigeon' }] }),
    finding: { name: 'destination-options:x', status: 'error', detail: says('pigeon') },
  },
  {
    title: 'an option of a destination is wrong',
    induce: () => editJson(config(), { destinations: [{ name: 'x', kind: 'http', options: { endpoint: 'nowhere' } }] }),
    finding: { name: 'destination-options:x', status: 'error', detail: says('"endpoint" must be') },
  },
  {
    title: 'others may use the state directory',
    induce: () => chmodSync(sandbox.state, 0o777),
    finding: { name: 'private-files', status: 'error', detail: says('its mode is 777') },
    isMended: true,
  },
  {
    title: 'others may read the configuration, which holds keys',
    induce: () => chmodSync(config(), 0o644),
    finding: { name: 'private-files', status: 'error', detail: says('config.json: its mode is 644') },
    isMended: true,
  },
  {
    title: 'the state directory is a symbolic link',
    induce: () => {
      renameSync(sandbox.state, join(sandbox.home, 'state'));
      symlinkSync(join(sandbox.home, 'state'), sandbox.state);
    },
    finding: { name: 'private-files', status: 'error', detail: says('symbolic link') },
    isMended: true,
  },
  {
    title: 'the journal is from a newer version',
    induce: () => writeFileSync(journal(), encodeFact({ k: 'hdr', v: 999 })),
    finding: { name: 'journal', status: 'error', detail: says('newer stopwire') },
  },
  {
    title: 'the journal has damaged lines',
    induce: async () => {
      await sandbox.stopwire(['run']);
      edit(journal(), (text) => `${text.replace('"offset"', '"0ffset"')}\n${'\0'.repeat(20)}`);
    },
    finding: { name: 'journal', status: 'warning', detail: says(/^2 of \d+ lines/) },
  },
  {
    title: 'the lock is held by a process that has gone',
    induce: () => writeFileSync(lock(), `${spawnSync('true').pid} 1 nonce`),
    finding: { name: 'lock', status: 'warning', detail: says('which has gone') },
    isMended: true,
  },
  {
    title: 'the lock is held by a process that gives no sign of life',
    induce: () => {
      writeFileSync(lock(), `${process.pid} 1 nonce`);
      utimesSync(lock(), 1_000, 1_000);
    },
    finding: { name: 'lock', status: 'warning', detail: says('no sign of life') },
  },
  {
    title: 'the lock does not say who holds it',
    induce: () => writeFileSync(lock(), ''),
    finding: { name: 'lock', status: 'warning' },
    isMended: true,
  },
  {
    title: 'a destination refuses the key',
    induce: () => deliverTo(401),
    finding: { name: 'destination:http', status: 'error', detail: says(/^rests until .*401/) },
  },
  {
    title: 'a destination has refused records for good',
    induce: () => {
      const record = { id: 'a', type: 'user', unknown: true } as const;
      keepDeadLetters(join(sandbox.state, 'dead-letters'), 'local', [{ record, reason: 'too odd' }], new Date());
    },
    finding: { name: 'dead-letters:local', status: 'warning', remedy: 'npx stopwire dlq list' },
  },
  {
    title: 'the clock was set back: a rest ends later than any may',
    induce: () => {
      const rest = { until: Date.now() + 7 * 86_400_000, failures: 1, reason: 'HTTP 503' };
      appendFileSync(journal(), encodeFact({ k: 'b', d: 'local', rest }));
    },
    finding: { name: 'clock', status: 'warning', detail: says('local rests until') },
  },
  {
    title: 'the clock was set back: a transcript is from the future',
    induce: () => writtenDaysAgo(-1),
    finding: { name: 'clock', status: 'warning', detail: says('a transcript was written at') },
  },
  {
    title: 'a transcript will be deleted before it is delivered',
    induce: () => writtenDaysAgo(25),
    finding: { name: 'lag:local', status: 'error', detail: says('Claude Code may delete the oldest from 2') },
    isMended: true,
  },
  {
    title: 'a transcript may be deleted at any moment',
    induce: () => writtenDaysAgo(31),
    finding: { name: 'lag:local', status: 'error', detail: says('at any moment') },
  },
  {
    title: 'transcripts are kept for a few days only',
    induce: () => {
      writtenDaysAgo(3);
      editJson(sandbox.settings, { cleanupPeriodDays: 4 });
    },
    finding: { name: 'lag:local', status: 'error' },
  },
  {
    title: 'a file of own prices is broken',
    induce: () => writeFileSync(join(sandbox.config, 'prices.json'), '{'),
    finding: { name: 'prices', status: 'error', remedy: 'npx stopwire prices check' },
  },
  {
    title: 'a line is missing from the store',
    induce: async () => {
      await sandbox.stopwire(['run']);
      const database = openDatabase(join(sandbox.data, 'records.db'));
      const parent =
        "SELECT json ->> 'parent_uuid' FROM records WHERE json ->> 'parent_uuid' IS NOT NULL ORDER BY seq DESC LIMIT 1";
      database.exec(`DELETE FROM records WHERE json ->> 'uuid' = (${parent})`);
      database.close();
    },
    finding: { name: 'gaps', status: 'error', detail: says('in transcripts and not in the store: 1, ') },
    isMended: true,
  },
];

describe('a fault is named, with the command that mends it', () => {
  test.each(FAULTS)('$title', async ({ induce, finding, isMended }) => {
    const options = (await induce()) ?? {};
    const diagnosis = await doctor(['--offline'], options);
    expect(found(diagnosis, finding.name)).toContainEqual(expect.objectContaining(finding));
    expect(diagnosis.code).toBe(diagnosis.checks.some(({ status }) => status === 'error') ? 1 : 0);
    for (const { status, advice, remedy } of diagnosis.checks) {
      expect((advice ?? remedy) !== undefined).toBe(['error', 'warning'].includes(status));
      if (remedy !== undefined) expectCommand(remedy);
    }
    if (!isMended) return;
    const remedy = found(diagnosis, finding.name).find(({ status }) => status === finding.status)?.remedy ?? '';
    const command = remedy.replaceAll('npx stopwire install', `'${process.execPath}' '${BIN}' install --yes`);
    await runToEnd('sh', ['-c', command.replaceAll('npx stopwire', `'${process.execPath}' '${BIN}'`)], {
      cwd: sandbox.home,
      env: sandbox.env,
    });
    expect(found(await doctor(['--offline'], options), finding.name).map(({ status }) => status)).toEqual(['ok']);
  });

  test('in a directory whose name sh would take apart, the command mends it all the same', async () => {
    const base = join(sandbox.home, "it's a 100% $HOME");
    const env = { XDG_STATE_HOME: base };
    await sandbox.stopwire(['install', '--yes'], { env });
    const state = join(base, 'stopwire');
    chmodSync(state, 0o755);
    const [{ remedy = '' } = {}] = found(await doctor(['--offline'], { env }), 'private-files');
    expect(spawnSync('sh', ['-c', remedy]).status).toBe(0);
    expect(statSync(state).mode & 0o777).toBe(0o700);
  });

  test('transcripts that are kept for a year are in no danger after a month', async () => {
    writtenDaysAgo(31);
    editJson(sandbox.settings, { cleanupPeriodDays: 365 });
    expect(found(await doctor(), 'lag:local')).toMatchObject([{ status: 'ok' }]);
  });

  test('a full disk', async () => {
    const command = `ulimit -f 0; exec '${process.execPath}' '${BIN}' doctor --json --offline`;
    const { stdout } = await runToEnd('sh', ['-c', command], { cwd: sandbox.home, env: sandbox.env });
    expect(JSON.parse(stdout).checks).toContainEqual(
      expect.objectContaining({ name: 'disk', status: 'error', detail: expect.stringContaining('EFBIG') }),
    );
  });

  test('a state directory that cannot be written to', async () => {
    if (process.getuid?.() === 0) spawnSync('chown', ['-R', '65534', sandbox.home]);
    chmodSync(sandbox.state, 0o500);
    const place = { env: sandbox.env, claudeDirectory: sandbox.claude, project: sandbox.home, offline: true };
    const checks = await withoutPrivileges(() => diagnose(place));
    chmodSync(sandbox.state, 0o700);
    if (process.getuid?.() === 0) chownSync(sandbox.home, 0, 0);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'disk', status: 'error', detail: expect.stringContaining('EACCES') }),
    );
  });
});

describe('settings of an organisation', () => {
  const managed = (settings: object, file = 'managed-settings.json') => {
    const managedDirectory = join(sandbox.home, 'managed');
    mkdirSync(join(managedDirectory, 'managed-settings.d'), { recursive: true });
    writeFileSync(join(managedDirectory, file), JSON.stringify(settings));
    const place = { env: sandbox.env, claudeDirectory: sandbox.claude, project: sandbox.home, offline: true };
    return diagnose({ ...place, managedDirectory });
  };

  test.each([
    ['managed-settings.json', { disableAllHooks: true }, 'disableAllHooks is true in the managed settings'],
    ['managed-settings.d/10.json', { disableAllHooks: true }, '10.json'],
    ['managed-settings.json', { allowManagedHooksOnly: true }, 'only the organisation'],
  ])('in %s, %j keeps the hook from running', async (file, settings, detail) => {
    const checks = await managed(settings, file);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'hooks-enabled', status: 'error', detail: expect.stringContaining(detail) }),
    );
  });

  test('that register the hook run it although the user has switched hooks off', async () => {
    const { hooks } = JSON.parse(readFileSync(sandbox.settings, 'utf8'));
    writeFileSync(sandbox.settings, '{"disableAllHooks":true}');
    expect(await managed({ hooks })).toContainEqual(expect.objectContaining({ name: 'hooks-enabled', status: 'ok' }));
  });

  test('that register the hook themselves let it run', async () => {
    const { hooks } = JSON.parse(readFileSync(sandbox.settings, 'utf8'));
    writeFileSync(sandbox.settings, '{}');
    const checks = await managed({ allowManagedHooksOnly: true, hooks });
    expect(checks.filter(({ name }) => name.startsWith('hook')).map(({ name, status }) => [name, status])).toEqual([
      ['hook-registered', 'ok'],
      ['hooks-enabled', 'ok'],
      ['hook-fires', 'ok'],
      ['hook-runs', 'skipped'],
    ]);
  });
});

describe('an endpoint', () => {
  test('is connected to and sent nothing; one that does not answer is named, and --offline asks none', async () => {
    server = await startLoopbackServer();
    await sandbox.stopwire(['install', '--yes', '--no-redaction', '--endpoint', `${server.url}/v1/records`]);
    // Paused, so that the worker of the fired hook does not deliver.
    const { destinations } = JSON.parse(readFileSync(config(), 'utf8'));
    editJson(config(), { destinations: destinations.map((one: object) => ({ ...one, paused: true })) });
    const diagnosis = await doctor([]);
    expect(found(diagnosis, 'endpoint:http')).toMatchObject([{ status: 'ok' }]);
    expect(found(diagnosis, 'destination:http')).toMatchObject([
      { status: 'warning', detail: expect.stringContaining('paused') },
    ]);
    expect(server.begun()).toBe(0);
    expect(found(await doctor(), 'endpoint:http')).toMatchObject([{ status: 'skipped' }]);
    await server.close();
    expect(found(await doctor([]), 'endpoint:http')).toMatchObject([
      {
        status: 'error',
        detail: expect.stringContaining('ECONNREFUSED'),
        remedy: 'npx stopwire destinations test http',
      },
    ]);
  });
});

describe('the key of an endpoint', () => {
  test.each([
    [200, { status: 'ok', detail: expect.stringMatching(/^taken after \d+ ms$/) }],
    [400, { status: 'ok', detail: expect.stringContaining('takes no batch without records') }],
    [401, { status: 'error', detail: expect.stringContaining('401'), remedy: 'npx stopwire destinations test http' }],
  ])('is tried without a record; the answer %d', async (status, expected) => {
    server = await startLoopbackServer();
    server.script({ status });
    await sandbox.stopwire(['install', '--yes', '--no-redaction', '--endpoint', `${server.url}/v1/records`]);
    // No worker delivers meanwhile.
    const diagnosis = await doctor([], { env: { STOPWIRE_DISABLED: '1' } });
    expect(found(diagnosis, 'key:http')).toEqual([expect.objectContaining(expected)]);
    expect(server.requests.map(({ body }) => JSON.parse(body).records)).toEqual([[]]);
    expect(found(await doctor(), 'key:http')).toEqual([]);
  });
});

describe('the hook that is fired', () => {
  test.each([
    ['exit 2', 'ended with 2'],
    ['echo hello', 'printed something'],
    [':', 'left no mark'],
  ])('%s: is an error', async (command, detail) => {
    replaceCommand(`${command}; : stopwire-stop-hook`.replace('exit 2; :', 'sh -c "exit 2"; exit $?; :'));
    expect(found(await doctor([]), 'hook-runs')).toMatchObject([
      { status: 'error', detail: expect.stringContaining(detail), remedy: 'npx stopwire install' },
    ]);
  });

  test('brings no worker where the program does not start', async () => {
    writeFileSync(join(program(), 'dist', 'main.js'), 'process.exit(1);\n');
    expect(found(await doctor([]), 'hook-runs')).toMatchObject([
      { status: 'error', detail: expect.stringContaining('no worker came') },
    ]);
    rmSync(join(sandbox.state, 'wake'));
  });
});
