/** A corpus of transcripts with the shape of real ones: the fixtures' lines, over and over. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS_BYTES = 200_000_000;
const FILE_BYTES = 5_000_000;

/** Writes about so many bytes, in files of a few megabytes, into a new folder. Answers the bytes written. */
export function writeCorpus(folder, size = CORPUS_BYTES) {
  const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
  const text = readdirSync(samples, { recursive: true })
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
    .flatMap((name) => readFileSync(join(samples, name), 'utf8').split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => `${line}\n`)
    .join('');
  const file = text.repeat(Math.ceil(FILE_BYTES / text.length));
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  for (let index = 0; bytes < size; index += 1) {
    const path = join(folder, `${index}.jsonl`);
    writeFileSync(path, file);
    bytes += statSync(path).size;
  }
  return bytes;
}
