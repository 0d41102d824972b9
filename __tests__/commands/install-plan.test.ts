import { describe, expect, test } from '@jest/globals';
import { destinationsFrom, LOCAL_COLLECTOR, type InstallFlags } from '../../src/commands/install-plan.ts';
import { emptyConfig, withDestination } from '../../src/config.ts';

const REMOTE = { name: 'http', kind: 'http', redaction: 'content' };
const LOCAL = { name: 'local', kind: 'local', redaction: 'none', options: {} };

describe('where records go', () => {
  test.each<[string, InstallFlags, NodeJS.ProcessEnv, object[]]>([
    ['nothing named: the embedded store', {}, {}, [LOCAL]],
    [
      'an endpoint: there, redacted',
      { endpoint: 'http://a/' },
      {},
      [{ ...REMOTE, options: { endpoint: 'http://a/' } }],
    ],
    [
      'a key: to the local collector',
      { apiKey: 'k' },
      {},
      [{ ...REMOTE, options: { endpoint: LOCAL_COLLECTOR, apiKey: 'k' } }],
    ],
    [
      'the environment stands in for flags',
      {},
      { STOPWIRE_ENDPOINT: 'http://e/', STOPWIRE_API_KEY: 'k', STOPWIRE_REDACTION: 'none' },
      [{ ...REMOTE, redaction: 'none', options: { endpoint: 'http://e/', apiKey: 'k' } }],
    ],
    [
      'a flag counts before the environment',
      { endpoint: 'http://f/' },
      { STOPWIRE_ENDPOINT: 'http://e/' },
      [{ ...REMOTE, options: { endpoint: 'http://f/' } }],
    ],
    ['an empty variable is none', {}, { STOPWIRE_ENDPOINT: '', STOPWIRE_API_KEY: '' }, [LOCAL]],
    ['both', { endpoint: 'http://a/', local: true }, {}, [{ ...REMOTE, options: { endpoint: 'http://a/' } }, LOCAL]],
    ['--redaction for the store too', { redaction: '' }, {}, [{ ...LOCAL, redaction: 'content' }]],
    [
      '--no-redaction for an endpoint',
      { endpoint: 'http://a/', redaction: false },
      {},
      [{ ...REMOTE, redaction: 'none', options: { endpoint: 'http://a/' } }],
    ],
    [
      'a file, by its absolute path',
      { file: '/tmp/x.ndjson' },
      {},
      [{ name: 'file', kind: 'file', redaction: 'none', options: { path: '/tmp/x.ndjson' } }],
    ],
    [
      '--since, for each of them',
      { endpoint: 'http://a/', local: true, since: '2026-05-01' },
      { STOPWIRE_SINCE: 'all' },
      [
        { ...REMOTE, since: '2026-05-01T00:00:00.000Z', options: { endpoint: 'http://a/' } },
        { ...LOCAL, since: '2026-05-01T00:00:00.000Z' },
      ],
    ],
    ['STOPWIRE_SINCE', {}, { STOPWIRE_SINCE: '2026-05-01' }, [{ ...LOCAL, since: '2026-05-01T00:00:00.000Z' }]],
    ['all history', { since: 'all' }, { STOPWIRE_SINCE: '2026-05-01' }, [LOCAL]],
    [
      '--hash and --no-mask-secrets, each where it has a meaning',
      { endpoint: 'http://a/', local: true, hash: true, maskSecrets: false },
      {},
      [
        { ...REMOTE, hash: true, options: { endpoint: 'http://a/' } },
        { ...LOCAL, maskSecrets: false },
      ],
    ],
    ['--redaction metadata', { redaction: 'metadata' }, {}, [{ ...LOCAL, redaction: 'metadata' }]],
    ['--no-local and nothing else: nowhere', { local: false }, {}, []],
  ])('%s', (_, flags, env, expected) => {
    expect(destinationsFrom(flags, env, undefined)).toEqual(expected);
  });

  test('an installation that is there keeps what it has', () => {
    const existing = withDestination(emptyConfig(), { ...REMOTE, options: {} });
    expect(destinationsFrom({}, {}, existing)).toEqual([]);
  });

  test('a hook has no standard output', () => {
    expect(() => destinationsFrom({ file: '-' }, {}, undefined)).toThrow(/no standard output/);
  });

  test.each<[InstallFlags, NodeJS.ProcessEnv, RegExp]>([
    [{ since: 'soon' }, {}, /^--since soon names no moment/],
    [{}, { STOPWIRE_SINCE: 'soon' }, /^STOPWIRE_SINCE soon names no moment/],
  ])('a start that is none is refused: %j %j', (flags, env, message) => {
    expect(() => destinationsFrom(flags, env, undefined)).toThrow(message);
  });

  test.each<[InstallFlags, RegExp]>([
    [{ endpoint: 'http://a/', maskSecrets: false }, /^Secrets are always masked at the level content/],
    [{ local: true, hash: true }, /^--hash stands for hidden text/],
  ])('a flag without a meaning is refused: %j', (flags, message) => {
    expect(() => destinationsFrom(flags, {}, undefined)).toThrow(message);
  });

  test('an unknown level is refused, with the ones there are', () => {
    expect(() => destinationsFrom({ redaction: 'all' }, {}, undefined)).toThrow(/"all"; there are none, /);
  });
});
