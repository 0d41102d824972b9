import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { converse, ENTER } from '../helpers/pseudo-terminal.ts';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

const KEY = 'otel-key-0123456789';
const ENDPOINT = 'https://otel.example.com';
const WITH_KEY = ['install', '--yes', '--otel-endpoint', ENDPOINT, '--otel-key', '-'];
const SETTINGS = `{
  "env": {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https:\\/\\/own.example",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-own=1",
    "OTHER": "2"
  },
  "model": "opus"
}
`;

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = makeSandbox();
  writeFileSync(sandbox.settings, SETTINGS);
});
afterEach(() => sandbox.remove());

const settings = () => JSON.parse(readFileSync(sandbox.settings, 'utf8'));
const installWithKey = () => sandbox.stopwire(WITH_KEY, { stdin: `${KEY}\n` });

describe("the client's telemetry", () => {
  test('is left alone unless it is asked for', async () => {
    await sandbox.stopwire(['install', '--yes']);
    expect(settings().env).toEqual(JSON.parse(SETTINGS).env);
  });

  test('is set where it is asked for, with a warning about the key, which nothing shows', async () => {
    const { code, stdout, stderr } = await installWithKey();
    expect(code).toBe(0);
    expect(settings()).toMatchObject({
      model: 'opus',
      env: {
        OTHER: '2',
        CLAUDE_CODE_ENABLE_TELEMETRY: '1',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT,
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${KEY}`,
      },
    });
    expect(sandbox.hookCommand()).toContain('stopwire-stop-hook');
    expect(stderr).toContain('The settings hold this key as text');
    expect(stdout + stderr).not.toContain(KEY);
  });

  test('is not set where a plugin registers the hook, and no settings file is written; that is said', async () => {
    const plugin = join(dirname(sandbox.settings), 'skills', 'stopwire');
    for (const folder of ['.claude-plugin', 'hooks']) {
      cpSync(join(import.meta.dirname, '..', '..', folder), join(plugin, folder), { recursive: true });
    }
    const { code, stderr } = await installWithKey();
    expect([code, stderr]).toEqual([2, expect.stringContaining('registered by your organisation or by a plugin')]);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(SETTINGS);
  });

  test('is set once: a second time changes no byte', async () => {
    await installWithKey();
    const first = readFileSync(sandbox.settings, 'utf8');
    const { stderr } = await installWithKey();
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(first);
    expect(stderr).toContain('was not changed');
  });

  test('comes from the environment as well, in a header of any name', async () => {
    sandbox.env['STOPWIRE_OTEL_ENDPOINT'] = ENDPOINT;
    sandbox.env['STOPWIRE_OTEL_KEY'] = KEY;
    sandbox.env['STOPWIRE_OTEL_HEADER'] = 'x-api-key';
    await sandbox.stopwire(['install']);
    expect(settings().env.OTEL_EXPORTER_OTLP_HEADERS).toBe(`x-api-key=${KEY}`);
  });

  test('is shown before it is set, without keys', async () => {
    const dry = await sandbox.stopwire([...WITH_KEY, '--dry-run'], { stdin: KEY });
    expect(dry.stdout).toContain(`+     "OTEL_EXPORTER_OTLP_ENDPOINT": "${ENDPOINT}"`);
    expect(dry.stdout + dry.stderr).not.toMatch(/otel-key-|x-own|Bearer/);
    const { screen, unasked } = await converse(
      sandbox,
      ['install', '--local', '--since', 'all', '--otel-endpoint', ENDPOINT, '--otel-key', '-'],
      [
        ['Key for the telemetry', `${KEY}${ENTER}`],
        ['Change settings.json?', `n${ENTER}`],
      ],
    );
    expect(unasked).toEqual([]);
    expect(screen).toContain('CLAUDE_CODE_ENABLE_TELEMETRY');
    expect(screen).not.toMatch(/otel-key-|x-own|Bearer/);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(SETTINGS);
  });
});

describe('uninstall', () => {
  test('gives the file back byte for byte', async () => {
    await sandbox.stopwire(['install', '--yes']);
    await installWithKey();
    await sandbox.stopwire(['install', '--yes', '--otel-endpoint', 'https://other.example', '--otel-key', 'k']);
    await sandbox.stopwire(['uninstall', '--yes']);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(SETTINGS);
  });

  test('puts back what was replaced, and keeps what somebody has changed since', async () => {
    await installWithKey();
    const { env, ...rest } = settings();
    const edited = { ...rest, theme: 'dark', env: { ...env, OTEL_LOGS_EXPORTER: 'console', NEW: '3' } };
    writeFileSync(sandbox.settings, JSON.stringify(edited));
    // An installation that asks for nothing of it forgets nothing of it.
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.stopwire(['uninstall', '--yes']);
    expect(settings()).toEqual({
      ...JSON.parse(SETTINGS),
      theme: 'dark',
      env: { ...JSON.parse(SETTINGS).env, OTEL_LOGS_EXPORTER: 'console', NEW: '3' },
    });
  });

  test('takes back variables although somebody has taken the hook out by hand and it was installed again', async () => {
    await installWithKey();
    const { hooks: _, ...rest } = settings();
    writeFileSync(sandbox.settings, JSON.stringify(rest));
    await sandbox.stopwire(['install', '--yes']);
    await sandbox.stopwire(['uninstall', '--yes']);
    expect(settings()).toEqual(JSON.parse(SETTINGS));
  });

  test('knows what was replaced from a file that only its owner may read', async () => {
    await installWithKey();
    const record = join(sandbox.data, 'installation.json');
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(readFileSync(record, 'utf8')).toContain('x-own=1');
  });
});

describe('refused, with nothing changed:', () => {
  test.each<[string, number, RegExp, string[]]>([
    ['plain http to another machine', 1, /read along/, ['--otel-endpoint', 'http://otel.example.com']],
    ['a key in the address', 1, /its query contains "token"/, ['--otel-endpoint', `${ENDPOINT}/?token=${KEY}`]],
    ['no address', 2, /not an http or https address/, ['--otel-endpoint', 'otel.example.com']],
    ['a key without an address', 2, /belong to --otel-endpoint/, ['--otel-key', '-']],
    ['a key of the user, to another address', 3, /to another address/, ['--otel-endpoint', ENDPOINT]],
    ['a key in a file that is committed', 2, /are committed/, [...WITH_KEY.slice(2), '--scope', 'project']],
    ['settings that are left alone', 2, /leaves alone/, [...WITH_KEY.slice(2), '--no-auto-update']],
    ['two keys on one standard input', 2, /can hold one key/, [...WITH_KEY.slice(2), '--api-key', '-']],
    ['a header that is none', 2, /not the name of a header/, [...WITH_KEY.slice(2), '--otel-header', 'a b']],
    ['an empty key', 2, /is empty/, ['--otel-endpoint', ENDPOINT, '--otel-key', '']],
  ])('%s', async (_, code, message, flags) => {
    const refused = await sandbox.stopwire(['install', '--yes', ...flags], { stdin: KEY });
    expect(refused).toMatchObject({ code, stderr: expect.stringMatching(message) });
    expect(refused.stderr).not.toContain(KEY);
    expect(readFileSync(sandbox.settings, 'utf8')).toBe(SETTINGS);
  });
});
