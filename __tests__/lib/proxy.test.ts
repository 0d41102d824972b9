import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { isExempt, isLoopback, proxyFor } from '../../src/lib/proxy.ts';

const endpoint = 'https://in.collector.test/v1';
const fromEnvironment = 'http://proxy.test:3128/';

function proxyUrl(url: string, env: NodeJS.ProcessEnv, named?: string): string | undefined {
  return proxyFor(new URL(url), named, env)?.url.href;
}

describe('the proxy of the environment', () => {
  test.each<[string, string, NodeJS.ProcessEnv, string | undefined]>([
    ['no variable', endpoint, {}, undefined],
    ['an empty one', endpoint, { HTTPS_PROXY: '', https_proxy: '' }, undefined],
    ['HTTPS_PROXY', endpoint, { HTTPS_PROXY: 'http://proxy.test:3128' }, fromEnvironment],
    ['https_proxy', endpoint, { https_proxy: 'http://proxy.test:3128' }, fromEnvironment],
    ['both', endpoint, { https_proxy: 'http://proxy.test:3128', HTTPS_PROXY: 'http://other.test' }, fromEnvironment],
    ['without a scheme', endpoint, { HTTPS_PROXY: 'proxy.test:3128' }, fromEnvironment],
    ['an https proxy', endpoint, { HTTPS_PROXY: 'https://proxy.test' }, 'https://proxy.test/'],
    ['HTTP_PROXY, which is for plain http', endpoint, { HTTP_PROXY: 'http://proxy.test' }, undefined],
    ['a plain endpoint', 'http://collector.test/', { HTTPS_PROXY: 'http://proxy.test' }, undefined],
    ['localhost', 'https://localhost/', { HTTPS_PROXY: 'http://proxy.test' }, undefined],
    ['127.0.0.1', 'https://127.0.0.1:8443/', { HTTPS_PROXY: 'http://proxy.test' }, undefined],
    ['127.1', 'https://127.1/', { HTTPS_PROXY: 'http://proxy.test' }, undefined],
    ['::1', 'https://[::1]/', { HTTPS_PROXY: 'http://proxy.test' }, undefined],
    ['an exempt host', endpoint, { HTTPS_PROXY: 'http://proxy.test', NO_PROXY: 'collector.test' }, undefined],
    ['no_proxy', endpoint, { HTTPS_PROXY: 'http://proxy.test', no_proxy: '*' }, undefined],
    [
      'another exempt host',
      endpoint,
      { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: 'else.test' },
      fromEnvironment,
    ],
  ])('%s', (_title, url, env, expected) => {
    expect(proxyUrl(url, env)).toBe(expected);
  });

  test.each(['socks5://user:pa55word@proxy.test', 'http://user:pa55word@', '://pa55word'])(
    'that cannot be used is refused with the name of the variable, and is not repeated: %s',
    (address) => {
      const use = (): unknown => proxyFor(new URL(endpoint), undefined, { https_proxy: address });
      expect(use).toThrow(UserError);
      expect(use).toThrow(/^The proxy in https_proxy cannot be used/);
      expect(use).not.toThrow(/pa55word/);
    },
  );
});

describe('a proxy that is named', () => {
  test.each([endpoint, 'http://collector.test/', 'http://127.0.0.1:1/', 'https://localhost/'])(
    'counts everywhere, whatever the environment says: %s',
    (url) => {
      const env = { HTTPS_PROXY: 'http://other.test', NO_PROXY: '*' };
      expect(proxyUrl(url, env, 'http://proxy.test:3128')).toBe(fromEnvironment);
    },
  );

  test.each([
    ['user:pa55word', 'user:pa55word'],
    ['us%40er:p%3A%20w', 'us@er:p: w'],
    ['user', 'user:'],
    ['a%zz:b%', 'a%zz:b%'],
  ])('keeps its login apart from its address: %s', (userinfo, login) => {
    const proxy = proxyFor(new URL(endpoint), `http://${userinfo}@proxy.test:3128`, {});
    expect(proxy?.url.href).toBe(fromEnvironment);
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from(login).toString('base64')}`);
  });

  test('has no login where its address has none', () => {
    expect(proxyFor(new URL(endpoint), 'http://proxy.test', {})).not.toHaveProperty('authorization');
  });
});

describe('NO_PROXY', () => {
  test.each([
    ['collector.test', 'https://collector.test/'],
    ['COLLECTOR.test', 'https://collector.test/'],
    ['collector.test', 'https://a.b.collector.test/'],
    ['.collector.test', 'https://in.collector.test/'],
    ['.collector.test', 'https://collector.test/'],
    ['*.collector.test', 'https://in.collector.test/'],
    ['collector.test.', 'https://collector.test/'],
    ['collector.test', 'https://collector.test./'],
    ['*', 'https://anything.test/'],
    ['a.test, collector.test', 'https://collector.test/'],
    ['a.test collector.test', 'https://collector.test/'],
    [',,collector.test,', 'https://collector.test/'],
    ['collector.test:443', 'https://collector.test/'],
    ['collector.test:8443', 'https://collector.test:8443/'],
    ['collector.test:80', 'http://collector.test/'],
    ['*:8443', 'https://collector.test:8443/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.1.2.3:443', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['10.1.2.3/32', 'https://10.1.2.3/'],
    ['0.0.0.0/0', 'https://10.1.2.3/'],
    ['fd00::1', 'https://[fd00::1]/'],
    ['[fd00::1]', 'https://[fd00::1]/'],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443/'],
    ['fd00::/8', 'https://[fd00::1]/'],
  ])('"%s" exempts %s', (list, url) => {
    expect(isExempt(new URL(url), list)).toBe(true);
  });

  test.each([
    ['', 'https://collector.test/'],
    [' , ', 'https://collector.test/'],
    ['.', 'https://collector.test/'],
    ['collector.test', 'https://mycollector.test/'],
    ['collector.test', 'https://collector.test.evil.test/'],
    ['test.collector', 'https://collector.test/'],
    ['in.collector.test', 'https://collector.test/'],
    ['collector.test:8443', 'https://collector.test/'],
    ['collector.test:443', 'https://collector.test:8443/'],
    ['1.2.3', 'https://10.1.2.3/'],
    ['2.3', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/33', 'https://10.0.0.0/'],
    ['10.0.0.0/', 'https://10.1.2.3/'],
    ['10.0.0.0/8', 'https://10.collector.test/'],
    ['::/0', 'https://10.1.2.3/'],
    ['fd00::2', 'https://[fd00::1]/'],
    ['fd00::/999', 'https://[fd00::1]/'],
    ['c*.test', 'https://collector.test/'],
  ])('"%s" does not exempt %s', (list, url) => {
    expect(isExempt(new URL(url), list)).toBe(false);
  });
});

describe('this machine', () => {
  test.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  test.each(['127.collector.test', 'localhost.collector.test', '128.0.0.1', '0.0.0.0', '[::2]', '10.0.0.1'])(
    'is not %s',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );
});
