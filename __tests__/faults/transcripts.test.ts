/** Transcripts in every bad state, through the whole program: each line that can be read arrives, and none stops another. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { expectedIds, idsOf } from '../helpers/expected.ts';
import { expectWhole, kill, leaks, makeRig, recordsOf, type Rig, seeded, SILENT } from '../helpers/fault-rig.ts';

type Fields = { [field: string]: unknown };

/** A line as the client writes it. */
const line = (uuid: string, text = uuid, more: object = {}): string =>
  `${JSON.stringify({ type: 'user', uuid, sessionId: 's', message: { role: 'user', content: text }, ...more })}\n`;

function put(rig: Rig, name: string, content: string | Uint8Array): string {
  const path = join(rig.projects, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const uuidsOf = (records: readonly Fields[]): Set<unknown> => new Set(records.map(({ uuid }) => uuid));

describe('one run over everything that can be wrong with a line', () => {
  const LEVELS = '['.repeat(200_000) + ']'.repeat(200_000);
  const odd: [string, string | Uint8Array, string[]][] = [
    [
      'a stub, and a record on the same line',
      `{"type":"user","uuid":"torn","mess${line('glued')}${line('next-glued')}`,
      ['glued', 'next-glued'],
    ],
    [
      'a block of NULs before a record',
      Buffer.concat([Buffer.alloc(4_096), Buffer.from(line('after-nuls'))]),
      ['after-nuls'],
    ],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x0a]), Buffer.from(line('after-bytes'))]),
      ['after-bytes'],
    ],
    ['half a surrogate pair', line('surrogate', 'x').replace('"x"}', '"\\ud800"}'), ['surrogate']],
    [
      'a byte order mark and CRLF',
      `\uFEFF${line('bom').replace('\n', '\r\n')}\r\n\n  \n${line('after-crlf')}`,
      ['bom', 'after-crlf'],
    ],
    ['values that are no objects', `1\n"text"\n[1]\nnull\n${line('after-values')}`, ['after-values']],
    ['line separators of Unicode', line('separators', 'a\u2028b\u2029c\u0085d'), ['separators']],
    [
      'keys of the prototype',
      line('prototype').replace('{', '{"__proto__":{"polluted":1},"constructor":1,'),
      ['prototype'],
    ],
    [
      'ten thousand levels',
      line('deep-10000', 'x').replace('"x"', '['.repeat(10_000) + ']'.repeat(10_000)),
      ['deep-10000'],
    ],
    ['two hundred thousand levels', `${line('deep', 'x').replace('"x"', LEVELS)}${line('after-deep')}`, ['after-deep']],
    ['a line of a megabyte', line('megabyte', 'Z'.repeat(1_048_576)), ['megabyte']],
    [
      'a line of eight megabytes and one more',
      `${line('giant', 'Z'.repeat(8_400_000))}${line('after-giant')}`,
      ['giant', 'after-giant'],
    ],
    ['characters over the edges of what is read at once', line('edges', 'é😀'.repeat(60_000)), ['edges']],
    ['no end of the last line', `${line('before-tail')}{"type":"user","uuid":"tail"}`, ['before-tail']],
  ];

  test('every record arrives at both destinations, under one id, and the rest is pointed at', async () => {
    const rig = await makeRig({ http: { maxBytes: 4_000_000 } });
    const names = ['a\nb', `q"u'o`, '😀', '-rf', 'a b%2f', 'n'.repeat(200)];
    for (const [index, [, content]] of odd.entries()) put(rig, `p/odd-${index}.jsonl`, content);
    for (const [index, name] of names.entries()) put(rig, `${name}/${name}.jsonl`, line(`name-${index}`));
    put(rig, 'p/parent/subagents/agent-a1.jsonl', line('subagent', 'x', { isSidechain: true, agentId: 'a1' }));
    put(rig, 'p/copy.jsonl', line('name-0') + line('name-0'));
    const future = new Date('2100-01-01T00:00:00Z');
    utimesSync(join(rig.projects, 'p/odd-0.jsonl'), future, future);
    utimesSync(join(rig.projects, 'p/odd-1.jsonl'), 0, 0);

    expect(await rig.run()).toMatchObject({ code: 0, stdout: '' });
    const wanted = [...odd.flatMap(([, , uuids]) => uuids), ...names.map((_, index) => `name-${index}`), 'subagent'];
    for (const records of [rig.fileRecords(), rig.httpRecords()]) {
      const uuids = uuidsOf(records);
      expect(wanted.filter((uuid) => !uuids.has(uuid))).toEqual([]);
      expect(uuids.has('tail')).toBe(false);
      expect(new Set(records.filter(({ uuid }) => uuid === 'name-0').map(({ id }) => id)).size).toBe(1);
      expect(records.find(({ uuid }) => uuid === 'edges')?.['text']).not.toMatch(/\uFFFD/);
      expect(records.every((record) => !('polluted' in record))).toBe(true);
    }
    expect(readFileSync(join(rig.state, 'quarantine.jsonl'), 'utf8')).toContain('odd-0.jsonl');
    const before = rig.server.requests.length;
    expect(await rig.run()).toMatchObject({ code: 0 });
    expect(rig.server.requests).toHaveLength(before);
    expect(rig.report().maxRssKb).toBeLessThan(150_000);
  });

  test('what is no transcript is neither read nor waited for', async () => {
    const rig = await makeRig();
    put(rig, 'p/plain.jsonl', line('plain'));
    mkdirSync(join(rig.projects, 'p/folder.jsonl'));
    execFileSync('mkfifo', [join(rig.projects, 'p/pipe.jsonl')]);
    const secret = join(rig.home, 'outside.jsonl');
    writeFileSync(secret, line('outside'));
    symlinkSync(secret, join(rig.projects, 'p/link.jsonl'));
    symlinkSync(join(rig.projects, 'p/loop.jsonl'), join(rig.projects, 'p/loop.jsonl'));
    symlinkSync('/nowhere', join(rig.projects, 'p/dangling.jsonl'));
    expect(await rig.run()).toMatchObject({ code: 0, stdout: '' });
    const uuids = uuidsOf(rig.fileRecords());
    expect([uuids.has('plain'), uuids.has('outside')]).toEqual([true, false]);
  });

  test('a line of a hundred megabytes costs no memory', async () => {
    const rig = await makeRig();
    const path = put(rig, 'p/huge.jsonl', line('before'));
    const file = openSync(path, 'a');
    const [head = '', tail = ''] = line('huge', '|').split('|');
    writeSync(file, head);
    for (let written = 0; written < 100; written += 1) writeSync(file, Buffer.alloc(1_048_576, 'Z'));
    writeSync(file, tail + line('after'));
    closeSync(file);
    expect(await rig.run()).toMatchObject({ code: 0 });
    expect(['before', 'huge', 'after'].map((uuid) => uuidsOf(rig.fileRecords()).has(uuid))).toEqual([true, true, true]);
    expect(rig.report().maxRssKb).toBeLessThan(150_000 + 70_000);
  });
});

