/** What kind of work a command is, by the programs that it runs. */
import { nameOf, type Invocation } from './programs.ts';

export const commandKinds = [
  'git',
  'composer',
  'npm',
  'php',
  'test',
  'artisan',
  'fs',
  'net',
  'docker',
  'gh',
  'other',
] as const;
export type CommandKind = (typeof commandKinds)[number];

/** What a script is for: the kind of its first program that does more than prepare for the next. */
export function commandKindOf(invocations: readonly Invocation[]): CommandKind {
  const first = invocations.find(({ program }) => !PREPARING.has(program)) ?? invocations[0];
  return first === undefined ? 'other' : kindOf(first);
}

/** The programs of a script by name, at most eight; `other` for all that are not commonly known. */
export function programNames(invocations: readonly Invocation[]): readonly string[] {
  const all = invocations.flatMap(({ through, program }) => [...through, program]);
  return [...new Set(all.map((name) => (KNOWN.has(name) ? name : 'other')))].slice(0, MAX_PROGRAMS);
}

const PREPARING: ReadonlySet<string> = new Set('cd pushd popd export set unset source . true : sleep'.split(' '));

const KINDS: { readonly [kind in CommandKind]?: string } = {
  git: 'git',
  composer: 'composer',
  npm: 'npm npx yarn pnpm bun bunx',
  php: 'php',
  test: 'pest phpunit jest vitest mocha pytest',
  artisan: 'artisan',
  fs: 'awk basename cat cd chmod chown cp cut df diff dirname du fd file find grep head install jq less ln ls mkdir mktemp more mv pwd readlink realpath rg rm rmdir sed sort split stat tail tar tee touch tr tree truncate uniq unzip wc zip',
  net: 'curl dig ftp host http nc netcat nslookup ping rsync scp sftp ssh telnet traceroute wget',
  docker: 'docker docker-compose podman',
  gh: 'gh',
};

const KIND_OF: ReadonlyMap<string, CommandKind> = new Map(
  commandKinds.flatMap((kind) => KINDS[kind]?.split(' ').map((program) => [program, kind] as const) ?? []),
);

const RUNNERS: ReadonlySet<string> = new Set('npx bunx yarn pnpm bun npm php'.split(' '));

function kindOf({ program, args }: Invocation): CommandKind {
  const kind = KIND_OF.get(program) ?? 'other';
  if (!RUNNERS.has(program)) return kind;
  const run = args.find((arg) => !arg.startsWith('-') && !/^(?:exec|dlx|run|x)$/.test(arg));
  const inner = run === undefined ? undefined : KIND_OF.get(nameOf(run));
  return inner === 'test' || inner === 'artisan' ? inner : kind;
}

/** Programs that can be named without telling anything about anybody. */
const KNOWN: ReadonlySet<string> = new Set([
  ...KIND_OF.keys(),
  ...PREPARING,
  ...`ansible apt apt-get aws az bash brew builtin bundle cargo clang cmake code command corepack crontab dash date
  dd deno dnf doas dotnet echo env esbuild eslint exec exit false firebase flutter g++ gcc gcloud gem glab go gradle
  gradlew gunzip gzip helm heroku ionice java javac just kill killall kubectl lsof make mkfs mvn mysql netlify
  ng nginx nice ninja node nohup nvm nx oxlint passwd perl pip pip3 pkill poetry prettier printf ps psql pwsh
  python python3 rails rake redis-cli ruby ruff rustc rustup screen seq setsid sh shred sqlite3 stdbuf su sudo
  swift systemctl terraform test time timeout tmux top tox tsc tsx turbo uname unlink uv uvx vercel vim vite
  watch whereis which whoami xargs xcodebuild yes zsh`.split(/\s+/),
]);

const MAX_PROGRAMS = 8;
