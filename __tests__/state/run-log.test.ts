import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readRunLog } from '../../src/state/run-log.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let path: string;
beforeEach(() => {
  path = join(makeTempDirectory(), 'hook.log');
});

const write = (...runs: object[]): void => writeFileSync(path, runs.map((run) => `${JSON.stringify(run)}\n`).join(''));
const run = (at: string, ...destinations: object[]): object => ({ at, destinations });

describe('the run log', () => {
  test('that is not there tells of no run', () => {
    const log = readRunLog(path);
    expect([log.last, log.lastRunError, log.lastError('http')]).toEqual([undefined, undefined, undefined]);
  });

  test('tells the last trouble with each destination, also where it is over', () => {
    write(
      run('t1', { destination: 'http', state: 'resting', reason: 'first' }, { destination: 'local', reason: 'disk' }),
      run('t2', { destination: 'http', state: 'resting', reason: 'second' }),
      run('t3', { destination: 'http', state: 'current' }),
    );
    const log = readRunLog(path);
    expect(log.lastError('http')).toEqual({ at: 't2', reason: 'second' });
    expect(log.lastError('local')).toEqual({ at: 't1', reason: 'disk' });
    expect(log.lastError('file')).toBeUndefined();
    expect(log.last).toMatchObject({ at: 't3' });
    expect(log.lastRunError).toBeUndefined();
  });

  test('tells what a destination left out of what it took from its troubles', () => {
    write(
      run('t1', { destination: 'loki', state: 'current', loss: 'of what was delivered, 2 were left out: too old' }),
      run('t2', { destination: 'loki', state: 'resting', reason: '503' }),
      run('t3', { destination: 'loki', state: 'current' }),
    );
    const log = readRunLog(path);
    expect(log.lastLoss('loki')).toEqual({ at: 't1', reason: 'of what was delivered, 2 were left out: too old' });
    expect(log.lastError('loki')).toEqual({ at: 't2', reason: '503' });
    expect(log.lastLoss('http')).toBeUndefined();
  });

  test('tells why the last run came to nothing, until one does not', () => {
    write({ at: 't1', error: 'The state was written by a newer stopwire.' });
    expect(readRunLog(path).lastRunError).toEqual({ at: 't1', reason: 'The state was written by a newer stopwire.' });
    write({ at: 't1', error: 'Something.' }, run('t2'));
    expect(readRunLog(path).lastRunError).toBeUndefined();
  });

  test('is read over lines that are no runs', () => {
    writeFileSync(path, `${JSON.stringify(run('t1', { destination: 'http', reason: 'kept' }))}\nno json\n[1]\nnull\n`);
    expect(readRunLog(path).lastError('http')).toEqual({ at: 't1', reason: 'kept' });
  });
});
