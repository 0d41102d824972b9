import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mcpServers, skillsRegistered } from '../../src/lib/claude-inventory.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

let claudeJson: string;
let root: string;
let project: string;
beforeEach(() => {
  const home = makeTempDirectory();
  claudeJson = join(home, '.claude.json');
  root = join(home, '.claude');
  project = join(home, 'shop');
  mkdirSync(project);
});

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
}

function servers(...names: string[]): { [name: string]: unknown } {
  return Object.fromEntries(names.map((name) => [name, { command: 'secret', env: { KEY: 'secret' } }]));
}

describe('mcpServers', () => {
  test('names the servers of all three scopes, and takes nothing but names', () => {
    write(claudeJson, {
      mcpServers: servers('everywhere'),
      projects: { [project]: { mcpServers: servers('mine') }, '/other': { mcpServers: servers('elsewhere') } },
    });
    write(join(project, '.mcp.json'), { mcpServers: servers('shared') });
    expect(mcpServers(claudeJson, project)).toEqual([
      { name: 'mine', scope: 'local' },
      { name: 'shared', scope: 'project' },
      { name: 'everywhere', scope: 'user' },
    ]);
  });

  test('counts a name once, in its nearest scope', () => {
    write(claudeJson, { mcpServers: servers('a', 'b', 'c'), projects: { [project]: { mcpServers: servers('a') } } });
    write(join(project, '.mcp.json'), { mcpServers: servers('a', 'b') });
    expect(mcpServers(claudeJson, project)).toEqual([
      { name: 'a', scope: 'local' },
      { name: 'b', scope: 'project' },
      { name: 'c', scope: 'user' },
    ]);
  });

  test('leaves out what is switched off', () => {
    const here = { mcpServers: servers('a', 'b'), disabledMcpServers: ['b', 'd'], disabledMcpjsonServers: ['e'] };
    write(claudeJson, { mcpServers: servers('c', 'd'), projects: { [project]: here } });
    write(join(project, '.mcp.json'), { mcpServers: servers('e', 'f', 'g', 'h') });
    write(join(project, '.claude', 'settings.json'), { disabledMcpjsonServers: ['f', 'c'] });
    write(join(project, '.claude', 'settings.local.json'), { disabledMcpjsonServers: ['g'] });
    expect(mcpServers(claudeJson, project)).toEqual([
      { name: 'a', scope: 'local' },
      { name: 'h', scope: 'project' },
      { name: 'c', scope: 'user' },
    ]);
  });

  test('names at most 200', () => {
    write(claudeJson, { mcpServers: servers(...Array.from({ length: 500 }, (_, index) => `server-${index}`)) });
    expect(mcpServers(claudeJson, project)).toHaveLength(200);
  });

  test.each([
    ['no files', undefined, undefined],
    ['broken files', '{"mcpServers":', '[1]'],
    ['other shapes', { mcpServers: ['x'], projects: 'y' }, { mcpServers: 7 }],
    ['a project that is a list', { projects: [[]] }, {}],
  ])('answers none for %s', (_, client, shared) => {
    if (client !== undefined) write(claudeJson, client);
    if (shared !== undefined) write(join(project, '.mcp.json'), shared);
    expect(mcpServers(claudeJson, project)).toEqual([]);
  });

  test('takes no project for another by the name of a built-in', () => {
    write(claudeJson, { projects: {} });
    expect(mcpServers(claudeJson, 'constructor')).toEqual([]);
    expect(mcpServers(claudeJson, '__proto__')).toEqual([]);
  });

  test('waits for no pipe', () => {
    execFileSync('mkfifo', [claudeJson, join(project, '.mcp.json')]);
    expect(mcpServers(claudeJson, project)).toEqual([]);
  });
});

describe('skillsRegistered', () => {
  test('names folders with a SKILL.md, the user’s first', () => {
    write(join(root, 'skills', 'review', 'SKILL.md'), '---\nname: other\n---\n');
    write(join(root, 'skills', 'deploy', 'SKILL.md'), '');
    write(join(root, 'skills', 'notes', 'README.md'), '');
    write(join(root, 'skills', 'SKILL.md'), '');
    write(join(project, '.claude', 'skills', 'migrate', 'SKILL.md'), '');
    expect(skillsRegistered(root, project)).toEqual([
      { name: 'deploy', scope: 'user' },
      { name: 'review', scope: 'user' },
      { name: 'migrate', scope: 'project' },
    ]);
  });

  test('counts a name once, also where the project is the home folder', () => {
    write(join(root, 'skills', 'review', 'SKILL.md'), '');
    write(join(project, '.claude', 'skills', 'review', 'SKILL.md'), '');
    const one = [{ name: 'review', scope: 'user' }];
    expect(skillsRegistered(root, project)).toEqual(one);
    expect(skillsRegistered(root, dirname(root))).toEqual(one);
  });

  test('follows a folder that is a symlink, and passes over what is no file', () => {
    write(join(root, 'shared', 'SKILL.md'), '');
    mkdirSync(join(root, 'skills', 'folder', 'SKILL.md'), { recursive: true });
    symlinkSync('../shared', join(root, 'skills', 'linked'));
    symlinkSync('loop', join(root, 'skills', 'loop'));
    expect(skillsRegistered(root, project)).toEqual([{ name: 'linked', scope: 'user' }]);
  });

  test('names at most 200', () => {
    for (let index = 0; index < 300; index += 1) write(join(root, 'skills', `skill-${index}`, 'SKILL.md'), '');
    expect(skillsRegistered(root, project)).toHaveLength(200);
  });

  test('answers none where there are no folders', () => {
    expect(skillsRegistered(root, project)).toEqual([]);
    write(join(root, 'skills'), 'a file');
    expect(skillsRegistered(root, project)).toEqual([]);
  });
});
