/** Corpora of transcripts: the fixtures' lines, over and over. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS_BYTES = 200_000_000;
const FILE_BYTES = 5_000_000;

/** What is measured, with the mean length of a line: the shorter the lines, the more records to the megabyte. */
export function corpora() {
  return [withLength('lines of all types', fixtureLines()), withLength('a conversation', conversationLines())];
}

/** The fixtures' lines as they are: every type and every version of the client, and short answers of tools. */
function fixtureLines() {
  const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
  return readdirSync(samples, { recursive: true })
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
    .flatMap((name) => readFileSync(join(samples, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '');
}

/**
 * What people and the model said, with answers of tools that are as long as those of daily work: the notes of
 * https://github.com/korjwl1/toki (docs/claude-code-jsonl-format.md) give 8.3 KB as the mean of `user` lines, over
 * 13.2 MB in 5,162 lines. The fixtures' are a ninth of that.
 */
function conversationLines() {
  return fixtureLines().flatMap((line) => {
    const value = parsed(line);
    return value?.type === 'user' || value?.type === 'assistant' ? [JSON.stringify(withLongResults(value))] : [];
  });
}

const RESULT_LINE_BYTES = 8_300;

/** Source code in the place of what the fixtures' tools answered: in the result, and where the client repeats it. */
function withLongResults(line) {
  const [result] = Array.isArray(line.message?.content) ? line.message.content.filter(isTextResult) : [];
  if (result === undefined) return line;
  const isRepeated = typeof line.toolUseResult?.stdout === 'string';
  const room = RESULT_LINE_BYTES - JSON.stringify(line).length;
  result.content = SOURCE.slice(0, isRepeated ? room / 2 : room);
  if (isRepeated) line.toolUseResult.stdout = result.content;
  return line;
}

function isTextResult({ type, content }) {
  return type === 'tool_result' && typeof content === 'string';
}

const SOURCE = ['answer.ts', 'errors.ts', 'hooks.ts']
  .map((name) => readFileSync(new URL(`../src/fields/${name}`, import.meta.url), 'utf8'))
  .join('');

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Writes about so many bytes, in files of a few megabytes, into a new folder. Answers the bytes written. */
export function writeCorpus(folder, size = CORPUS_BYTES, lines = fixtureLines()) {
  const text = lines.map((line) => `${line}\n`).join('');
  const file = Buffer.from(text.repeat(Math.ceil(FILE_BYTES / text.length)));
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let index = 0; bytes < size; index += 1) {
    writeFileSync(join(folder, `${index}.jsonl`), file);
    bytes += file.length;
  }
  return bytes;
}

function withLength(what, lines) {
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  return { lines, shape: `${what}, ${Math.round(bytes / lines.length)} bytes each` };
}
