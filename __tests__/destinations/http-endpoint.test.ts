import { describe, expect, test } from '@jest/globals';
import { checkEndpoint } from '../../src/destinations/http-endpoint.ts';
import { UserError } from '../../src/errors.ts';

function errorOf(endpoint: string, insecureHttp = true): UserError {
  try {
    checkEndpoint(endpoint, insecureHttp);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${endpoint} was taken`);
}

describe('an endpoint', () => {
  test.each([
    'https://collector.test/in',
    'https://collector.test/in?tenant=7&keyspace=a&tokens=9&author=me',
    'https://10.0.0.1:8443/',
    'http://localhost:1/',
    'http://127.0.0.1:1/',
    'http://127.1/',
    'http://127.9.9.9/',
    'http://[::1]:1/',
  ])('may be %s', (endpoint) => {
    expect(checkEndpoint(endpoint, false).href).toBe(new URL(endpoint).href);
  });

  test.each([
    'http://collector.test/in',
    'http://127.collector.test/',
    'http://localhost.collector.test/',
    'http://10.0.0.1/',
    'http://128.0.0.1/',
    'http://0.0.0.0/',
    'http://[::2]/',
  ])('is not plain http to another machine, unless that is allowed: %s', (endpoint) => {
    expect(errorOf(endpoint, false).hint).toContain('insecureHttp');
    expect(checkEndpoint(endpoint, true).href).toBe(new URL(endpoint).href);
  });

  test.each([
    'https://user:pa55word@collector.test/',
    'https://pa55word@collector.test/',
    'https://:pa55word@collector.test/',
    'https://collector.test/?key=pa55word',
    'https://collector.test/?api_key=pa55word',
    'https://collector.test/?API-Key=pa55word',
    'https://collector.test/?tenant=7&apikey=pa55word',
    'https://collector.test/?token=pa55word',
    'https://collector.test/?access_token=pa55word',
    'https://collector.test/?auth=pa55word',
    'https://collector.test/?secret=pa55word',
    'https://collector.test/?%70assword=pa55word',
    'https://collector.test/pa55word?password',
  ])('holds no secret, and the refusal does not repeat it: %s', (endpoint) => {
    const error = errorOf(endpoint);
    expect(error.hint).toContain('apiKey');
    expect(error.message).toContain('collector.test');
    expect(`${error.message}${error.hint}`).not.toContain('pa55word');
  });

  test.each([
    'https://169.254.169.254/',
    'http://2852039166/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'http://metadata.google.internal/computeMetadata/v1/',
  ])('is not where a cloud hands out credentials, whatever is allowed: %s', (endpoint) => {
    expect(errorOf(endpoint).message).toMatch(/link-local or cloud metadata address/);
  });
});
