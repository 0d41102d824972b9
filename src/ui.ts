/** What commands show: data on standard output, words on standard error, colour where a terminal wants it. */
import { isatty } from 'node:tty';
import chalk, { Chalk, chalkStderr } from 'chalk';
import { reasonOf, UserError } from './errors.ts';
import { hanging, table } from './lib/layout.ts';
import { changedLines } from './lib/line-diff.ts';
import { systemRefusal } from './lib/system-errors.ts';

export { hanging, table };
export { formatCount } from './lib/span-words.ts';

/** The terminal a command talks to. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Whether someone is there to answer a question. */
  isInteractive: boolean;
  /** Whether progress may be drawn over itself. */
  isTerminal: boolean;
  /** Data, one line on standard output. */
  out(line: string): void;
  /** Words, one line on standard error. */
  say(line: string): void;
  /** Draws a line over the last one that was drawn; an empty one wipes it. */
  draw(line: string): void;
  /** Everything on standard input. */
  readInput(): Promise<string>;
}

/** Green: done · yellow: warning · red: error · cyan: paths and commands · dim: less important. */
export interface Paint {
  done(text: string): string;
  warning(text: string): string;
  error(text: string): string;
  place(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

/** What flags of every command make of a terminal. */
export interface TerminalFlags {
  /** Nothing is said, and nobody is asked anything. */
  quiet?: boolean;
  /** Colours, or none, whatever the environment says. */
  color?: boolean | undefined;
}

/**
 * The terminal of this process. Without one, or with CI set, nobody is asked anything. A stream is opened when it is
 * used: hardly a command reads standard input.
 */
export function processTerminal({ quiet = false, color }: TerminalFlags = {}): Terminal {
  const env = colouredEnv(color);
  const loud: Terminal = {
    env,
    isInteractive: isatty(0) && isatty(2) && ['', '0', 'false'].includes(env['CI'] ?? ''),
    isTerminal: isatty(2) && env['TERM'] !== 'dumb',
    out: (line) => void process.stdout.write(`${harmless(line, colourLevel('stdout', env) > 0)}\n`),
    say: (line) => void process.stderr.write(`${harmless(line, colourLevel('stderr', env) > 0)}\n`),
    draw: (line) => void process.stderr.write(`\r\u001B[2K${harmless(line, colourLevel('stderr', env) > 0)}`),
    async readInput() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8').trim();
    },
  };
  return quiet ? { ...loud, isInteractive: false, isTerminal: false, say: () => {}, draw: () => {} } : loud;
}

/** chalk reads --color itself, but not that it outdoes NO_COLOR. */
function colouredEnv(color: boolean | undefined): NodeJS.ProcessEnv {
  if (color === undefined) return process.env;
  const { NO_COLOR: _, ...others } = process.env;
  return color ? others : { ...others, NO_COLOR: '1' };
}

/** Colours for standard output or standard error; plain text under NO_COLOR (no-color.org). */
export function paintFor(stream: 'stdout' | 'stderr', env: NodeJS.ProcessEnv): Paint {
  const colour = new Chalk({ level: colourLevel(stream, env) });
  return {
    done: colour.green,
    warning: colour.yellow,
    error: colour.red,
    place: colour.cyan,
    dim: colour.dim,
    bold: colour.bold,
  };
}

function colourLevel(stream: 'stdout' | 'stderr', env: NodeJS.ProcessEnv): 0 | 1 | 2 | 3 {
  if (env['NO_COLOR']) return 0;
  return stream === 'stdout' ? chalk.level : chalkStderr.level;
}

/** Says what went wrong, what to do about it, and with `verbose` what it came from. Answers the exit code. */
export function sayError(error: unknown, terminal: Terminal, { verbose = false } = {}): number {
  const code = sayWords(error, terminal);
  const paint = paintFor('stderr', terminal.env);
  if (verbose) for (const line of originsOf(error)) terminal.say(paint.dim(printable(line)));
  return code;
}

/** Its class, its code and its stack, and those of each error that caused it; no message, which could quote a secret. */
function originsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const causes = originsOf(error.cause).map((line, index) => (index === 0 ? `caused by ${line}` : line));
  return [`${error.name} (${reasonOf(error)})`, ...frames, ...causes];
}

function sayWords(error: unknown, terminal: Terminal): number {
  const paint = paintFor('stderr', terminal.env);
  const known = error instanceof UserError ? error : systemRefusal(error);
  if (known !== undefined) {
    terminal.say(`${paint.error('error:')} ${printable(known.message)}`);
    if (known.hint !== undefined) terminal.say(printable(known.hint));
    return known.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const words = printable(message.replaceAll(QUOTED, '$1…$1'));
  terminal.say(`${paint.error('error:')} stopwire met something that it does not know: ${words}`);
  terminal.say('Please report it, with what the command says to --verbose.');
  return 1;
}

/** An error that is a bug's may quote what it stumbled over: a line of a transcript, a key. */
const QUOTED = /(["'`]).*\1/gs;

/** A table whose first line says what is in the columns. */
export function headed(text: string, paint: Paint): string {
  return text.replace(/^.*/, (head) => paint.bold(head));
}

/** The columns that there are to print in: those of the terminal, unless COLUMNS says otherwise, and 80 where nobody knows. */
export function columnsOf(env: NodeJS.ProcessEnv): number {
  const columns = Number(env['COLUMNS'] || process.stdout.columns || 0);
  return columns >= 40 ? columns : 80;
}

/** Words behind a mark, and all their lines as far to the right: no line is longer than the terminal is wide. */
export function sayBehind(mark: string, words: string, terminal: Terminal): void {
  terminal.say(hanging(mark, words, columnsOf(terminal.env)));
}

/** Paths below the home directory as people write them. For reading: a command that is to be copied keeps them whole. */
export function homely(text: string, home: string): string {
  return home.length > 1 ? text.replaceAll(`${home}/`, '~/') : text;
}

/** Lines that were removed and added; those that stay are left out. */
export function diff(before: string, after: string, paint: Paint): string {
  return changedLines(before, after)
    .map(({ change, line }) => (change === 'added' ? paint.done(`+ ${line}`) : paint.error(`- ${line}`)))
    .join('\n');
}

const BYTE_UNITS = ['kB', 'MB', 'GB', 'TB'];

/** Bytes in powers of a thousand: `812 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), BYTE_UNITS.length);
  return power === 0 ? `${bytes} B` : `${(bytes / 1_000 ** power).toFixed(1)} ${BYTE_UNITS[power - 1]}`;
}

/** USD with as many decimals as small amounts need. */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(usd !== 0 && usd < 1 ? 4 : 2)}`;
}

/** Text from elsewhere without the control characters that would steer a terminal; line breaks stay. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to take out
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, '?');
}

/**
 * The last line of defence, behind `printable`: nothing but text, line breaks, tabs and, where they are wanted, colours
 * reaches a terminal. The rest is written as JSON would write it, so that JSON keeps its value.
 */
export function harmless(text: string, hasColours: boolean): string {
  return text.replaceAll(STEERING, (found) => {
    if (found.length > 1 && hasColours) return found;
    return found.replace(/^./s, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  });
}

// oxlint-disable-next-line no-control-regex -- these are the characters that steer a terminal
const STEERING = /\u001B\[[\d;]*m|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
