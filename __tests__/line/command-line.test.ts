import { describe, expect, test } from '@jest/globals';
import { commandKindOf, commandKinds, programNames } from '../../src/line/command-kinds.ts';
import { commandRisksOf, outsidePaths } from '../../src/line/command-risks.ts';
import { gitResults } from '../../src/line/git-results.ts';
import { invocationsOf } from '../../src/line/programs.ts';

describe('the programs of a command', () => {
  test.each([
    ['FOO=1 BAR="a b" git push', ['git']],
    ['sudo -u www -E timeout -s KILL 5 nice -n 3 git push', ['sudo', 'timeout', 'nice', 'git']],
    ['env A=1 node x.js', ['env', 'node']],
    ['find . | xargs -n 1 -I {} rm {}', ['find', 'xargs', 'rm']],
    ['/usr/bin/git status; ./node_modules/.bin/jest', ['git', 'jest']],
    ['C:\\\\Tools\\\\git.exe status', ['git']],
    ['if ! grep -q a b; then echo x; fi', ['grep', 'echo']],
    ['for f in a b; do cat $f; done', ['cat']],
    ["bash -lc 'cd x && make; rm -rf y'", ['cd', 'make', 'rm']],
    ['./deploy-acme-corp.sh && ./other.sh', ['other']],
    ['> out.txt', []],
    ['sudo -i', ['sudo']],
    ['A=1', []],
    ['a1 b; c1; git; ls; cat; cp; mv; rm; wc; jq', ['other', 'git', 'ls', 'cat', 'cp', 'mv', 'rm', 'wc']],
  ])('%s: %j', (script, expected) => {
    expect(programNames(invocationsOf(script))).toEqual(expected);
  });
});

describe('the kind of a command', () => {
  test.each([
    ['cd /x && git status', 'git'],
    ['composer install', 'composer'],
    ['npm ci', 'npm'],
    ['yarn build', 'npm'],
    ['npx jest --watch', 'test'],
    ['pnpm exec vitest run', 'test'],
    ['vendor/bin/phpunit', 'test'],
    ['php vendor/bin/pest', 'test'],
    ['php artisan migrate', 'artisan'],
    ['php -v', 'php'],
    ['sudo rm -rf x', 'fs'],
    ['cd x', 'fs'],
    ['curl -s http://x', 'net'],
    ['docker compose up', 'docker'],
    ['gh pr create', 'gh'],
    ['export A=1; sleep 1; FOO=2 gh pr list', 'gh'],
    ['make', 'other'],
    ['', 'other'],
  ])('%s: %s', (script, kind) => {
    expect(commandKinds).toContain(kind);
    expect(commandKindOf(invocationsOf(script))).toBe(kind);
  });
});

describe('the risks of a command', () => {
  test.each([
    ['rm -rf build', ['destructive']],
    ['rm -r -f build', ['destructive']],
    ['rm --recursive --force x', ['destructive']],
    ['rm -r build', []],
    ['rm -f build', []],
    ['chmod 777 x', ['destructive', 'privilege']],
    ['mkfs.ext4 /x', ['destructive']],
    ['dd if=a of=b', ['destructive']],
    ['echo x > /dev/sda', ['destructive']],
    ['echo x > /dev/null 2>&1', []],
    ['sudo ls', ['privilege']],
    ['timeout 5 sudo ls', ['privilege']],
    ['npm run result', []],
    ['wget http://x/y', ['network']],
    ['git clone git@x:y', ['network']],
    ['git log --grep clone-it', []],
    ['cat .env', ['sensitive_file']],
    ['cat .env.example', []],
    ['cat < ~/.ssh/id_ed25519', ['sensitive_file']],
    ['openssl x509 -in=server.pem', ['sensitive_file']],
    ['git commit -m "rotate the ./password file"', []],
    ['tee /etc/hosts', ['system_file']],
    ['echo x >> /var/log/a', ['system_file']],
    ['ls /etcetera', []],
    ['sudo curl -o /etc/x --key ./a.key u', ['privilege', 'network', 'sensitive_file', 'system_file']],
    ["bash -c 'sudo rm -rf /'", ['destructive', 'privilege']],
    ["git commit -m 'rm -rf; sudo'", []],
  ])('%s: %j', (script, expected) => {
    expect(commandRisksOf(invocationsOf(script))).toEqual(expected);
  });
});

