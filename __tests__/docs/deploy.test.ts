/** Runs every command of docs/deploy.md: each section on a host of its own, its blocks in their order. */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { managedHookCommand } from '../../src/install/launcher.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { TRANSCRIPTS } from '../helpers/fixtures.ts';
import { type Host, npmEnvironment } from '../helpers/packed.ts';
import { setUpRollOut } from '../helpers/roll-out.ts';
import type { Ended } from '../helpers/sandbox.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'deploy.md'), 'utf8');
const KEY = 'k-0123456789abcdef';

interface Block {
  language: string;
  text: string;
}

/** The blocks of each section, by its heading. */
const sections: ReadonlyMap<string, readonly Block[]> = new Map(
  PAGE.split(/^## /m).map((section) => {
    const blocks = Array.from(section.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language = '', text = '']) => {
      return { language, text };
    });
    return [section.split('\n')[0] ?? '', blocks];
  }),
);

/** What a block has a shell run. */
const COMMANDS: { readonly [language: string]: (text: string) => string[] } = {
  sh: (text) => [text],
  dockerfile: (text) => Array.from(text.matchAll(/^RUN (.*)$/gm), ([, command = '']) => command),
  yaml: (text) => Array.from(text.matchAll(/^.*?(?:run|\.command): (.*)$/gm), ([, command = '']) => command),
  json: (text) => [JSON.parse(text).postCreateCommand ?? ':'],
};

const { prefix, server, makeHost, received } = setUpRollOut();
let host: Host;

/** Runs all commands of a section; npm takes the tarball, and is offline. */
async function runSection(title: string): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const { language, text } of sections.get(title) ?? []) {
    for (const command of COMMANDS[language]?.(text) ?? []) {
      ended.push(await host.run(`set -e\n${here(command)}`, { env: { ...environment(), ...variablesIn(text) } }));
    }
  }
  return ended;
}

/** What a workflow sets; its secrets are our key. */
function variablesIn(text: string): NodeJS.ProcessEnv {
  const given = Array.from(text.matchAll(/^ +(STOPWIRE_\w+): (.*)$/gm), ([, name = '', value = '']) => {
    return [name, here(value.replace('${{ secrets.STOPWIRE_KEY }}', KEY))];
  });
  return Object.fromEntries(given);
}

/** The command for this host: our server, our tarball, and files that only some machines have. */
function here(command: string): string {
  return command
    .replaceAll('https://collector.example/v1/records', `${server().url}/v1/records`)
    .replaceAll(/(npm install --global) stopwire(@latest)?/g, `$1 ${prefix().tarball}`)
    .replaceAll(' @anthropic-ai/claude-code', '')
    .replaceAll('/run/secrets/stopwire', join(host.home, 'key'))
    .replaceAll('/etc/ssl/certs/ca-certificates.crt', join(host.home, 'cert.pem'));
}

const own = (): string => join(host.home, '..', 'prefix');

function environment(): NodeJS.ProcessEnv {
  return {
    ...npmEnvironment(),
    HOME: host.home,
    PATH: [join(host.home, '..', 'client'), join(own(), 'bin'), process.env['PATH']].join(delimiter),
    npm_config_prefix: own(),
    npm_config_cache: join(own(), 'cache'),
    npm_config_offline: 'true',
    npm_config_omit: 'optional',
  };
}

beforeEach(() => {
  host = makeHost();
  cpSync(prefix().folder, own(), { recursive: true, verbatimSymlinks: true });
  for (const name of ['key', '.stopwire-key']) writeFileSync(join(host.home, name), KEY, { mode: 0o600 });
  copyFileSync(prefix().tarball, join(host.home, 'stopwire-0.0.0.tgz'));
  makeClient();
});

