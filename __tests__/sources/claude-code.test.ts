import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { claudeCode } from '../../src/sources/claude-code.ts';
import { fixtureFiles, TRANSCRIPTS } from '../helpers/fixtures.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

const SESSION = '0c58fef5-c097-4d93-8db2-c4863882cdf1';
/** As long as a name may be. */
const LONGEST = `${'n'.repeat(249)}.jsonl`;

let root: string;
beforeEach(() => {
  root = makeTempDirectory();
});

function write(name: string, text = '{}\n'): string {
  const path = join(root, 'projects', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What was found, by its place below `projects/`. */
function found(): string[] {
  return claudeCode
    .discover(root)
    .map(({ path }) => relative(join(root, 'projects'), path))
    .toSorted();
}

describe('the source of Claude Code', () => {
  test('finds every transcript of every layout and version in the fixtures, and nothing else', () => {
    symlinkSync(TRANSCRIPTS, join(root, 'projects'));
    const expected = fixtureFiles().map(({ transcript }) => relative(TRANSCRIPTS, transcript.path));
    expect(expected.length).toBeGreaterThan(60);
    expect(found()).toEqual(expected.toSorted());
  });

  test.each([
    ['a session', `p/${SESSION}.jsonl`, SESSION],
    ['a sub-agent of 2.0.76, beside it', 'p/agent-a5e2e02.jsonl', 'agent-a5e2e02'],
    ['a sub-agent of 2.1.x', `p/${SESSION}/subagents/agent-a2.jsonl`, SESSION],
    ["a workflow's agent", `p/${SESSION}/subagents/workflows/wf_8055263c-787/agent-a2.jsonl`, SESSION],
    ['a file one folder deeper than any known', `p/${SESSION}/a/b/c/d/agent-a2.jsonl`, SESSION],
  ])('finds %s, with its project and session', (_, name, sessionId) => {
    const path = write(name, '{"a":1}\n');
    expect(claudeCode.discover(root)).toEqual([
      { source: 'claude-code', path, projectFolder: 'p', sessionId, size: 8, mtimeMs: expect.any(Number) },
    ]);
  });

  test.each([
    `p/${SESSION}/subagents/workflows/wf_8055263c-787/journal.jsonl`,
    `p/${SESSION}/tool-results/output.jsonl`,
    'p/memory/notes.jsonl',
    `p/${SESSION}/subagents/agent-a2.meta.json`,
    `p/${SESSION}.jsonl.bak`,
    `p/${SESSION}.JSONL`,
    'directly-below-projects.jsonl',
    `p/${SESSION}/a/b/c/d/e/too-deep.jsonl`,
  ])('passes over %s', (name) => {
    write(name);
    write('p/a.jsonl');
    expect(found()).toEqual(['p/a.jsonl']);
  });

  test('looks into a folder that is named like a transcript', () => {
    write('p/folder.jsonl/agent.jsonl');
    expect(found()).toEqual(['p/folder.jsonl/agent.jsonl']);
  });

  test('works where the configuration root is a symbolic link', () => {
    write('p/a.jsonl');
    const link = join(makeTempDirectory(), 'claude');
    symlinkSync(root, link);
    expect(claudeCode.discover(link).map(({ path }) => path)).toEqual([join(link, 'projects', 'p', 'a.jsonl')]);
  });

  test('follows no symbolic link below the root, to a file, a folder or nowhere', () => {
    const real = write('p/a.jsonl');
    const projects = join(root, 'projects');
    symlinkSync(real, join(projects, 'p', 'file.jsonl'));
    symlinkSync('/etc/passwd', join(projects, 'p', 'passwd.jsonl'));
    symlinkSync('/nowhere', join(projects, 'p', 'dangling.jsonl'));
    symlinkSync('loop.jsonl', join(projects, 'p', 'loop.jsonl'));
    symlinkSync(join(projects, 'p'), join(projects, 'folder'));
    symlinkSync('..', join(projects, 'p', 'up'));
    expect(found()).toEqual(['p/a.jsonl']);
  });

  test.each([
    ['nothing', (): void => {}],
    ['no projects', (): void => mkdirSync(join(root, 'sessions'))],
    ['a file named projects', (): void => writeFileSync(join(root, 'projects'), '')],
    ['an empty project', (): void => void mkdirSync(join(root, 'projects', 'p'), { recursive: true })],
    ['a link from projects into nowhere', (): void => symlinkSync('/nowhere', join(root, 'projects'))],
  ])('finds nothing where there is %s', (_, prepare) => {
    prepare();
    expect(found()).toEqual([]);
  });

  test('finds nothing where there is no root', () => {
    rmSync(root, { recursive: true });
    expect(found()).toEqual([]);
  });

  test.each([
    ['a newline', 'a\nb.jsonl'],
    ['a quote', `a"b'c.jsonl`],
    ['an emoji', '😀.jsonl'],
    ['a leading dash', '-rf.jsonl'],
    ['a space and a percent sign', 'a b%2f.jsonl'],
    ['a backslash', 'a\\b.jsonl'],
    ['255 bytes', LONGEST],
    ['nothing but the ending', '.jsonl'],
  ])('finds a file and a folder whose name has %s', (_, name) => {
    write(`-home-dev/${name}`);
    write(`-home-dev-${name.slice(0, 200)}/a.jsonl`);
    expect(found()).toHaveLength(2);
    expect(found()).toContain(`-home-dev/${name}`);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('passes over names that are no UTF-8', () => {
    const beside = join(root, 'projects', 'p');
    write('p/a.jsonl');
    writeFileSync(Buffer.concat([Buffer.from(`${beside}/`), Buffer.from([0xff]), Buffer.from('.jsonl')]), '{}\n');
    mkdirSync(Buffer.concat([Buffer.from(`${beside}/`), Buffer.from([0xfe])]));
    expect(found()).toEqual(['p/a.jsonl']);
  });

  test.each([
    ['not be listed', 0o311],
    ['be listed and not entered', 0o744],
    ['neither', 0o700],
  ])('passes over a folder that may %s, and goes on', async (_, mode) => {
    write('closed/a.jsonl');
    write('closed/b/c.jsonl');
    write('open/a.jsonl');
    chmodSync(join(root, 'projects', 'closed'), mode);
    expect(await withoutPrivileges(found)).toEqual(['open/a.jsonl']);
  });
});
