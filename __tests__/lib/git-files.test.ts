import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { memoisedRepositories, readRepository, type Repository } from '../../src/lib/git-files.ts';
import { commit, git, gitOrNothing, makeRepository } from '../helpers/git.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { withoutPrivileges } from '../helpers/unprivileged.ts';

/** What git itself says of a directory, name and credentials of the remote excepted. */
function byGit(cwd: string): Omit<Repository, 'name' | 'remote'> | undefined {
  const root = gitOrNothing(cwd, 'rev-parse', '--show-toplevel');
  if (root === undefined) return undefined;
  const own = git(cwd, 'rev-parse', '--path-format=absolute', '--git-dir');
  const isLinked = own !== git(cwd, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  return {
    root,
    branch: git(cwd, 'branch', '--show-current') || undefined,
    head: gitOrNothing(cwd, 'rev-parse', '--verify', '--quiet', 'HEAD'),
    worktree: isLinked ? basename(own) : undefined,
  };
}

function withoutRemote(found: Repository | undefined): Omit<Repository, 'name' | 'remote'> | undefined {
  if (found === undefined) return undefined;
  const { root, branch, head, worktree } = found;
  return { root, branch, head, worktree };
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

describe('readRepository says what git says', () => {
  const cases: [string, (root: string) => string | void][] = [
    ['on a branch', () => {}],
    ['in a folder below', (root) => below(root, 'src/lib')],
    ['in a folder that git ignores', ignored],
    ['before the first commit', (root) => void git(root, 'checkout', '--quiet', '--orphan', 'fresh')],
    ['with a slash in the branch', (root) => void git(root, 'checkout', '--quiet', '-b', 'feature/a.b/c')],
    ['with other letters in the branch', (root) => void git(root, 'checkout', '--quiet', '-b', 'größe/日本')],
    ['with a detached HEAD', (root) => void git(root, 'checkout', '--quiet', '--detach')],
    ['with a ref that names another', (root) => void git(root, 'symbolic-ref', 'refs/heads/other', 'refs/heads/main')],
    ['with packed refs', (root) => void git(root, 'pack-refs', '--all')],
    ['with packed tags, which have a line more', packTags],
    ['with packed refs and a newer loose one', packThenCommit],
    ['with a branch whose name begins as a packed one', packOneOfTwo],
    ['in a linked work tree', (root) => worktree(root, 'topic')],
    ['in a linked work tree with packed refs', (root) => worktree(root, 'topic', 'pack-refs', '--all')],
    ['in a detached work tree inside the main one', (root) => detachedInside(root)],
    ['in a work tree whose administration is gone', goneWorktree],
    ['in a submodule', submodule],
    ['in a repository inside another', (root) => nested(root)],
    ['where .git is a symlink', linkedGit],
    ['through a symlink from elsewhere', (root) => symlinkTo(below(root, 'deep/er'))],
    ['where .git is a file without a repository', (root) => fileAsGit(root, 'gitdir: nowhere')],
    ['where .git is a file of something else', (root) => fileAsGit(root, 'hello\0\xff')],
    [
      'where .git is an empty folder inside a repository',
      (root) => below(root, 'inner/.git').slice(0, -'/.git'.length),
    ],
    ['where HEAD is empty', (root) => writeFileSync(join(root, '.git/HEAD'), '')],
    ['where HEAD is garbage', (root) => writeFileSync(join(root, '.git/HEAD'), Buffer.alloc(100, 0xfe))],
    ['where HEAD is half a commit', (root) => writeFileSync(join(root, '.git/HEAD'), 'abcdef01\n')],
    ['where HEAD names no ref', (root) => writeFileSync(join(root, '.git/HEAD'), 'ref: ../../etc/passwd\n')],
    ['where the branch has gone', (root) => remove(join(root, '.git/refs/heads/main'))],
    ['where the objects have gone', (root) => remove(join(root, '.git/objects'))],
    ['where there is none', () => realpathSync(makeTempDirectory())],
  ];

  test.each(cases)('%s', (_, change) => {
    const root = makeRepository();
    const cwd = change(root) ?? root;
    expect(withoutRemote(readRepository(cwd))).toEqual(byGit(cwd));
  });

  test('in a repository with SHA-256', () => {
    const root = join(realpathSync(makeTempDirectory()), 'sha256');
    git('/', 'init', '--quiet', '--object-format=sha256', root);
    commit(root);
    expect(readRepository(root)?.head).toMatch(/^[0-9a-f]{64}$/);
    expect(withoutRemote(readRepository(root))).toEqual(byGit(root));
  });

  function below(root: string, folder: string): string {
    mkdirSync(join(root, folder), { recursive: true });
    return join(root, folder);
  }
  function ignored(root: string): string {
    writeFileSync(join(root, '.gitignore'), 'build/\n');
    return below(root, 'build/x');
  }
  function packTags(root: string): void {
    git(root, 'tag', '--annotate', '--message=x', 'aaa');
    git(root, 'pack-refs', '--all');
  }
  function packThenCommit(root: string): void {
    git(root, 'pack-refs', '--all');
    commit(root);
  }
  function packOneOfTwo(root: string): void {
    git(root, 'branch', 'main-2');
    commit(root);
    git(root, 'pack-refs', '--all');
  }
  function worktree(root: string, name: string, ...then: string[]): string {
    const path = join(root, '..', `${name} tree`);
    git(root, 'worktree', 'add', '--quiet', '-b', name, path);
    if (then.length > 0) git(root, ...then);
    commit(path);
    return path;
  }
  function detachedInside(root: string): string {
    git(root, 'worktree', 'add', '--quiet', '--detach', '.trees/one');
    return below(root, '.trees/one/src');
  }
  function goneWorktree(root: string): string {
    const path = worktree(root, 'topic');
    remove(join(root, '.git/worktrees'));
    return path;
  }
  function submodule(root: string): string {
    git(root, 'submodule', '--quiet', 'add', makeRepository(2), 'vendor/lib');
    return join(root, 'vendor/lib');
  }
  function nested(root: string): string {
    cpSync(makeRepository(2), join(root, 'inner'), { recursive: true });
    return below(root, 'inner/src');
  }
  function linkedGit(root: string): void {
    renameSync(join(root, '.git'), join(root, '..', 'elsewhere'));
    symlinkSync(join('..', 'elsewhere'), join(root, '.git'));
  }
  function symlinkTo(path: string): string {
    const link = join(makeTempDirectory(), 'link');
    symlinkSync(path, link);
    return link;
  }
  function fileAsGit(root: string, text: string): void {
    remove(join(root, '.git'));
    writeFileSync(join(root, '.git'), text, 'latin1');
  }
});

describe('the remote', () => {
  test.each([
    ['origin among others', ['a', 'https://a.example/x/a.git'], ['origin', 'git@github.com:acme/shop.git']],
    ['the only one, whatever it is called', ['upstream', 'https://me:secret@github.com/acme/shop.git']],
    ['the first of several addresses', ['origin', 'https://github.com/acme/shop'], ['+origin', '/srv/copy.git']],
  ])('is %s', (_, ...remotes) => {
    const root = makeRepository();
    for (const [name = '', address = ''] of remotes) {
      if (name.startsWith('+')) git(root, 'remote', 'set-url', '--add', name.slice(1), address);
      else git(root, 'remote', 'add', name, address);
    }
    expect(readRepository(root)?.name).toBe('github.com/acme/shop');
    expect(readRepository(root)?.remote).not.toContain('secret');
  });

  test.each([
    ['there is none', []],
    [
      'there are two and none is origin',
      [
        ['a', 'https://a.example/x/y'],
        ['b', 'https://b.example/x/y'],
      ],
    ],
  ])('is unknown where %s', (_, remotes) => {
    const root = makeRepository();
    for (const [name = '', address = ''] of remotes) git(root, 'remote', 'add', name, address);
    expect(readRepository(root)).toMatchObject({ root, remote: undefined, name: undefined });
  });

  test('of a linked work tree is that of the main one', () => {
    const root = makeRepository();
    git(root, 'remote', 'add', 'origin', 'ssh://git@example.com:2222/acme/shop.git');
    git(root, 'worktree', 'add', '--quiet', '../topic');
    const found = readRepository(join(root, '..', 'topic'));
    expect(found).toMatchObject({ worktree: 'topic', name: 'example.com/acme/shop' });
    expect(found?.remote).toBe('ssh://example.com:2222/acme/shop.git');
  });

  test('of a clone on this machine is a path, and gives no name', () => {
    const root = makeRepository();
    git(root, 'clone', '--quiet', root, '../clone');
    expect(readRepository(join(root, '..', 'clone'))).toMatchObject({ remote: root, name: undefined });
  });
});

describe('readRepository', () => {
  test('goes by the nearest folder that is there, where the directory has gone', () => {
    const root = makeRepository();
    expect(readRepository(join(root, 'gone', 'and', 'away'))?.root).toBe(root);
  });

  test('knows neither branch nor commit of a repository with a reftable', () => {
    const root = makeRepository();
    git(root, 'config', 'core.repositoryformatversion', '1');
    git(root, 'config', 'extensions.refstorage', 'reftable');
    writeFileSync(join(root, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
    remove(join(root, '.git/refs/heads'));
    writeFileSync(join(root, '.git/refs/heads'), 'this repository uses the reftable format\n');
    expect(readRepository(root)).toEqual({ root });
  });

  test('reads no file outside of the refs', () => {
    const root = makeRepository();
    writeFileSync(join(root, '.git/stolen'), git(root, 'rev-parse', 'HEAD'));
    writeFileSync(join(root, '.git/HEAD'), 'ref: refs/heads/../../stolen\n');
    expect(readRepository(root)).toEqual({ root });
  });

  test('goes round no loop of refs', () => {
    const root = makeRepository();
    writeFileSync(join(root, '.git/refs/heads/main'), 'ref: refs/heads/main\n');
    expect(readRepository(root)).toEqual({ root, branch: 'main' });
  });

  test.each([
    ['HEAD', undefined],
    ['config', { branch: 'main', remote: undefined }],
    ['refs/heads/main', { branch: 'main', head: undefined }],
    ['packed-refs', { branch: 'main' }],
    ['commondir', { branch: 'main' }],
  ])('does not wait for a pipe at .git/%s', (name, expected) => {
    const root = makeRepository();
    remove(join(root, '.git', name));
    execFileSync('mkfifo', [join(root, '.git', name)]);
    const found = readRepository(root);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  test('does not wait for a pipe at .git', () => {
    const root = realpathSync(makeTempDirectory());
    execFileSync('mkfifo', [join(root, '.git')]);
    expect(readRepository(root)).toBeUndefined();
  });

  test.each([
    ['a giant configuration', 'config', Buffer.alloc(2_000_000, '[remote "origin"]\nurl = https://x.example/a/b\n')],
    [
      'a configuration of bytes',
      'config',
      Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)),
    ],
    ['a configuration of half a megabyte in quotes', 'config', Buffer.from(`[a "${'\\\\'.repeat(250_000)}"]\n`)],
    ['a configuration of empty comments', 'config', Buffer.alloc(1_000_000, ' #\n')],
    ['a configuration of headers', 'config', Buffer.alloc(1_000_000, '[')],
  ])('is not held up by %s', (_, name, content) => {
    const root = makeRepository();
    writeFileSync(join(root, '.git', name), content);
    const started = performance.now();
    expect(readRepository(root)).toMatchObject({ root, branch: 'main', remote: undefined });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('passes over packed refs of more than 16 MiB', () => {
    const root = makeRepository();
    const head = git(root, 'rev-parse', 'HEAD');
    remove(join(root, '.git/refs/heads/main'));
    const line = `${head} refs/heads/main\n`;
    writeFileSync(join(root, '.git/packed-refs'), line.padStart(16_777_216, '\n'));
    expect(readRepository(root)?.head).toBe(head);
    writeFileSync(join(root, '.git/packed-refs'), line.padStart(16_777_217, '\n'));
    expect(readRepository(root)?.head).toBeUndefined();
  });

  test.each(['', '.', 'relative/path', '/\0', '/', `/${'x/'.repeat(5000)}`])('answers nothing for %j', (cwd) => {
    expect(readRepository(cwd.slice(0, 20_000))).toBeUndefined();
  });

  test('climbs 64 levels and no further', () => {
    const root = makeRepository();
    expect(readRepository(join(root, ...Array<string>(63).fill('d')))?.root).toBe(root);
    expect(readRepository(join(root, ...Array<string>(64).fill('d')))).toBeUndefined();
  });

  test('passes over a .git that may not be read', async () => {
    const root = makeRepository();
    chmodSync(join(root, '.git'), 0o000);
    expect(await withoutPrivileges(() => readRepository(root))).toBeUndefined();
    chmodSync(join(root, '.git'), 0o700);
  });
});

describe('memoisedRepositories', () => {
  test('reads each directory once, also where nothing was found', () => {
    const asked: string[] = [];
    const repositoryAt = memoisedRepositories((cwd) => {
      asked.push(cwd);
      return cwd === '/a' ? { root: '/a' } : undefined;
    });
    expect(['/a', '/b', '/a', '/b'].map(repositoryAt)).toEqual([{ root: '/a' }, undefined, { root: '/a' }, undefined]);
    expect(asked).toEqual(['/a', '/b']);
  });
});
