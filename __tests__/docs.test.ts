import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runToEnd } from './helpers/sandbox.ts';

test('the reference says what the code says', async () => {
  const generate = join(import.meta.dirname, '..', 'docs', 'generate.js');
  const { code, stderr } = await runToEnd(process.execPath, [generate, '--check'], {
    env: { PATH: process.env['PATH'] },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
