/** `stopwire anonymise`: a transcript without its content, to send along with a bug report. */
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeAnonymiser, type Anonymiser } from '../anonymise/anonymise.ts';
import { reasonOf, UserError } from '../errors.ts';
import { splitLines, type ByteLine } from '../lib/lines.ts';
import { formatCount, paintFor, printable, sayBehind, type Terminal } from '../ui.ts';
import { outputFile, withOutput, type Output, type OutputFlags } from './output.ts';

const CHUNK_BYTES = 262_144;
/** Longer lines are replaced unread. */
const MAX_LINE_BYTES = 8_388_608;
const NEWLINE = Buffer.from('\n');
const FILLER = Buffer.alloc(65_536, 'x');

export interface AnonymiseFlags extends OutputFlags {
  transcript: string;
}

interface Counts {
  lines: number;
  tooLong: number;
}

export async function anonymise(flags: AnonymiseFlags, terminal: Terminal): Promise<number> {
  const transcript = resolve(flags.transcript);
  refuseUnreadable(transcript);
  if (isSameFile(outputFile(flags), transcript)) {
    throw new UserError(`${transcript} would be replaced by its own anonymised copy.`, {
      hint: 'Name another file with --output.',
    });
  }
  const anonymiser = makeAnonymiser();
  const counts = await withOutput(flags, (output) => copy(transcript, anonymiser, output));
  sayWhatWasKept(counts, anonymiser, terminal);
  return 0;
}

function refuseUnreadable(path: string): void {
  const stats = orUserError(path, () => statSync(path));
  if (!stats.isFile()) {
    throw new UserError(`${path} is no file.`, {
      hint: 'Name one transcript: they are below ~/.claude/projects and end in .jsonl.',
    });
  }
}

function isSameFile(output: string | undefined, transcript: string): boolean {
  if (output === undefined || statSync(output, { throwIfNoEntry: false }) === undefined) return false;
  return realpathSync(output) === realpathSync(transcript);
}

/** Line by line, as far as someone reads: what is held does not grow with the file. */
async function copy(path: string, anonymiser: Anonymiser, output: Output): Promise<Counts> {
  const counts: Counts = { lines: 0, tooLong: 0 };
  for await (const { line, isTorn } of linesOf(path)) {
    counts.lines += 1;
    if (line.bytes === undefined) counts.tooLong += 1;
    const parts = line.bytes === undefined ? fillerFor(line) : [anonymiser.line(line.bytes)];
    for (const part of isTorn ? parts : [...parts, NEWLINE]) {
      if (!(await output.write(part))) return counts;
    }
  }
  return counts;
}

/** The lines of a file; the last one is torn where it has no newline. */
async function* linesOf(path: string): AsyncGenerator<{ line: ByteLine; isTorn: boolean }> {
  const splitter = splitLines(0, MAX_LINE_BYTES);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      for (const line of splitter.push(chunk)) yield { line, isTorn: false };
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  for (const line of splitter.push(NEWLINE)) {
    if (line.end - line.start > 1) yield { line, isTorn: true };
  }
}

function* fillerFor({ start, end }: ByteLine): Generator<Buffer> {
  for (let left = end - start - 1; left > 0; left -= FILLER.length) yield FILLER.subarray(0, left);
}

const KEPT =
  "Kept: the number, the length and the shape of the lines, token counts and durations, the client's own markup, and the names of its tools and of Anthropic's models. Dates are shifted.";

function sayWhatWasKept({ lines, tooLong }: Counts, anonymiser: Anonymiser, terminal: Terminal): void {
  const { unparseable, kept } = anonymiser.summary();
  const paint = paintFor('stderr', terminal.env);
  terminal.say(`${paint.done('done')}  ${formatCount(lines)} lines anonymised`);
  if (unparseable > 0) terminal.say(`      ${formatCount(unparseable)} were no JSON: every byte of them became an x`);
  if (tooLong > 0) terminal.say(`      ${formatCount(tooLong)} were over 8 MiB: every byte of them became an x`);
  sayBehind('      ', KEPT, terminal);
  sayBehind('      ', `Kept as words of the client: ${printable(kept.join(' ')) || 'none'}`, terminal);
  terminal.say(`      ${paint.warning('Look through it before you send it to anyone.')}`);
}

function orUserError<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UserError {
  return new UserError(`${path} could not be read (${reasonOf(error)}).`, {
    hint: 'Name one transcript: they are below ~/.claude/projects and end in .jsonl.',
    cause: error,
  });
}
