import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { unchecked, type Destination } from '../../src/destinations/destination.ts';
import { local } from '../../src/destinations/local.ts';
import { hasNodeSqlite } from '../../src/state/sqlite.ts';
import { openStore } from '../../src/state/store.ts';
import { bundle } from '../helpers/bundle.ts';
import { runWithFileLimit } from '../helpers/child.ts';
import { batchOf, testDestinationContract } from '../helpers/destination-contract.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

const never = new AbortController().signal;

let storePath: string;
const opened: Destination[] = [];
beforeEach(() => {
  storePath = join(makeTempDirectory(), 'data', 'records.db');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((destination) => destination.close()));
});

async function open(options: object = {}): Promise<Destination> {
  const surroundings = { env: {}, storePath, userAgent: 'stopwire/test' };
  const destination = await unchecked(local).open(options, surroundings);
  opened.push(destination);
  return destination;
}

function idsIn(path: string): string[] {
  const store = openStore(path);
  try {
    return Array.from(store.export(), (json) => JSON.parse(json).id);
  } finally {
    store.close();
  }
}

testDestinationContract('local', async () => ({
  destination: await open(),
  arrivedIds: async () => idsIn(storePath),
  tearDown: async () => {},
}));

describe('the place', () => {
  test('is the store in the data directory, which is made with it, for its owner alone', async () => {
    const destination = await open();
    await destination.deliver(batchOf('a'), never);
    expect(statSync(dirname(storePath)).mode & 0o777).toBe(0o700);
    expect(idsIn(storePath)).toEqual(['a']);
  });

  test('is another file where the options name one', async () => {
    const path = join(dirname(dirname(storePath)), 'elsewhere', 'x.db');
    const destination = await open({ path });
    await destination.deliver(batchOf('a'), never);
    expect(idsIn(path)).toEqual(['a']);
    expect(readdirSync(dirname(dirname(path)))).toEqual(['elsewhere']);
  });

  test('is not made before there is something to put there', async () => {
    await open();
    expect(readdirSync(dirname(dirname(storePath)))).toEqual([]);
  });

  test('can be that of two destinations, and what either has taken stays', async () => {
    const [one, other] = [await open(), await open()];
    await one.deliver(batchOf('a'), never);
    await other.deliver(batchOf('b'), never);
    await other.close();
    await one.deliver(batchOf('c'), never);
    expect(idsIn(storePath)).toEqual(['a', 'b', 'c']);
  });
});

describe('how much is taken at once', () => {
  test('is up to the options, within bounds', async () => {
    expect((await open()).limits.maxRecords).toBe(250);
    expect((await open({ maxRecords: 7 })).limits.maxRecords).toBe(7);
    await expect(open({ maxRecords: 0 })).rejects.toThrow('"maxRecords" must be a whole number from 1 to 100000');
  });
});

