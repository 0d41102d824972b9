/** The programs that a command runs, found behind assignments, `sudo`, `timeout` and the like. */
import { own } from '../lib/json.ts';
import { simpleCommands, type Words } from './shell.ts';

/** One program with its arguments, and what it is run through: `sudo timeout 5 git push` is git behind two others. */
export interface Invocation {
  program: string;
  args: Words;
  through: readonly string[];
}

/** The programs of a script in the order of the text. */
export function invocationsOf(script: string, depth = 0): readonly Invocation[] {
  return simpleCommands(script).flatMap((words) => {
    const invocation = unwrapped(words);
    const inner = invocation && depth < 2 ? scriptOf(invocation) : undefined;
    if (inner !== undefined) return invocationsOf(inner, depth + 1);
    return invocation ?? [];
  });
}

/** Words that begin a list of other words, and no command. */
const LISTING: ReadonlySet<string> = new Set(['for', 'select', 'case', 'function']);
/** Words that stand before a command and are none. */
const RESERVED: ReadonlySet<string> = new Set('if then elif else while until do ! { } done fi esac'.split(' '));

/** Programs that run another one: their options that take a value, and their own arguments before it. */
const WRAPPERS: { readonly [program: string]: { options: string; own?: number } } = {
  sudo: { options: '-u -g -h -p -C -D -R -T -U -r -t' },
  doas: { options: '-u -C' },
  env: { options: '-u -C -S' },
  time: { options: '-f -o' },
  timeout: { options: '-s -k', own: 1 },
  nice: { options: '-n' },
  ionice: { options: '-c -n' },
  nohup: { options: '' },
  setsid: { options: '' },
  stdbuf: { options: '-i -o -e' },
  command: { options: '' },
  builtin: { options: '' },
  exec: { options: '-a' },
  xargs: { options: '-I -n -P -L -d -s -E' },
  watch: { options: '-n' },
};

const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;

function unwrapped(words: Words): Invocation | undefined {
  const through: string[] = [];
  let at = 0;
  for (;;) {
    at = skip(words, at);
    const word = words[at];
    if (word === undefined) return withoutProgram(through);
    const program = nameOf(word);
    const wrapper = own(WRAPPERS, program);
    at += 1;
    if (wrapper === undefined) return { program, args: words.slice(at), through };
    through.push(program);
    at = skipOptions(words, at, wrapper.options.split(' ')) + (wrapper.own ?? 0);
  }
}

/** For instance `env` alone, or `sudo -i`. */
function withoutProgram(through: readonly string[]): Invocation | undefined {
  const program = through.at(-1);
  return program === undefined ? undefined : { program, args: [], through: through.slice(0, -1) };
}

function skip(words: Words, from: number): number {
  let at = from;
  for (let word = words[at]; word !== undefined; word = words[at]) {
    if (LISTING.has(word)) return words.length;
    if (!RESERVED.has(word) && !ASSIGNMENT.test(word) && !/^[<>&]/.test(word)) break;
    at += 1;
  }
  return at;
}

function skipOptions(words: Words, from: number, withValue: readonly string[]): number {
  let at = from;
  while (words[at]?.startsWith('-') === true) at += withValue.includes(words[at] ?? '') ? 2 : 1;
  return at;
}

/** Without its folder and without `.exe`. */
export function nameOf(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1).replace(/\.exe$/i, '');
}

const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'zsh', 'dash']);

/** The script in `bash -c script`. */
function scriptOf({ program, args }: Invocation): string | undefined {
  if (!SHELLS.has(program)) return undefined;
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return at === -1 ? undefined : args[at + 1];
}
