import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { repositoryName, withoutCredentials } from '../../src/lib/git-remote.ts';

describe('an address of a remote', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'https://github.com/acme/shop.git', 'github.com/acme/shop'],
    ['https://github.com/acme/shop', 'https://github.com/acme/shop', 'github.com/acme/shop'],
    ['https://GitHub.com/Acme/Shop/', 'https://GitHub.com/Acme/Shop/', 'github.com/Acme/Shop'],
    ['https://user:token@host.example/x.git', 'https://host.example/x.git', 'host.example/x'],
    ['https://token@host.example/a/x.git', 'https://host.example/a/x.git', 'host.example/a/x'],
    ['https://u:p@ss:w@host.example/a/x.git', 'https://host.example/a/x.git', 'host.example/a/x'],
    ['https://host.example:8443/a/b/c.git?token=s#f', 'https://host.example:8443/a/b/c.git', 'host.example/a/b/c'],
    ['http://[::1]:3000/a/x.git', 'http://[::1]:3000/a/x.git', '[::1]/a/x'],
    ['ssh://git@github.com/acme/shop.git', 'ssh://github.com/acme/shop.git', 'github.com/acme/shop'],
    [
      'ssh://git@ssh.github.com:443/acme/shop.git',
      'ssh://ssh.github.com:443/acme/shop.git',
      'ssh.github.com/acme/shop',
    ],
    ['git://host.example/~me/x', 'git://host.example/~me/x', 'host.example/~me/x'],
    ['git@github.com:acme/shop.git', 'git@github.com:acme/shop.git', 'github.com/acme/shop'],
    ['github.com:acme/shop', 'github.com:acme/shop', 'github.com/acme/shop'],
    ['git@host.example:/srv/git/x.git', 'git@host.example:/srv/git/x.git', 'host.example/srv/git/x'],
    ['git@[host.example:2222]:acme/shop', 'git@[host.example:2222]:acme/shop', 'host.example/acme/shop'],
    ['https://dev.azure.com/org/p/_git/r', 'https://dev.azure.com/org/p/_git/r', 'dev.azure.com/org/p/_git/r'],
    ['https://host.example/', 'https://host.example/', undefined],
    ['https://host.example', 'https://host.example', undefined],
    ['/srv/git/x.git', '/srv/git/x.git', undefined],
    ['../x.git', '../x.git', undefined],
    ['./a:b', './a:b', undefined],
    ['C:\\git\\x', 'C:\\git\\x', undefined],
    ['file:///srv/git/x.git', 'file:///srv/git/x.git', undefined],
  ])('%s is shown as %s and names %s', (address, shown, name) => {
    expect(withoutCredentials(address)).toBe(shown);
    expect(repositoryName(shown)).toBe(name);
  });

  test.each([
    ['is empty', ''],
    ['has half a password before a slash', 'https://user:pa/ss@host.example/x.git'],
    ['has half a password before a number sign', 'https://user:pa#ss@host.example/x.git'],
    ['has a password in the short form', 'user:secret@host.example:acme/shop.git'],
    ['is for a helper', 'ext::ssh -i key git@host.example %S /x'],
    ['is for a helper and holds an address', 'foo::https://user:secret@host.example/x'],
    ['has a line end', 'https://host.example/x\ny'],
    ['is without end', `https://host.example/${'x'.repeat(5000)}`],
  ])('that %s is not shown', (_, address) => {
    expect(withoutCredentials(address)).toBeUndefined();
  });

  test('is shown without the password, whatever the password is', () => {
    const letters = fc.constantFrom('a', 'b', ':', '@', '%', '[', ']', '\\', ' ', '&', '=');
    fc.assert(
      fc.property(fc.constantFrom('https', 'ssh', 'x+y'), fc.string({ unit: letters }), (scheme, secret) => {
        const shown = withoutCredentials(`${scheme}://${secret}@host.example/a/b.git`);
        expect(shown).toBe(`${scheme}://host.example/a/b.git`);
      }),
    );
  });
});
