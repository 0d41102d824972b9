/** What commands show: data on standard output, words on standard error, colour where a terminal wants it. */
import chalk, { Chalk, chalkStderr } from 'chalk';
import { UserError } from './errors.ts';
import { systemRefusal } from './lib/system-errors.ts';

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

/** The terminal of this process. Without one, or with CI set, nobody is asked anything. */
export function processTerminal(): Terminal {
  const { env, stdin, stdout, stderr } = process;
  return {
    env,
    isInteractive: stdin.isTTY && stderr.isTTY && !env['CI'],
    isTerminal: stderr.isTTY && env['TERM'] !== 'dumb',
    out: (line) => void stdout.write(`${harmless(line, colourLevel('stdout', env) > 0)}\n`),
    say: (line) => void stderr.write(`${harmless(line, colourLevel('stderr', env) > 0)}\n`),
    draw: (line) => void stderr.write(`\r\u001B[2K${harmless(line, colourLevel('stderr', env) > 0)}`),
    async readInput() {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8').trim();
    },
  };
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

/** Says what went wrong, and what to do about it. Answers the exit code. */
export function sayError(error: unknown, terminal: Terminal): number {
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
  terminal.say('Please report it, with the command you ran.');
  return 1;
}

/** An error that is a bug's may quote what it stumbled over: a line of a transcript, a key. */
const QUOTED = /(["'`]).*\1/gs;

/** Rows as aligned columns; numbers (the columns named in `right`) to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  const pad = (cell: string, column: number): string =>
    right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** Lines that were removed and added; lines before and after the change are left out. */
export function diff(before: string, after: string, paint: Paint): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, fresh.length) - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  return [
    ...old.slice(start, old.length - end).map((line) => paint.error(`- ${line}`)),
    ...fresh.slice(start, fresh.length - end).map((line) => paint.done(`+ ${line}`)),
  ].join('\n');
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
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