describe('a disk that refuses keeps the batch for later, with the reason', () => {
  /** A store that has taken a batch, and may be read only, where all else is allowed. */
  async function protect(): Promise<void> {
    const destination = await open();
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    chmodSync(dirname(storePath), 0o777);
    for (const name of readdirSync(dirname(storePath))) chmodSync(join(dirname(storePath), name), 0o666);
    chmodSync(storePath, 0o444);
  }

  test.each<[string, () => unknown, RegExp]>([
    ['the file may not be written', protect, /readonly/i],
    ['the folder may not be written', () => mkdirSync(dirname(storePath), { mode: 0o555 }), /EACCES$/],
    ['no folder can be made', () => chmodSync(dirname(dirname(storePath)), 0o555), /EACCES$/],
  ])('when %s', async (_title, prepare, reason) => {
    await prepare();
    // The driver is loaded by now: whoever runs the tests may keep it where nobody else can look.
    openStore(join(makeTempDirectory(), 'warm-up.db')).close();
    const destination = await open();
    const delivery = await withoutPrivileges(() => destination.deliver(batchOf('b'), never));
    expect(delivery).toEqual({
      kind: 'retry',
      reason: expect.stringMatching(
        new RegExp(`^the store .*records\\.db cannot be written: .*${reason.source}`, reason.flags),
      ),
    });
  });

  test('when the file is no database, which is left as it is', async () => {
    mkdirSync(dirname(storePath));
    writeFileSync(storePath, 'somebody else’s file\n'.repeat(100));
    const { size } = statSync(storePath);
    const destination = await open();
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/NOTADB|not a database/),
    });
    expect(statSync(storePath).size).toBe(size);
  });

  test('and takes it when the disk does', async () => {
    writeFileSync(dirname(storePath), '');
    const destination = await open();
    expect(await destination.deliver(batchOf('a'), never)).toMatchObject({ kind: 'retry' });
    rmSync(dirname(storePath));
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
    expect(idsIn(storePath)).toEqual(['a']);
  });

  test.each([
    ['from the start', 0],
    ['in the middle of a run', 800],
  ])('when it is full %s', async (_title, blocks) => {
    const localModule = await bundle('destinations/local.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      blocks,
      `
        import { local } from ${JSON.stringify(localModule)};
        const surroundings = { env: {}, storePath: ${JSON.stringify(storePath)}, userAgent: '' };
        const destination = await local.open({ maxRecords: 10 }, surroundings);
        let delivery = { kind: 'delivered' };
        let taken = -1;
        for (; delivery.kind === 'delivered'; taken += 1) {
          const record = { id: 'r' + (taken + 1), type: 'user', text: 'x'.repeat(5000) };
          const batch = { id: '', records: [record], json: [JSON.stringify(record)], upTo: new Map() };
          delivery = await destination.deliver(batch, new AbortController().signal);
        }
        await destination.close();
        console.log(JSON.stringify({ delivery, taken }));
      `,
    );
    const { delivery, taken } = JSON.parse(printed);
    expect(delivery).toEqual({
      kind: 'retry',
      reason: expect.stringMatching(/cannot be written: (SQLITE_|disk|database)/),
    });
    expect(delivery.reason).not.toContain('SQLITE_ERROR');
    expect(taken > 5).toBe(blocks > 0);
    expect(idsIn(storePath)).toHaveLength(taken);
  });

  const testWithoutOwnSqlite = hasNodeSqlite() ? test.skip : test;
  testWithoutOwnSqlite('when this Node has no SQLite', async () => {
    const localModule = await bundle('destinations/local.ts', makeTempDirectory());
    const printed = await runWithFileLimit(
      1_000,
      `
        // A bundle in a temp folder finds no package but by this.
        delete process.env.NODE_PATH;
        (await import('node:module')).default._initPaths();
        const { local } = await import(${JSON.stringify(localModule)});
        const surroundings = { env: {}, storePath: ${JSON.stringify(storePath)}, userAgent: '' };
        const destination = await local.open({ maxRecords: 10 }, surroundings);
        const batch = { id: '', records: [], json: [], upTo: new Map() };
        console.log(JSON.stringify(await destination.deliver(batch, new AbortController().signal)));
      `,
    );
    expect(JSON.parse(printed)).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/no driver for it$/) });
  });
});

describe('asked whether it takes records', () => {
  test('says yes, and the store holds what it held', async () => {
    const destination = await open();
    expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
    expect(idsIn(storePath)).toEqual([]);
    await destination.deliver(batchOf('a'), never);
    expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
    expect(idsIn(storePath)).toEqual(['a']);
  });

  test('says why not: the file is no store', async () => {
    mkdirSync(dirname(storePath), { recursive: true });
    writeFileSync(storePath, 'not a database, but long enough to be taken for one'.repeat(100));
    const destination = await open();
    expect(await destination.check?.(never)).toEqual({
      kind: 'retry',
      reason: expect.stringContaining(`the store ${storePath} cannot be written`),
    });
  });
});
