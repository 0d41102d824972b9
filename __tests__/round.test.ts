import { appendFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { round, type Sweep } from '../src/round.ts';
import type { Transcript } from '../src/types.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

/** Transcripts of two projects, of which one writes a line right after it was first looked at. */
function twoProjects() {
  const projects = makeTempDirectory();
  const paths = ['ours', 'theirs'].map((folder) => join(projects, folder, 'session.jsonl'));
  for (const path of paths) {
    mkdirSync(dirname(path));
    writeFileSync(path, '{}\n');
  }
  const looks: { within: string | undefined; sizes: { [folder: string]: number } }[] = [];
  const transcriptOf = (projectFolder: string): Transcript => {
    const path = join(projects, projectFolder, 'session.jsonl');
    const { size, mtimeMs } = statSync(path);
    return { source: 'claude-code', path, projectFolder, sessionId: 'session', size, mtimeMs };
  };
  const sweep = async (within?: string): Promise<Sweep> => {
    const live = (within === undefined ? ['ours', 'theirs'] : [within]).map(transcriptOf);
    looks.push({ within, sizes: Object.fromEntries(live.map((one) => [one.projectFolder, one.size])) });
    if (looks.length === 1) appendFileSync(join(projects, 'theirs', 'session.jsonl'), '{"late":true}\n');
    return { transcripts: live.length, live, destinations: [] };
  };
  return { looks, sweep };
}

describe('a round', () => {
  test('waits for late lines in every project that it saw: another session may have fired as well', async () => {
    const { looks, sweep } = twoProjects();
    const reconciled = async (): Promise<boolean> => false;
    await round({ sweep, project: 'ours', reconciled, isOver: () => false, patienceMs: 0 });
    expect(looks).toEqual([
      { within: undefined, sizes: { ours: 3, theirs: 3 } },
      { within: 'theirs', sizes: { theirs: 17 } },
      { within: 'ours', sizes: { ours: 3 } },
    ]);
  });
});
