import { describe, expect, test } from '@jest/globals';
import { withEnvironment, type InstallFlags } from '../../src/commands/install-flags.ts';
import { plannedFrom } from '../../src/commands/install-plan.ts';
import { emptyConfig, withDestination, type Config } from '../../src/config.ts';
import { recordingTerminal, type RecordingTerminal } from '../helpers/terminal.ts';

const HTTP = { name: 'http', kind: 'http', redaction: 'content', options: { endpoint: 'https://a/' } };
const LOCAL = { name: 'local', kind: 'local', redaction: 'none', options: {} };
const COLLECTOR = 'http://127.0.0.1:7867/v1/records';

const INPUT = 'key-from-input';
const terminal: RecordingTerminal = { ...recordingTerminal({}), readInput: async () => INPUT };

async function planned(flags: InstallFlags, env: NodeJS.ProcessEnv = {}, existing?: Config) {
  const surroundings = { env, storePath: '/nowhere', userAgent: 'test' };
  return plannedFrom(withEnvironment(flags, env), { existing, surroundings, terminal });
}

describe('where records go', () => {
  test.each<[string, InstallFlags, NodeJS.ProcessEnv, object[]]>([
    ['nothing named: the embedded store', {}, {}, [LOCAL]],
    ['an endpoint: there, redacted', { endpoint: 'https://a/' }, {}, [HTTP]],
    [
      'a key: to the local collector',
      { apiKey: 'k' },
      {},
      [{ ...HTTP, options: { endpoint: COLLECTOR, apiKey: 'k' } }],
    ],
    ['a key on standard input', { apiKey: '-' }, {}, [{ ...HTTP, options: { endpoint: COLLECTOR, apiKey: INPUT } }]],
    ['both', { endpoint: 'https://a/', local: true }, {}, [HTTP, LOCAL]],
    ['the store by its kind, once', { destination: 'local', local: true }, {}, [LOCAL]],
    ['--redaction for the store too', { redaction: '' }, {}, [{ ...LOCAL, redaction: 'content' }]],
    ['--redaction metadata', { redaction: 'metadata' }, {}, [{ ...LOCAL, redaction: 'metadata' }]],
    ['--no-redaction', { endpoint: 'https://a/', redaction: false }, {}, [{ ...HTTP, redaction: 'none' }]],
    ['--no-local and nothing else: nowhere', { local: false }, {}, []],
    [
      'a file, by its absolute path',
      { file: '/tmp/x.ndjson' },
      {},
      [{ name: 'file', kind: 'file', redaction: 'none', options: { path: '/tmp/x.ndjson' } }],
    ],
    [
      'a kind of the registry, with options and a secret that is looked up later',
      { destination: 'http', set: ['endpoint=https://a/', 'timeoutMs=500'], secret: ['apiKey=env:KEY'] },
      { KEY: 'k' },
      [{ ...HTTP, options: { endpoint: 'https://a/', timeoutMs: 500, apiKey: { env: 'KEY' } } }],
    ],
    [
      '--since, for each of them',
      { endpoint: 'https://a/', local: true, since: '2026-05-01' },
      { STOPWIRE_SINCE: 'all' },
      [
        { ...HTTP, since: '2026-05-01T00:00:00.000Z' },
        { ...LOCAL, since: '2026-05-01T00:00:00.000Z' },
      ],
    ],
    [
      '--hash and --no-mask-secrets, each where it has a meaning',
      { endpoint: 'https://a/', local: true, hash: true, maskSecrets: false },
      {},
      [
        { ...HTTP, hash: true },
        { ...LOCAL, maskSecrets: false },
      ],
    ],
  ])('%s', async (_, flags, env, expected) => {
    expect(await planned(flags, env)).toEqual(expected);
  });

  test.each<[string, NodeJS.ProcessEnv, object[]]>([
    [
      'an endpoint, its key and its level',
      { STOPWIRE_ENDPOINT: 'https://a/', STOPWIRE_API_KEY: 'k', STOPWIRE_REDACTION: 'none' },
      [{ ...HTTP, redaction: 'none', options: { endpoint: 'https://a/', apiKey: 'k' } }],
    ],
    [
      'a kind, its options one a line, and a hash',
      {
        STOPWIRE_DESTINATION: 'http',
        STOPWIRE_SET: 'endpoint=https://a/\ntimeoutMs=500\n',
        STOPWIRE_SECRET: 'apiKey=env:PATH',
        STOPWIRE_HASH: '1',
        PATH: '/bin',
      },
      [{ ...HTTP, hash: true, options: { endpoint: 'https://a/', timeoutMs: 500, apiKey: { env: 'PATH' } } }],
    ],
    [
      'a file and the store, unmasked',
      { STOPWIRE_FILE: '/tmp/x', STOPWIRE_LOCAL: 'true', STOPWIRE_MASK_SECRETS: 'false' },
      [
        { name: 'file', kind: 'file', redaction: 'none', maskSecrets: false, options: { path: '/tmp/x' } },
        { ...LOCAL, maskSecrets: false },
      ],
    ],
    ['a start', { STOPWIRE_SINCE: '2026-05-01' }, [{ ...LOCAL, since: '2026-05-01T00:00:00.000Z' }]],
    ['an empty variable, which is none', { STOPWIRE_ENDPOINT: '', STOPWIRE_LOCAL: '', STOPWIRE_SET: '' }, [LOCAL]],
  ])('the environment stands in for flags: %s', async (_, env, expected) => {
    expect(await planned({}, env)).toEqual(expected);
  });

  test('a flag counts before the environment', async () => {
    const env = { STOPWIRE_ENDPOINT: 'https://e/', STOPWIRE_LOCAL: '1' };
    expect(await planned({ endpoint: 'https://a/', local: false }, env)).toEqual([HTTP]);
  });

  test('an installation that is there keeps what it has, unless it is told not to', async () => {
    const existing = withDestination(emptyConfig(), HTTP);
    expect(await planned({}, {}, existing)).toEqual([]);
    expect(await planned({ keep: false }, {}, existing)).toEqual([LOCAL]);
    expect(await planned({}, { STOPWIRE_KEEP: 'false' }, existing)).toEqual([LOCAL]);
  });
});

