import { dirname, join, relative } from 'node:path';
import { mkdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { status } from '../../src/commands/status.ts';
import { writeConfig, type Config } from '../../src/config.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { openQuarantine } from '../../src/state/quarantine.ts';
import { openStore } from '../../src/state/store.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
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
    const words = text.replaceAll(/\s+/g, ' ');
    expect(words).toContain('Parts of transcripts that are no readable line: 1,200, the newest found at 2026-11-21');
    expect(words).toContain(`~/${relative(dirname(dirname(dirname(dirname(path)))), path)}`);
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

describe('the next step', () => {
  const local = { name: 'local', kind: 'local', redaction: 'none', options: {} } as const;

  /** What status prints where the hook is not registered, and with what is done before. */
  async function screen(prepare: (env: { HOME: string }) => void): Promise<string> {
    const env = { HOME: makeTempDirectory() };
    prepare(env);
    const printed: string[] = [];
    await status({ json: false }, { ...recordingTerminal(env), out: (line) => void printed.push(line) });
    return printed.join('\n');
  }

  test('without the hook is to install it', async () => {
    expect(await screen(() => {})).toMatch(
      /^Stop hook {2}not registered, and its launcher is missing\n[^]*^Next {7}npx stopwire install$/m,
    );
  });

  test('and what is worth knowing are there for a destination that has never got anything', async () => {
    const shown = await screen((env) => {
      const config: Config = { version: 1, claudeDirectories: [], destinations: [{ ...local, paused: true }] };
      writeConfig(pathsFrom(env).config, config);
    });
    expect(shown).toMatch(/^destination {2}redaction {2}delivered {2}waiting {2}lag {2}last delivery$/m);
    expect(shown).toMatch(/^local {8}none {15}0 {2}- {10}- {2}never \(paused\)$/m);
  });
});

describe('today', () => {
  const answer = (id: string, session: string, timestamp: string, usd?: number): MessageRecord => ({
    id,
    message_id: id,
    type: 'assistant',
    session_id: session,
    timestamp,
    ...(usd === undefined ? { cost_status: 'unknown_model' } : { cost_status: 'priced', cost_usd: usd }),
  });

  test('begins at midnight of this machine, and counts responses with a price and without', async () => {
    const env = { HOME: makeTempDirectory() };
    const paths = pathsFrom(env);
    mkdirSync(dirname(paths.store), { recursive: true });
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
    const before = new Date(midnight.getTime() - 1).toISOString();
    const store = openStore(paths.store);
    const records = [
      answer('a', 's1', before, 8),
      answer('b', 's1', midnight.toISOString(), 1.5),
      answer('c', 's2', now.toISOString(), 2),
      answer('d', 's2', now.toISOString()),
    ];
    store.upsert(
      records,
      records.map((record) => JSON.stringify(record)),
    );
    store.close();
    const printed: string[] = [];
    const terminal = { ...recordingTerminal(env), out: (line: string) => void printed.push(line) };
    await status({ json: true }, terminal);
    expect(JSON.parse(printed.pop() ?? '').today).toEqual({
      since: midnight.toISOString(),
      sessions: 2,
      responses: 3,
      costUsd: 3.5,
      unpricedResponses: 1,
    });
    await status({ json: false }, terminal);
    expect(printed.join('\n').replaceAll(/\s+/g, ' ')).toContain(
      'Today 2 sessions, 3 responses, at least $3.50 at list price (since 00:00 here, ',
    );
  });
});
