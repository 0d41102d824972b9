import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { status } from '../../src/commands/status.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { openQuarantine } from '../../src/state/quarantine.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

/** What status prints in a home where that many ranges of transcripts could not be read. */
async function statusWith(ranges: number, json: boolean): Promise<{ text: string; path: string }> {
  const env = { HOME: makeTempDirectory() };
  const { quarantine: path } = pathsFrom(env);
  const quarantine = openQuarantine(path);
  const at = '2026-11-21T04:00:00.000Z';
  for (let start = 0; start < ranges; start += 1) {
    quarantine.keep({ file: join(env.HOME, 's.jsonl'), start, end: 9, sha256: 'ab', reason: 'no JSON', at });
  }
  const printed: string[] = [];
  await status({ json }, { ...recordingTerminal(env), out: (line) => void printed.push(line) });
  return { text: printed.join('\n'), path };
}

describe('what could not be read', () => {
  test('is counted by status, which names the file that says where it stands', async () => {
    const { text, path } = await statusWith(1_200, false);
    expect(text).toContain('Parts of transcripts that are no readable line: 1,200, the newest found at 2026-11-21');
    expect(text).toContain(path);
  });

  test('is not mentioned where there is none', async () => {
    expect((await statusWith(0, false)).text).not.toContain('readable');
  });

  test.each([0, 2])('stands in the JSON (%d)', async (ranges) => {
    const { text, path } = await statusWith(ranges, true);
    expect(JSON.parse(text).quarantine).toEqual({
      path,
      ranges,
      ...(ranges > 0 && { newest: expect.objectContaining({ start: 1, reason: 'no JSON' }) }),
    });
  });
});
