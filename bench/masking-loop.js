/** map, price, redact and JSON for the lines of every transcript in a folder, over and over. Bundled by masking.js. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyContext } from '../src/fields/index.ts';
import { readHost } from '../src/lib/host.ts';
import { map } from '../src/pipeline/map.ts';
import { priceMapped } from '../src/pipeline/price.ts';
import { redactor } from '../src/pipeline/redact.ts';
import { loadPriceTable } from '../src/pricing/table.ts';
import { maintainedDetector } from '../src/privacy/maintained-rules.ts';

const ROUNDS = 12;
const WARM_UP = 3;

const [folder, pricing, level] = process.argv.slice(2);
const redact =
  level === 'unmasked'
    ? redactor('none', { maskSecrets: false })
    : redactor(level, { secrets: { maintained: maintainedDetector }, hashKey: Buffer.alloc(32, 7) });
const prices = loadPriceTable(pricing);
const capture = {
  claim: () => ({ isOwner: true }),
  version: '0.0.0',
  host: readHost(),
  repositoryAt: () => undefined,
  inventoryAt: () => ({ mcpServers: [], skills: [] }),
};
const files = readdirSync(folder, { recursive: true })
  .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
  .map((name) => linesOf(name));

function linesOf(name) {
  const texts = readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const transcript = { source: 'claude-code', path: name, projectFolder: 'p', sessionId: name, size: 0, mtimeMs: 0 };
  const file = {
    transcript,
    head: Buffer.alloc(0),
    size: 0,
    mtimeMs: 0,
    from: { offset: 0, context: emptyContext },
    deliveredTo: 0,
  };
  return { file, texts };
}

let records = 0;
let startedAt = process.cpuUsage();
for (let round = -WARM_UP; round < ROUNDS; round += 1) {
  if (round === 0) {
    records = 0;
    startedAt = process.cpuUsage();
  }
  for (const { file, texts } of files) {
    let context = emptyContext;
    for (const [index, text] of texts.entries()) {
      const entry = { line: JSON.parse(text), start: index, end: index + 1, tail: Buffer.alloc(0) };
      const mapped = priceMapped(map(entry, file, context, capture), prices);
      ({ context } = mapped);
      for (const record of mapped.records) JSON.stringify(redact(record));
      records += mapped.records.length;
    }
  }
}
// CPU time and not the clock's: what else runs on the machine would be taken for the cost of masking.
const { user, system } = process.cpuUsage(startedAt);
console.log(records / ((user + system) / 1e6));