describe('a transcript that is another one at the next run is delivered as it is then', () => {
  const lines = (name: string, count: number): string =>
    Array.from({ length: count }, (_, index) => line(`${name}-${index}`)).join('');
  const head = lines('same', 30);

  test.each<[string, (path: string) => void]>([
    [
      'emptied and written anew',
      (path) => {
        truncateSync(path);
        appendFileSync(path, lines('new', 5));
      },
    ],
    ['rewritten, longer than before', (path) => writeFileSync(path, lines('new', 200))],
    ['rewritten with the same beginning', (path) => writeFileSync(path, head + lines('new', 100))],
    [
      'deleted and made anew, three times, with the same inode as it may be',
      (path) => {
        for (const name of ['one', 'two', 'new']) {
          rmSync(path);
          writeFileSync(path, lines(name, 60));
        }
      },
    ],
    [
      'moved to another folder, and gone on with',
      (path) => {
        mkdirSync(join(path, '../../elsewhere'));
        renameSync(path, join(path, '../../elsewhere/moved.jsonl'));
        appendFileSync(join(path, '../../elsewhere/moved.jsonl'), lines('new', 5));
      },
    ],
    [
      'gone on with, and dated back to 1970',
      (path) => {
        appendFileSync(path, lines('new', 5));
        utimesSync(path, 0, 0);
      },
    ],
    ['of the same size, but another', (path) => writeFileSync(path, head + lines('new', 30))],
  ])('%s', async (_, change) => {
    const rig = await makeRig();
    const path = put(rig, 'p/changing.jsonl', head + lines('old', 30));
    await rig.run();
    const old = new Set(idsOf(rig.fileRecords()));
    change(path);
    expect(await rig.run()).toMatchObject({ code: 0, stdout: '' });
    for (const records of [rig.fileRecords(), rig.httpRecords()]) {
      const ids = new Set(idsOf(records));
      expect(expectedIds(rig.projects).filter((id) => !ids.has(id))).toEqual([]);
      const made = new Set([...old, ...expectedIds(rig.projects)]);
      expect([...ids].filter((id) => !made.has(id))).toEqual([]);
    }
    expect(leaks(rig)).toEqual([]);
  });

  test('deleted while it waits for its turn: no error, and the others arrive', async () => {
    const rig = await makeRig({ http: { maxRecords: 5 } });
    put(rig, 'p/old.jsonl', lines('old', 300));
    utimesSync(join(rig.projects, 'p/old.jsonl'), 1, 1);
    rig.addLines(10);
    const begun = rig.server.nextRequest();
    const run = rig.run();
    await begun;
    rmSync(join(rig.projects, 'p/old.jsonl'));
    expect(await run).toMatchObject({ code: 0 });
    const ids = new Set(idsOf(rig.httpRecords()));
    expect(expectedIds(rig.projects).filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('a transcript under way', () => {
  test('a last line in three pieces is sent when its newline is there, once', async () => {
    const rig = await makeRig();
    const whole = line('pieces');
    put(rig, 'p/torn.jsonl', line('first'));
    for (const piece of [whole.slice(0, 20), whole.slice(20, -1), '\n']) {
      expect(uuidsOf(rig.httpRecords()).has('pieces')).toBe(false);
      appendFileSync(join(rig.projects, 'p/torn.jsonl'), piece);
      await rig.run();
    }
    expect(rig.httpRecords().filter(({ uuid, derived }) => uuid === 'pieces' && derived !== true)).toHaveLength(1);
    expectWhole(rig);
  });

  test('three thousand lines by a fast writer that splits them anywhere, and readers that are killed', async () => {
    const rig = await makeRig({ http: { maxRecords: 200 } });
    const path = put(rig, 'p/fast.jsonl', '');
    const writer = spawn(process.execPath, ['--input-type=module', '-e', writerCode(path)], { stdio: 'ignore' });
    const finished = once(writer, 'exit');
    const random = seeded(11);
    for (let crash = 0; crash < 4; crash += 1) {
      const reader = rig.start('run');
      await Promise.race([sleep(200 + random() * 300), once(reader, 'exit')]);
      await kill(reader);
    }
    expect(await finished).toEqual([0, null]);
    expect(await rig.run()).toMatchObject({ code: 0 });
    for (const records of [rig.fileRecords(), rig.httpRecords()]) {
      expect([...new Set(idsOf(records))]).toEqual(expectedIds(rig.projects));
    }
    expect(expectedIds(rig.projects).length).toBeGreaterThan(3_000);
  });

  test('the session that fired comes first, whatever waits behind it', async () => {
    const rig = await makeRig({ destinations: ['http'] });
    for (let index = 0; index < 600; index += 1) put(rig, `old/${index}.jsonl`, lines4(index));
    const fired = join(rig.projects, '2.1.329-simple');
    utimesSync(join(fired, 'f84d606c-4a72-4e13-8b92-3adc9002aaae.jsonl'), 1, 1);
    const first = rig.server.nextRequest();
    const path = join(fired, 'f84d606c-4a72-4e13-8b92-3adc9002aaae.jsonl');
    const before = performance.now();
    const worker = rig.start('hook', {}, JSON.stringify({ transcript_path: path }));
    const records = recordsOf(await first);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(new Set(records.map(({ source_file: file }) => file))).toEqual(new Set([path]));
    await kill(worker);
  });
});

describe('the hook', () => {
  test('does not wait for a host that keeps its standard input open', async () => {
    const rig = await makeRig();
    await rig.install();
    const before = performance.now();
    const hook = spawn('sh', ['-c', rig.hookCommand()], { env: rig.env, stdio: ['pipe', 'ignore', 'ignore'] });
    expect(await once(hook, 'exit')).toEqual([0, null]);
    expect(performance.now() - before).toBeLessThan(1_000);
    await rig.settle();
    hook.stdin?.destroy();
    expectWhole(rig);
  });

  test('works without a standard input, and from a folder that is gone', async () => {
    const rig = await makeRig();
    await rig.install();
    const folder = join(rig.home, 'gone');
    mkdirSync(folder);
    const command = `rmdir '${folder}'; ${rig.hookCommand()} <&-`;
    const hook = spawn('sh', ['-c', command], { cwd: folder, env: rig.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    hook.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    expect(await once(hook, 'close')).toEqual([SILENT.code, SILENT.signal]);
    expect(said).toBe('');
    await rig.settle();
    expectWhole(rig);
  });
});

function lines4(session: number): string {
  return Array.from({ length: 4 }, (_, index) => line(`old-${session}-${index}`)).join('');
}

/** Writes lines as several clients on a busy machine would: in pieces of any length, as fast as it can. */
function writerCode(path: string): string {
  return `
    import { openSync, writeSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    const file = openSync(${JSON.stringify(path)}, 'a');
    let seed = 1;
    const random = (below) => (seed = (seed * 16807) % 2147483647) % below;
    let pending = Buffer.alloc(0);
    for (let number = 0; number < 3100; number += 1) {
      const message = { role: 'user', content: 'é'.repeat(random(200)) };
      const line = JSON.stringify({ type: 'user', uuid: 'fast-' + number, sessionId: 's', message }) + '\\n';
      pending = Buffer.concat([pending, Buffer.from(line)]);
      pending = pending.subarray(writeSync(file, pending, 0, random(pending.length + 1)));
      if (number % 100 === 0) await sleep(25);
    }
    while (pending.length > 0) pending = pending.subarray(writeSync(file, pending));
  `;
}
