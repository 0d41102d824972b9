import { describe, expect, test } from '@jest/globals';
import { maintainedDetector } from '../../src/privacy/maintained-rules.ts';
import { secretMasker } from '../../src/privacy/mask-secrets.ts';
import { ownPatterns } from '../../src/privacy/secret-rules.ts';

const MEGABYTE = 1_000_000;

/** What almost is a secret, over and over: for each rule what makes it look far ahead in vain. */
const nearMisses: readonly string[] = [
  'AKIA',
  'AKIAAAAAAAAAAAAAAAA-',
  'sk-',
  'sk-ant-',
  'sk-proj-',
  'sk_live_',
  'whsec_',
  'AIza',
  'ya29.',
  'GOCSPX-',
  'eyJ',
  'eyJaaaaaaaa',
  'eyJaaaaaaaa.',
  'eyJaaaaaaaa.eyJ',
  'ghp_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxb-a-',
  'xapp-a-',
  'hooks.slack.com/services/',
  'npm_',
  'pypi-',
  'SG.',
  'SG.aaaaaaaaaaaaaaaa.',
  'hf_',
  'dop_v1_',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----\nM',
  '-',
  'bearer ',
  'bearer a.a.a.a.a.a.a.a.a.',
  '://',
  '://a:',
  'a://a:a',
  'https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:',
  'mongodb://a:a',
  'mongodb+srv://a:b@',
  'postgres://',
  'mysql://a:b@c?',
  'password',
  'password=',
  'password = ',
  'password="',
  "password='a",
  'token":"',
  'token:        ',
  'api_key=(',
  'secret_access_key   ',
  '\\"token\\": \\"',
  '\\\\\\\\',
  'lin_api_',
  'ntn_',
  'ops_ey',
  'glc_',
  'hvs.',
  'vcp_',
  'figd_',
  'https://a:x-oauth-basic@github.com',
  ' ',
  '\n',
  'a',
  '"',
];

describe('a megabyte of near misses', () => {
  const mask = secretMasker({ maintained: maintainedDetector, entropy: true, patterns: ['acme_\\w+!'] });

  test.each(nearMisses)('of %j is read to its end', (miss) => {
    // What would take more than the square root of forever: the limit of a test is 5 s.
    const text = `password=hunter22 ${miss.repeat(Math.ceil(MEGABYTE / miss.length))}`;
    expect(mask(text).text).toContain('password=[secret:assigned-secret] ');
  });
});

describe('the expressions', () => {
  test.each(ownPatterns.map((pattern) => [pattern.source]))('bound every repetition: %s', (source) => {
    const bare = source.replaceAll(/\[(?:\\.|[^\]\\])*\]|\\./g, 'x');
    expect(bare).not.toMatch(/[*+]/);
    for (const [, most] of bare.matchAll(/\{\d+,(\d*)\}/g))
      expect(Number(most || Infinity)).toBeLessThanOrEqual(16_384);
  });

  test.each(ownPatterns.map((pattern) => [pattern.source]))(
    'repeat no group that repeats without an end: %s',
    (source) => {
      const bare = source.replaceAll(/\[(?:\\.|[^\]\\])*\]|\\./g, 'x');
      // Inside of a repeated group a repetition is told from the next round by a sign that it cannot hold.
      for (const [group] of bare.matchAll(/\((?:\?[:!=<]*)?[^()]*\{\d+,\d+\}[^()]*\)\{\d+,\d+\}/g)) {
        expect(['(?:-x{1,128}){2,8}', '(?:-x{1,128}){3,8}', '(?:x01{0,16}xx{1,64}){2,8}']).toContain(group);
      }
    },
  );
});
