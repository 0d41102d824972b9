import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { readBounded } from '../../src/lib/read-bounded.ts';

const BOUNDS = { maxBytes: 1_048_576, deadlineMs: 250 };
/** Longer than a test may take: what ends in time ends for another reason. */
const NO_DEADLINE = { maxBytes: 1_048_576, deadlineMs: 90_000 };

let child: ChildProcessByStdio<Writable, Readable, null> | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
});

/** A real pipe: the output of a program whose input stays open. */
function pipeFrom(command: string, ...args: string[]): Readable {
  child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  return child.stdout;
}

describe('readBounded', () => {
  test.each([
    ['a text', ['{"session_id":', '"a"}'], '{"session_id":"a"}'],
    ['nothing', [], ''],
    ['characters that two chunks share', [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)], 'ä'],
    ['bytes that are no UTF-8', [Buffer.from([0x61, 0xff])], 'a\ufffd'],
  ])('reads %s to its end, without waiting longer', async (_, chunks, text) => {
    expect(await readBounded(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), NO_DEADLINE)).toBe(text);
  });

  test('reads what a program writes and ends', async () => {
    expect(await readBounded(pipeFrom('echo', 'hello'), NO_DEADLINE)).toBe('hello\n');
  });

  test('gives up a pipe that stays open and says nothing', async () => {
    const pipe = pipeFrom('cat');
    expect(await readBounded(pipe, { ...BOUNDS, deadlineMs: 50 })).toBe('');
    expect(pipe.destroyed).toBe(true);
  });

  test('answers what it has of a stream that stays open', async () => {
    const stream = new PassThrough();
    stream.write('{"half":');
    expect(await readBounded(stream, BOUNDS)).toBe('{"half":');
    expect(stream.destroyed).toBe(true);
  });

  test('keeps to the deadline where bytes trickle in without end', async () => {
    const stream = new PassThrough();
    const trickle = setInterval(() => stream.write('x'), 10);
    const text = await readBounded(stream, BOUNDS);
    clearInterval(trickle);
    expect(text).toMatch(/^x+$/);
  });

  test('reads no more of 5 MB, or of an endless pipe, than it should', async () => {
    const fiveMegabytes = Readable.from([Buffer.alloc(5_000_000, 'x')]);
    expect((await readBounded(fiveMegabytes, NO_DEADLINE)).length).toBe(NO_DEADLINE.maxBytes);
    expect((await readBounded(pipeFrom('cat', '/dev/zero'), NO_DEADLINE)).length).toBe(NO_DEADLINE.maxBytes);
  });

  test('answers what came before an error, and does not throw', async () => {
    const stream = new PassThrough();
    stream.write('before');
    setImmediate(() => stream.destroy(new Error('the pipe broke')));
    expect(await readBounded(stream, NO_DEADLINE)).toBe('before');
  });

  test('answers what came before the stream was closed without an end', async () => {
    const stream = new PassThrough();
    stream.write('before');
    setImmediate(() => stream.destroy());
    expect(await readBounded(stream, NO_DEADLINE)).toBe('before');
  });
});