/** What Claude Code does to the files: a session writes a transcript, and a plugin is noted where it is installed. */
function makeClient(): void {
  const folder = join(host.home, '..', 'client');
  mkdirSync(folder);
  const plugins = '{"version":2,"plugins":{"stopwire@stopwire":[{"installPath":"%s"}]}}';
  writeFileSync(
    join(folder, 'claude'),
    `#!/bin/sh
case "$1 $2" in
  'plugin marketplace') echo "$4" >"$HOME/marketplace" ;;
  'plugin install')
    mkdir "$HOME/.claude/plugins"
    printf '${plugins}' "$(cat "$HOME/marketplace")" >"$HOME/.claude/plugins/installed_plugins.json"
    echo '{"enabledPlugins":{"stopwire@stopwire":true}}' >"$HOME/.claude/settings.json" ;;
  *) cp -R '${join(TRANSCRIPTS, '2.1.329-simple')}' "$HOME/.claude/projects/" ;;
esac
`,
  );
  chmodSync(join(folder, 'claude'), 0o755);
}

const settings = () => JSON.parse(readFileSync(host.settings, 'utf8'));

function expectEveryRecord(): void {
  expect([...new Set(idsOf(received()))].toSorted()).toEqual(expectedIds(host.projects));
  for (const { headers } of server().requests) expect(headers.authorization).toBe(`Bearer ${KEY}`);
}

/** What a section must have brought about, besides that every command of it succeeds. */
const OUTCOMES: { readonly [title: string]: () => void | Promise<void> } = {
  'Without questions': expectEveryRecord,
  'CI jobs'() {
    expectEveryRecord();
    expect(existsSync(host.settings)).toBe(false);
    expect(readFileSync(configPath(), 'utf8')).not.toContain(KEY);
  },
  Containers: expectEveryRecord,
  'Fleets (Jamf, Intune, Ansible)'() {
    const printed = JSON.parse(readFileSync(join(host.home, '50-stopwire.json'), 'utf8'));
    expect(printed).toEqual({ hooks: { Stop: [{ hooks: [managedHookCommand()] }] } });
  },
  async 'The plugin'() {
    expect(settings()).toEqual({ enabledPlugins: { 'stopwire@stopwire': true } });
    await host.run(managedHookCommand().command);
    await host.settle();
    expect(idsOf(received()).toSorted()).toEqual(expectedIds(host.projects));
  },
  'Hosts without a registry'() {
    expect(settings().hooks.Stop).toHaveLength(1);
  },
};

const configPath = (): string => join(host.home, '.config', 'stopwire', 'config.json');

describe('docs/deploy.md', () => {
  const withCommands = Array.from(sections).filter(([, blocks]) => blocks.length > 0);

  test.each(withCommands.map(([title]) => title))(
    'the commands of “%s” succeed, and do what it says',
    async (title) => {
      makeCertificate(host.home, { subjectAltName: 'IP:127.0.0.1', days: 1 });
      for (const { code, stderr } of await runSection(title)) expect(code === 0 ? '' : stderr).toBe('');
      await host.settle();
      await OUTCOMES[title]?.();
    },
  );

  test('knows every language of its blocks, and the sections that are looked at', () => {
    const languages = new Set(withCommands.flatMap(([, blocks]) => blocks.map(({ language }) => language)));
    expect(Object.keys(COMMANDS)).toEqual(expect.arrayContaining([...languages]));
    expect(Array.from(sections.keys())).toEqual(expect.arrayContaining(Object.keys(OUTCOMES)));
  });

  test('its configuration is kept by the installation that comes after it', async () => {
    const [template = { text: '' }] =
      sections.get('Fleets (Jamf, Intune, Ansible)')?.filter(({ language }) => language === 'json') ?? [];
    mkdirSync(dirname(configPath()), { recursive: true, mode: 0o700 });
    writeFileSync(configPath(), here(template.text).replace(/security find[^"]*/, 'cat key'), { mode: 0o600 });
    const before = JSON.parse(readFileSync(configPath(), 'utf8'));
    const { code, stderr } = await host.run('stopwire install --yes && stopwire run', { env: environment() });
    expect(code === 0 ? '' : stderr).toBe('');
    const { destinations, exclude } = JSON.parse(readFileSync(configPath(), 'utf8'));
    expect({ destinations, exclude }).toEqual({ destinations: before.destinations, exclude: before.exclude });
    expect(received().length).toBeGreaterThan(0);
    for (const { headers } of server().requests) expect(headers.authorization).toBe(`Bearer ${KEY}`);
  });
});