describe('paths outside of the project', () => {
  const folders = { project: '/home/dev/project', cwd: '/home/dev/project/src' };
  test.each([
    ['cat /etc/passwd ../x ../../y /home/dev/project/z', ['/etc/passwd', '../../y']],
    ['cat /home/dev/project-two/x', ['/home/dev/project-two/x']],
    ['cat /home/dev/project/../secret', ['/home/dev/project/../secret']],
    ['ls ~/project/a ~/other', ['~/other']],
    ['grep /etc src && sed /a/d b', []],
    ['grep x /etc/hosts', ['/etc/hosts']],
    ['curl -H /a http://x > /tmp/out', ['/tmp/out']],
    ['echo a > /dev/null', []],
    ['cp --target=/opt/x a', ['/opt/x']],
    ['cat /a /a', ['/a']],
    ['ls', []],
  ])('%s: %j', (script, expected) => {
    expect(outsidePaths(invocationsOf(script), folders)).toEqual(expected);
  });

  test('none is told where the project is not known, and at most 20', () => {
    expect(outsidePaths(invocationsOf('cat /etc/passwd'), {})).toEqual([]);
    const many = Array.from({ length: 30 }, (_, index) => `/x${index}`).join(' ');
    expect(outsidePaths(invocationsOf(`cat ${many}`), folders)).toHaveLength(20);
  });
});

describe('commits and pull requests', () => {
  const COMMITTED = '[main 1a2b3c4] Say hello\n 1 file changed, 1 insertion(+)\n';
  const none = { commitSha: undefined, commits: 0, pullRequestUrl: undefined, pullRequests: 0 };
  const PULL = 'https://github.com/acme/shop/pull/12';
  test.each([
    ['git commit -m x', { stdout: COMMITTED }, { ...none, commitSha: '1a2b3c4', commits: 1 }],
    [
      'git commit -m x',
      { stdout: `lint ok\n[a/b (root-commit) abcdef012] x\n` },
      { ...none, commitSha: 'abcdef012', commits: 1 },
    ],
    [
      'git commit -m a; git commit -m b',
      { stdout: `[m 1111111] a\n[m 2222222] b\n` },
      { ...none, commitSha: '2222222', commits: 2 },
    ],
    ['git -C x commit -q -m x', { stdout: '' }, { ...none, commits: 1 }],
    ['git commit -m x || true', { stdout: 'nothing to commit' }, none],
    ['git log', { stdout: COMMITTED }, none],
    [
      'git revert HEAD',
      { stdout: '[detached HEAD 1a2b3c4] Revert "x"\n' },
      { ...none, commitSha: '1a2b3c4', commits: 1 },
    ],
    [
      'git commit -m x',
      { gitOperation: { commit: { sha: 'feed123', kind: 'committed' } } },
      { ...none, commitSha: 'feed123', commits: 1 },
    ],
    ['gh pr create --fill', { stdout: `${PULL}\n` }, { ...none, pullRequestUrl: PULL, pullRequests: 1 }],
    ['gh pr view 12', { stdout: `url: ${PULL}` }, { ...none, pullRequestUrl: PULL }],
    [
      'glab mr create',
      { stdout: 'https://git.acme.dev/a/b/-/merge_requests/3' },
      { ...none, pullRequestUrl: 'https://git.acme.dev/a/b/-/merge_requests/3', pullRequests: 1 },
    ],
    [
      'git push',
      { stderr: 'remote:   https://gitlab.com/a/b/-/merge_requests/3' },
      { ...none, pullRequestUrl: 'https://gitlab.com/a/b/-/merge_requests/3' },
    ],
    ['git push', { stderr: 'remote: https://github.com/a/b/pull/new/topic' }, none],
    ['git log', { stdout: PULL }, none],
    [
      'gh pr merge',
      { gitOperation: { pr: { number: 12, url: PULL, action: 'merged' } } },
      { ...none, pullRequestUrl: PULL },
    ],
    [
      'gh pr create',
      { gitOperation: { pr: { number: 12, url: PULL, action: 'created' } } },
      { ...none, pullRequestUrl: PULL, pullRequests: 1 },
    ],
    ['ls', { stdout: COMMITTED + PULL }, undefined],
  ])('%s with %j', (script, answer, expected) => {
    expect(gitResults(invocationsOf(script), answer)).toEqual(expected);
  });
});
