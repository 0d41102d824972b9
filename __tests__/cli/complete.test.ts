/** What a shell is offered: asked in this process, and by real shells that have read the script. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { declaredCommands } from '../../src/cli.ts';
import { completions } from '../../src/cli/complete.ts';
import { destinationKinds } from '../../src/destinations/index.ts';
import { BIN, makeSandbox, runToEnd, type Sandbox } from '../helpers/sandbox.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const program = declaredCommands({ terminal: recordingTerminal({}), exit: () => {} });

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = makeSandbox();
  mkdirSync(sandbox.config, { recursive: true });
  const destinations = ['team', 'télé', '$(touch here)'].map((name) => ({ name, kind: 'local' }));
  writeFileSync(
    join(sandbox.config, 'config.json'),
    JSON.stringify({ version: 1, claudeDirectories: [], destinations }),
  );
  mkdirSync(join(sandbox.home, 'bin'));
  writeFileSync(join(sandbox.home, 'bin', 'stopwire'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(join(sandbox.home, 'bin', 'stopwire'), 0o755);
});
afterAll(() => sandbox.remove());

/** `|` is where the cursor stands; the last word is being typed. */
async function offered(line: string): Promise<readonly string[]> {
  return completions(program, line.replace(/\|$/, '').split(' ').slice(1), sandbox.env);
}

describe('what is offered for', () => {
  test.each<[line: string, words: string[]]>([
    ['stopwire ins|', ['install']],
    ['stopwire dest|', ['destinations']],
    ['stopwire destinations re|', ['remove', 'resume']],
    ['stopwire dlq |', ['list', 'show', 'retry', 'purge']],
    ['stopwire status --js|', ['--json']],
    ['stopwire status --qu|', ['--quiet']],
    ['stopwire --quiet stat|', ['status']],
    ['stopwire destinations test --no-|', ['--no-canary', '--no-color']],
    ['stopwire cost --by pro|', ['project']],
    ['stopwire run --destination |', ['team']],
    ['stopwire destinations pause t|', ['team']],
    ['stopwire destinations pause team |', []],
    ['stopwire destinations add |', Object.keys(destinationKinds)],
    ['stopwire destinations add team --type f|', ['file']],
    ['stopwire destinations types l|', ['local', 'loki']],
    ['stopwire install --destination o|', ['otlp']],
    ['stopwire config get secrets.|', ['secrets.patterns', 'secrets.entropy']],
    ['stopwire completion |', ['bash', 'zsh', 'fish']],
    ['stopwire export --since |', []],
    ['stopwire nothing |', []],
  ])('%s', async (line, words) => {
    expect(await offered(line)).toEqual(words);
  });

  test('stopwire |, all commands', async () => {
    expect(await offered('stopwire |')).toEqual(program.commands.map(({ path }) => path.join(' ')));
  });

  test('a configuration that cannot be read is for the command to say', async () => {
    const { stdout, code } = await sandbox.stopwire(['__complete', 'run', '--destination', ''], {
      env: { XDG_CONFIG_HOME: join(sandbox.home, 'bin', 'stopwire') },
    });
    expect({ stdout, isSilent: code !== 0 }).toEqual({ stdout: '', isSilent: true });
  });
});

/** Each prints what it would offer, a line each. The lines end where the cursor stands. */
const SHELLS: { readonly [shell: string]: (line: string) => string } = {
  bash: (line) => `
    source <(stopwire completion bash)
    COMP_WORDS=(${line} ${line.endsWith(' ') ? "''" : ''}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _stopwire && printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line) => `
    compdef() { :; }
    compadd() { shift; printf '%s\\n' "$@"; }
    _files() { echo files; }
    source <(stopwire completion zsh)
    words=(\${(z)"$(echo '${line.trimEnd()}')"} ${line.endsWith(' ') ? "''" : ''}) CURRENT=\${#words}
    _stopwire`,
  fish: (line) => `stopwire completion fish | source; complete -C '${line}'`,
};

const isInstalled = (shell: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, shell)));

describe.each(Object.keys(SHELLS).filter(isInstalled))('%s, with the script that it is given', (shell) => {
  async function asked(line: string): Promise<string[]> {
    const env = { ...sandbox.env, PATH: `${join(sandbox.home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
    const { stdout, stderr } = await runToEnd(shell, ['-c', SHELLS[shell]?.(line) ?? ''], { env, cwd: sandbox.home });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  }

  test.each([
    ['stopwire inst', ['install']],
    ['stopwire destinations re', ['remove', 'resume']],
    ['stopwire cost --veri', ['--verify']],
    ['stopwire run --destination ', ['team']],
  ])('completes %s', async (line, words) => {
    const found = (await asked(line)).map((word) => word.replace(/\t.*/, ''));
    expect(found).toHaveLength(words.length);
    expect(found).toEqual(expect.arrayContaining(words));
  });
});

test('a shell that there is no script for is named, with those that there is one for', async () => {
  expect(await sandbox.stopwire(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('There is no completion for "tcsh".\nThere is one for bash, zsh, fish'),
  });
});

test('without a name, the script is for the shell in SHELL', async () => {
  const [named, found] = await Promise.all([
    sandbox.stopwire(['completion', 'fish']),
    sandbox.stopwire(['completion'], { env: { SHELL: '/usr/local/bin/fish' } }),
  ]);
  expect(found).toEqual(named);
});
