import { describe, expect, test } from '@jest/globals';
import { exclusionRules, isExcluded, type ExclusionConfig, type LineFacts } from '../../src/privacy/exclusion.ts';

const SHOP = { project: '/home/dev/code/shop', cwd: '/home/dev/code/shop', git_branch: 'main', entrypoint: 'cli' };

function excludes(config: ExclusionConfig, facts: LineFacts, optedOut: readonly string[] = []): boolean {
  const isOptedOut = (folder: string): boolean => optedOut.includes(folder);
  return isExcluded(facts, exclusionRules(config, { home: '/home/dev', isOptedOut }));
}

describe('what is left out', () => {
  test.each<[string, ExclusionConfig, LineFacts, boolean]>([
    ['nothing without a rule', {}, SHOP, false],
    ['empty lists are no rules', { include: [], exclude: [] }, SHOP, false],
    ['a project by its path', { exclude: ['/home/dev/code/shop'] }, SHOP, true],
    ['a project below a folder', { exclude: ['~/code'] }, SHOP, true],
    ['not one of a name that begins alike', { exclude: ['~/wor'] }, SHOP, false],
    ['a project by its name', { exclude: ['shop'] }, SHOP, true],
    ['a project by a pattern of its name', { exclude: ['sh*'] }, SHOP, true],
    ['a folder of the project while it is worked in', { exclude: ['~/code/shop/keys'] }, SHOP, false],
    ['…', { exclude: ['~/code/shop/keys'] }, { ...SHOP, cwd: '/home/dev/code/shop/keys' }, true],
    ['an excluded project that was left', { exclude: ['~/code'] }, { ...SHOP, cwd: '/tmp' }, true],
    ['a path that goes round', { exclude: ['~/code'] }, { project: '/home/dev/x/../code/shop' }, true],
    ['a branch', { excludeBranches: ['wip/*'] }, { ...SHOP, git_branch: 'wip/x' }, true],
    ['no other branch', { excludeBranches: ['wip/*'] }, SHOP, false],
    ['an entrypoint', { excludeEntrypoints: ['sdk-*'] }, { ...SHOP, entrypoint: 'sdk-cli' }, true],
    ['no other entrypoint', { excludeEntrypoints: ['sdk-*'] }, SHOP, false],
    ['what is not included', { include: ['~/oss'] }, SHOP, true],
    ['not what is', { include: ['~/oss', '~/code'] }, SHOP, false],
    ['not what is, wherever it has gone', { include: ['~/code'] }, { ...SHOP, cwd: '/tmp' }, false],
    ['what was started elsewhere', { include: ['~/code'] }, { ...SHOP, project: '/tmp' }, true],
    ['what is included and excluded', { include: ['~/code'], exclude: ['shop'] }, SHOP, true],
    ['what says nothing of itself, where something is included', { include: ['**'] }, {}, true],
    ['not what says nothing of itself otherwise', { exclude: ['**'], excludeBranches: ['*'] }, {}, false],
    ['on Windows', { exclude: ['C:\\code'] }, { project: 'C:\\code\\shop' }, true],
  ])('%s', (_, config, facts, expected) => {
    expect(excludes(config, facts)).toBe(expected);
  });

  test.each<[ExclusionConfig, boolean]>([
    [{ exclude: ['~/code/shop'] }, true],
    [{ exclude: ['~/code'] }, true],
    [{ exclude: ['**/shop'] }, true],
    [{ exclude: ['~/*/shop'] }, true],
    [{ exclude: ['~/oss'] }, false],
    [{ include: ['~/code'] }, false],
    [{ include: ['~/oss'] }, true],
  ])("the client's name for a folder stands for it: %j", (config, expected) => {
    expect(excludes(config, { project: '-home-dev-code-shop' })).toBe(expected);
  });

  test('a project that has opted out, by where it is or where it began', () => {
    const { project } = SHOP;
    expect(excludes({}, SHOP, [project])).toBe(true);
    expect(excludes({}, { ...SHOP, cwd: '/tmp' }, [project])).toBe(true);
    expect(excludes({}, { ...SHOP, cwd: '/opted' }, ['/opted'])).toBe(true);
    expect(excludes({ include: [project] }, SHOP, [project])).toBe(true);
    expect(excludes({}, SHOP, ['/other'])).toBe(false);
  });
});

test('a folder is looked at once', () => {
  const asked: string[] = [];
  const rules = exclusionRules({}, { home: '/', isOptedOut: (folder) => asked.push(folder) > 1_000 });
  for (let line = 0; line < 10; line += 1) isExcluded({ ...SHOP, cwd: '/tmp' }, rules);
  expect(asked).toEqual([SHOP.project, '/tmp']);
});
