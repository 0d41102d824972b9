/** The baseline: reads every file of a folder in chunks, splits at newlines and parses each line. Nothing else. */
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
let lines = 0;
for (const name of readdirSync(folder)) {
  const file = openSync(join(folder, name), 'r');
  let rest = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(1_048_576);
    const length = readSync(file, chunk);
    if (length === 0) break;
    const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      JSON.parse(bytes.toString('utf8', start, end));
      lines += 1;
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  closeSync(file);
}
if (lines === 0) process.exitCode = 1;
