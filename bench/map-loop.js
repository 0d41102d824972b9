/** read, map and price every file of a folder, and nothing else. Bundled from the sources by mapping.js. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { emptyContext } from '../src/fields/index.ts';
import { memoisedRepositories } from '../src/lib/git-files.ts';
import { readHost } from '../src/lib/host.ts';
import { map } from '../src/pipeline/map.ts';
import { priceMapped } from '../src/pipeline/price.ts';
import { read } from '../src/pipeline/read.ts';
import { loadPriceTable } from '../src/pricing/table.ts';

const [folder, pricing] = process.argv.slice(2);
const prices = loadPriceTable(pricing);
const capture = {
  claim: () => ({ isOwner: true }),

  version: '0.0.0',
  host: readHost(),
  repositoryAt: memoisedRepositories(),
  inventoryAt: () => ({ mcpServers: [], skills: [] }),
};
let records = 0;
for (const name of readdirSync(folder)) {
  const path = join(folder, name);
  const { size, mtimeMs } = lstatSync(path);
  const transcript = { source: 'claude-code', path, projectFolder: 'p', sessionId: name, size, mtimeMs };
  let context = emptyContext;
  for await (const { file, entries } of read(transcript, undefined)) {
    for (const entry of entries) {
      const mapped = priceMapped(map(entry, file, context, capture), prices);
      ({ context } = mapped);
      records += mapped.records.length;
    }
  }
}
console.log(records);
