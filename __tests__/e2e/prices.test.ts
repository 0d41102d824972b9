/** A broken price file never stops a delivery; a price of one's own reaches the records of the next fire. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { makeSandbox, type Sandbox } from '../helpers/sandbox.ts';

let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.remove());

describe('prices in a run', () => {
  test('a broken file of one’s own is left out, and status says so', async () => {
    const box = await installed();
    mkdirSync(box.config, { recursive: true });
    writeFileSync(join(box.config, 'prices.json'), '{ "schema_version": 1, "models": [{ "id": 5 }] }');
    await box.fireAndSettle();
    const priced = (await box.exported()).filter(({ cost_status }) => cost_status === 'priced');
    expect(priced.length).toBeGreaterThan(0);
    expect(priced.every(({ price_basis }) => price_basis === 'list')).toBe(true);
    const { code, stdout } = await box.stopwire(['status']);
    expect([code, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('The price file prices.json cannot be used: models[0].id'),
    ]);
  });

  test('without a usable price file of any kind, everything is delivered without a price', async () => {
    const box = await installed();
    for (const path of shippedCopies(box)) writeFileSync(path, '{');
    await box.fireAndSettle();
    const records = await box.exported();
    const responses = records.filter(({ cost_status }) => cost_status !== undefined);
    expect(responses.length).toBeGreaterThan(0);
    expect(new Set(responses.map(({ cost_status }) => cost_status))).toEqual(new Set(['no_price_table']));
  });

  test('a price of one’s own counts from its day on, and reprice takes it to what is stored', async () => {
    const box = await installed();
    await box.fireAndSettle();
    const set = ['prices', 'set', 'claude-opus-5-5', '--input', '3.6', '--output', '18', '--from', '2026-01-01'];
    const cache = ['--cache-write-5m', '4.5', '--cache-write-1h', '7.2', '--cache-read', '0.18'];
    expect(await box.stopwire([...set, ...cache])).toMatchObject({ code: 0, stdout: '' });
    const listed = JSON.parse((await box.stopwire(['prices', 'list', '--model', 'claude-opus-5-5', '--json'])).stdout);
    expect(listed.models[0]).toMatchObject({ basis: 'override', prices: [{ input: '3.6', cache_read: '0.18' }] });
    const report = JSON.parse((await box.stopwire(['reprice', '--json'])).stdout);
    expect(report.costUsdAfter).toBeCloseTo(report.costUsdBefore * 0.9, 12);
    const bases = (await box.exported()).flatMap(({ price_basis }) => price_basis ?? []);
    expect(new Set(bases)).toEqual(new Set(['override']));
  });
});

async function installed(): Promise<Sandbox> {
  sandbox = makeSandbox(['2.1.329-thinktool']);
  await sandbox.stopwire(['install', '--yes']);
  return sandbox;
}

/** The price files of the program's copy that the hook runs. */
function shippedCopies({ data }: Sandbox): string[] {
  const names = readdirSync(data, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(^|\/)pricing\/[^/]*\.json$/.test(name)).map((name) => join(data, name));
}