describe('flags that name no destination, where some are there and stay', () => {
  const existing = withDestination(emptyConfig(), { ...LOCAL, redaction: 'metadata' });
  const said = async (flags: InstallFlags): Promise<string> => {
    const before = terminal.said.length;
    expect(await planned(flags, {}, existing)).toEqual([]);
    return terminal.said.slice(before).join('\n');
  };

  test.each<[InstallFlags, string]>([
    [{ redaction: 'content' }, '--redaction changed nothing'],
    [{ redaction: 'content', hash: true }, '--redaction and --hash changed nothing'],
    [{ maskSecrets: false }, '--no-mask-secrets changed nothing'],
  ])('are said to change nothing: %j', async (flags, words) => {
    expect(await said(flags)).toContain(words);
  });

  test.each<[InstallFlags]>([[{}], [{ redaction: 'metadata' }], [{ since: '30d' }]])(
    'are passed over where they ask for what is there: %j',
    async (flags) => expect(await said(flags)).toBe(''),
  );

  test.each<[InstallFlags, RegExp]>([
    [{ redaction: 'contents' }, /no redaction level "contents"/],
    [{ since: 'soon' }, /^--since soon names no moment/],
  ])('are refused where they cannot be used: %j', async (flags, message) => {
    await expect(planned(flags, {}, existing)).rejects.toThrow(message);
  });
});

describe('what cannot be used', () => {
  test.each<[InstallFlags, NodeJS.ProcessEnv, RegExp]>([
    [{ file: '-' }, {}, /no standard output/],
    [{ since: 'soon' }, {}, /^--since soon names no moment/],
    [{}, { STOPWIRE_SINCE: 'soon' }, /^STOPWIRE_SINCE soon names no moment/],
    [{}, { STOPWIRE_LOCAL: 'maybe' }, /^STOPWIRE_LOCAL must be true or false/],
    [{ endpoint: 'https://a/', maskSecrets: false }, {}, /^Secrets are always masked at the level content/],
    [{ local: true, hash: true }, {}, /^--hash stands for hidden text/],
    [{ redaction: 'all' }, {}, /^There is no redaction level "all"/],
    [{ destination: 'htp' }, {}, /^There is no type of destination "htp"/],
    [{ destination: 'local', endpoint: 'https://a/' }, {}, /^A destination of the type local has no option "endpoint"/],
    [{ destination: 'local', apiKey: 'key-0123' }, {}, /^A destination of the type local has no option "apiKey"/],
    [{ set: ['apiKey=key-0123'] }, {}, /^apiKey is a secret/],
    [{ endpoint: 'http://a/' }, {}, /anyone on the way can read along/],
    [{ endpoint: 'https://a/?token=key-0123' }, {}, /its query contains "token"/],
    [{ endpoint: 'http://127.0.0.1:9/', test: true }, {}, /was tried, and it fails: the connection was refused/],
  ])('is refused: %j %j', async (flags, env, message) => {
    const refusal = await planned(flags, env).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect(JSON.stringify(refusal)).not.toContain('key-0123');
  });
});
