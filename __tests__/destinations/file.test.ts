import { execFile, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Destination } from '../../src/destinations/destination.ts';
import { file, openFile } from '../../src/destinations/file.ts';
import { bundle } from '../helpers/bundle.ts';
import { batchOf, testDestinationContract } from '../helpers/destination-contract.ts';

const never = new AbortController().signal;
const limits = { maxRecords: 1_000, maxBytes: 1_048_576, rotateBytes: 0, keepFiles: 5 };

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stopwire-file-'));
  path = join(folder, 'records.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(target: string): Destination {
  return openFile({ path: target, ...limits }, process.stdout);
}

function idsIn(ndjson: string): string[] {
  const lines = ndjson.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line).id);
}

testDestinationContract('file', async () => ({
  destination: open(path),
  arrivedIds: async () => idsIn(readFileSync(path, 'utf8')),
  tearDown: async () => undefined,
}));

testDestinationContract('standard output', async () => {
  const reader = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  const output = text(reader.stdout);
  return {
    destination: openFile({ path: '-', ...limits }, reader.stdin),
    arrivedIds: async () => {
      reader.stdin.end();
      return idsIn(await output);
    },
    tearDown: async () => {
      reader.stdin.end();
      await output;
    },
  };
});

describe('a file that is rotated', () => {
  const idsOf = (name: string): string[] => idsIn(readFileSync(join(folder, name), 'utf8'));

  test('moves on when it is full, and what has moved is kept up to a number', async () => {
    const line = `${batchOf('a').json[0]}\n`;
    const destination = openFile({ path, ...limits, rotateBytes: 2 * line.length, keepFiles: 2 }, process.stdout);
    for (const id of 'abcdefgh') await destination.deliver(batchOf(id), never);
    await destination.close();
    const files = readdirSync(folder).toSorted();
    expect(files.map((name) => [name, idsOf(name)])).toEqual([
      ['records.ndjson', ['g', 'h']],
      ['records.ndjson.1', ['e', 'f']],
      ['records.ndjson.2', ['c', 'd']],
    ]);
    for (const name of files) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('takes a batch that is longer than it may be, and does not move while it is empty', async () => {
    const destination = openFile({ path, ...limits, rotateBytes: 1 }, process.stdout);
    await destination.deliver(batchOf('a', 'b'), never);
    await destination.deliver(batchOf('c'), never);
    await destination.close();
    expect([idsOf('records.ndjson.1'), idsOf('records.ndjson')]).toEqual([['a', 'b'], ['c']]);
  });

  test('counts what was there before', async () => {
    writeFileSync(path, '{"id":"z"}\n');
    const destination = openFile({ path, ...limits, rotateBytes: 12 }, process.stdout);
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    expect([idsOf('records.ndjson.1'), idsOf('records.ndjson')]).toEqual([['z'], ['a']]);
  });
});

describe('the file', () => {
  test('holds one record a line, as it was given', async () => {
    const destination = open(path);
    const json = ['{"id":"a","n":12345678901234567890}', '{"id":"b","text":"é\\n😀"}'];
    await destination.deliver({ ...batchOf('a', 'b'), json }, never);
    await destination.close();
    expect(readFileSync(path, 'utf8')).toBe(`${json.join('\n')}\n`);
  });

  test('is made when there is something to write, readable by its owner alone', async () => {
    const destination = open(path);
    expect(existsSync(path)).toBe(false);
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('keeps what it holds, and its mode', async () => {
    writeFileSync(path, '{"id":"z"}\n');
    chmodSync(path, 0o644);
    const destination = open(path);
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    expect(idsIn(readFileSync(path, 'utf8'))).toEqual(['z', 'a']);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('gets a new line where the last one was cut short', async () => {
    writeFileSync(path, '{"id":"z"}\n{"id":"cut');
    const destination = open(path);
    await destination.deliver(batchOf('a'), never);
    appendFileSync(path, '{"id":"cut by another wri');
    await destination.deliver(batchOf('b'), never);
    await destination.close();
    const [z, cut, a, cutLater, b, ...rest] = readFileSync(path, 'utf8').split('\n');
    expect([z, cut, cutLater, rest]).toEqual(['{"id":"z"}', '{"id":"cut', '{"id":"cut by another wri', ['']]);
    expect(idsIn(`${a}\n${b}\n`)).toEqual(['a', 'b']);
  });

  test('takes the batches of two writers at once, line by line', async () => {
    const names = ['one', 'two'];
    const filler = 'x'.repeat(300_000);
    await Promise.all(
      names.map(async (name) => {
        const destination = open(path);
        for (let count = 0; count < 20; count += 1) {
          const json = [0, 1, 2].map((part) => JSON.stringify({ id: `${name}-${count}-${part}`, filler }));
          await destination.deliver({ ...batchOf(), json }, never);
        }
        await destination.close();
      }),
    );
    const ids = idsIn(readFileSync(path, 'utf8').replaceAll('\n\n', '\n'));
    for (const name of names) {
      const expected = Array.from({ length: 60 }, (_, index) => `${name}-${Math.floor(index / 3)}-${index % 3}`);
      expect(ids.filter((id) => id.startsWith(name))).toEqual(expected);
    }
  });
});

describe('a file that cannot be written', () => {
  test('in a folder that does not exist, until it does', async () => {
    const destination = open(join(folder, 'later', 'records.ndjson'));
    expect(await destination.deliver(batchOf('a'), never)).toEqual({
      kind: 'retry',
      reason: 'the file cannot be written: ENOENT, its folder does not exist',
    });
    mkdirSync(join(folder, 'later'));
    expect(await destination.deliver(batchOf('a'), never)).toEqual({ kind: 'delivered' });
    await destination.close();
  });

  test('that is a folder', async () => {
    expect(await open(folder).deliver(batchOf('a'), never)).toEqual({
      kind: 'retry',
      reason: 'the file cannot be written: EISDIR, it is a folder',
    });
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? test.skip : test)('that its permissions forbid', async () => {
    writeFileSync(path, '', { mode: 0o400 });
    expect(await open(path).deliver(batchOf('a'), never)).toMatchObject({ reason: expect.stringContaining('EACCES') });
  });

  (existsSync('/dev/full') ? test : test.skip)('on a full disk', async () => {
    const destination = open('/dev/full');
    expect(await destination.deliver(batchOf('a'), never)).toEqual({
      kind: 'retry',
      reason: 'the file cannot be written: ENOSPC, the disk is full',
    });
    await expect(destination.close()).resolves.toBeUndefined();
  });

  test('on a disk that fills up within a write: is not taken for delivered, and is whole the next time', async () => {
    const script = `
      import { openFile } from ${JSON.stringify(await bundle('destinations/file.ts', folder))};
      const destination = openFile({ path: ${JSON.stringify(path)}, maxRecords: 1, maxBytes: 1 }, process.stdout);
      const json = [JSON.stringify({ id: 'a', filler: 'x'.repeat(100_000) })];
      const delivery = await destination.deliver({ id: '1', records: [], json, upTo: new Map() }, new AbortController().signal);
      await destination.close();
      console.log(JSON.stringify(delivery));
    `;
    // A limit on the size of files acts as a full disk does: the write is short, the one after it fails.
    const shell = (limit: string): Promise<{ stdout: string }> =>
      promisify(execFile)('sh', [
        '-c',
        `trap '' XFSZ; ${limit} exec "$0" --input-type=module -e "$1"`,
        process.execPath,
        script,
      ]);
    const first = JSON.parse((await shell('ulimit -f 64;')).stdout);
    const torn = statSync(path).size;
    expect(first).toEqual({ kind: 'retry', reason: 'the file cannot be written: EFBIG' });
    expect(torn).toBeGreaterThan(0);
    expect(torn).toBeLessThan(100_000);

    expect(JSON.parse((await shell('')).stdout)).toEqual({ kind: 'delivered' });
    const [cut, whole, rest] = readFileSync(path, 'utf8').split('\n');
    expect([cut?.length, rest]).toEqual([torn, '']);
    expect(JSON.parse(whole ?? '')).toMatchObject({ id: 'a' });
  });
});

describe('standard output', () => {
  test('whose reader is gone: keeps the batch, and the process goes on', async () => {
    const script = `
      import { file } from ${JSON.stringify(await bundle('destinations/file.ts', folder))};
      const destination = await file.open({ path: '-', maxRecords: 1, maxBytes: 1 }, {});
      const json = [JSON.stringify({ id: 'a', filler: 'x'.repeat(100_000) })];
      const deliver = () => destination.deliver({ id: '1', records: [], json, upTo: new Map() }, new AbortController().signal);
      const deliveries = [];
      while (deliveries.length < 2) {
        const delivery = await deliver();
        if (delivery.kind !== 'delivered') deliveries.push(delivery);
      }
      await destination.close();
      process.stderr.write(JSON.stringify(deliveries));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = text(child.stderr);
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    const gone = { kind: 'retry', reason: 'the reader of standard output is gone' };
    expect(JSON.parse(await said)).toEqual([gone, gone]);
  });

  test('stays open when the destination is closed', async () => {
    const reader = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
    const destination = openFile({ path: '-', ...limits }, reader.stdin);
    await destination.deliver(batchOf('a'), never);
    await destination.close();
    reader.stdin.end('the end\n');
    expect(await text(reader.stdout)).toBe('{"id":"a","type":"assistant"}\nthe end\n');
  });
});

test('the kind is local', () => {
  expect(file.isRemote).toBe(false);
});

describe('asked whether it takes records', () => {
  test('says yes and writes nothing into the file, whether it was there or not', async () => {
    const destination = open(path);
    expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['', 0o600]);
    await destination.deliver(batchOf('a'), never);
    expect(await destination.check?.(never)).toEqual({ kind: 'delivered' });
    await destination.close();
    expect(idsIn(readFileSync(path, 'utf8'))).toEqual(['a']);
  });

  test.each([
    ['its folder is missing', () => join(folder, 'missing', 'x'), 'ENOENT, its folder does not exist'],
    ['it is a folder', () => folder, 'EISDIR, it is a folder'],
  ])('says why not: %s', async (_title, target, reason) => {
    const destination = open(target());
    expect(await destination.check?.(never)).toEqual({
      kind: 'retry',
      reason: `the file cannot be written: ${reason}`,
    });
    await destination.close();
  });
});
