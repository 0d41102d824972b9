/** The real transcripts in fixtures/, as a source would find them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentFileOf, readAgentMeta } from '../../src/sources/agent-meta.ts';
import type { AgentMeta, Line, Transcript } from '../../src/types.ts';

export const TRANSCRIPTS = join(import.meta.dirname, '..', '..', 'fixtures', 'transcripts');

/** One transcript and its lines, each with its bytes. */
export interface FixtureFile {
  transcript: Transcript;
  agent?: AgentMeta | undefined;
  lines: { value: Line; start: number; bytes: Buffer }[];
}

/** The transcripts of one case, or of all. */
export function fixtureFiles(folder = ''): FixtureFile[] {
  const names = readdirSync(join(TRANSCRIPTS, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('journal.jsonl'))
    .toSorted()
    .map((name) => fixtureFile(join(folder, name)));
}

function fixtureFile(name: string): FixtureFile {
  const path = join(TRANSCRIPTS, name);
  const bytes = readFileSync(path);
  const [projectFolder = '', inside = ''] = name.split('/');
  const sessionId = inside.replace(/\.jsonl$/, '');
  const agentFile = agentFileOf(path);
  return {
    agent: agentFile && readAgentMeta(agentFile),
    transcript: { source: 'claude-code', path, projectFolder, sessionId, size: bytes.length, mtimeMs: 0 },
    lines: split(bytes),
  };
}

/** An independent way to lines: the whole file at once. */
function split(bytes: Buffer): FixtureFile['lines'] {
  const lines: FixtureFile['lines'] = [];
  let start = 0;
  for (const text of bytes.toString('latin1').split('\n').slice(0, -1)) {
    const line = bytes.subarray(start, start + text.length);
    if (text.trim() !== '') lines.push({ value: JSON.parse(line.toString('utf8')), start, bytes: line });
    start += text.length + 1;
  }
  return lines;
}

/** Cases that differ from one another: clients, tools, sub-agents, compaction, errors, interruptions. */
export const variedCases = [
  '1.0.128-subagent',
  '2.0.76-compact',
  '2.1.119-parallel',
  '2.1.290-multiturn',
  '2.1.329-simple',
  '2.1.329-parallel',
  '2.1.329-subagent',
  '2.1.329-subagentnest',
  '2.1.329-compact',
  '2.1.329-errors',
  '2.1.329-hook-exit2',
  '2.1.329-thinktool',
  '2.1.329-tuicommands',
  '2.1.329-tuiinterrupt',
  '2.1.329-workflow',
] as const;

/** The names of all cases. */
export function fixtureCases(): string[] {
  return readdirSync(TRANSCRIPTS).toSorted();
}
