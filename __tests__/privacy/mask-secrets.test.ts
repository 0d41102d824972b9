import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maintainedDetector, maintainedRules } from '../../src/privacy/maintained-rules.ts';
import { maskSecrets, secretMasker } from '../../src/privacy/mask-secrets.ts';
import { ownKinds } from '../../src/privacy/secret-rules.ts';
import { maintainedSecrets, ownSecrets } from '../helpers/secrets.ts';

const thorough = secretMasker({ maintained: maintainedDetector });

/** Ways in which text comes to stand in a record: alone, in prose, in JSON, in JSON in JSON, as a key. */
const around: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `Use this: ${text}\nand nothing else.`,
  (text) => JSON.stringify({ command: `echo\n${text}\n`, n: 1 }),
  (text) => JSON.stringify({ input: JSON.stringify({ command: `echo "${text}"\n` }) }),
  (text) => JSON.stringify([{ [text]: 1 }]),
  (text) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: JSON.stringify({ d: text }) }) }) }),
  (text) => JSON.stringify(JSON.stringify({ [`a\t${text}`]: ['b'] })),
];

describe('the rules', () => {
  test('mask every kind, wherever it stands', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.oneof(...ownSecrets), fc.constantFrom(...around), ({ kind, secret, text }, put) => {
        const masked = maskSecrets(put(text));
        const escaped = JSON.stringify(secret).slice(1, -1);
        expect(masked.text).not.toContain(secret);
        expect(masked.text).not.toContain(escaped);
        expect(masked.text).toContain('[secret:');
        for (const found of Object.keys(masked.found)) kinds.add(found);
        expect(ownKinds).toContain(kind);
      }),
      { numRuns: 3000 },
    );
    expect([...kinds].toSorted()).toEqual(ownKinds.toSorted());
  });

  test.each(ownSecrets.map((secret) => fc.sample(secret, { numRuns: 1, seed: 1 })[0]))('name %o', (planted) => {
    expect(maskSecrets(planted?.text ?? '').found).toEqual({ [planted?.kind ?? '']: 1 });
  });

  test('leave JSON as JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(...ownSecrets, ...maintainedSecrets),
        fc.constantFrom(...around.slice(2)),
        ({ text }, put) => {
          const { text: masked } = thorough(put(text));
          expect(() => JSON.parse(masked)).not.toThrow();
        },
      ),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['no secret at all', 'Masks nothing in plain prose about tokens, keys and passwords.'],
    ['counts of tokens', '{"input_tokens": 12, "cache_read_input_tokens": 40000, "max_tokens": 32000}'],
    ['types in code', 'function login(password: string, token: Token | undefined): void {}'],
    ['calls in code', 'const token = await getToken(request); const apiKey = process.env.API_KEY;'],
    ['variables in a shell', 'curl -H "Authorization: Bearer $TOKEN" -u "$USER:$PASSWORD"'],
    ['templates', 'password: ${{ secrets.DEPLOY_PASSWORD_2 }}'],
    ['hashes and ids', 'commit 9a822230c2e3246094595ac628f7a3c40d82cb35 toolu_01Qe5FBf7Lik1XEKWgPRRe9t'],
    ['URLs', 'https://example.com/a/b?c=d#e http://localhost:8080/x user@example.com'],
  ])('leave %s', (_, text) => {
    expect(thorough(text)).toEqual({ text, found: {}, secrets: [] });
  });

  test('mask once where two rules meet, and count it once', () => {
    expect(maskSecrets('API_KEY=sk-ant-api03-0123456789abcdefghijklmnop')).toMatchObject({
      text: 'API_KEY=[secret:anthropic-key]',
      found: { 'anthropic-key': 1 },
    });
  });

  test('count each kind', () => {
    const text = 'AKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLF https://a:hunter2@b.example/';
    expect(maskSecrets(text)).toMatchObject({
      text: '[secret:aws-access-key] [secret:aws-access-key] https://a:[secret:url-password]@b.example/',
      found: { 'aws-access-key': 2, 'url-password': 1 },
    });
  });
});

describe("secretlint's rules", () => {
  test('are those that the look ahead of them knows, so that a new one is not overlooked', () => {
    expect(maintainedRules.map(({ name }) => name).toSorted()).toMatchInlineSnapshot(`
     [
       "1password",
       "anthropic",
       "aws",
       "basicauth",
       "database-connection-string",
       "databricks",
       "docker",
       "figma",
       "github",
       "gitlab",
       "grafana",
       "groq",
       "hashicorp-vault",
       "huggingface",
       "linear",
       "notion",
       "npm",
       "openai",
       "privatekey",
       "sendgrid",
       "shopify",
       "slack",
       "vercel",
     ]
    `);
  });

  test('mask what ours do not know', () => {
    fc.assert(
      fc.property(fc.oneof(...maintainedSecrets), fc.constantFrom(...around), ({ kind, secret, text }, put) => {
        const masked = thorough(put(text));
        expect(masked.text).not.toContain(secret);
        expect(masked.found).toEqual({ [kind]: 1 });
      }),
      { numRuns: 1000 },
    );
  });

  test('are not switched off by a comment in the text', () => {
    const [planted] = fc.sample(fc.oneof(...maintainedSecrets), 1);
    const text = `/* secretlint-disable */ ${planted?.text}`;
    expect(thorough(text).text).not.toContain(planted?.secret);
  });
});

describe('entropy', () => {
  const masker = secretMasker({ entropy: true });

  test('tells random words', () => {
    expect(masker('value q7Zx1Lk9Vb2Nm4Ws8Rt5').found).toEqual({ 'high-entropy': 1 });
  });

  test.each([
    '9a822230c2e3246094595ac628f7a3c40d82cb35',
    '0f4dc923-4218-430c-956d-37a51b10e365',
    'toolu_01Qe5FBf7Lik1XEKWgPRRe9t',
    'src/components/navigation/SideBarItemList.test.ts',
    'aVeryLongIdentifierOfSomeFunction1',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaA1',
  ])('leaves %s', (text) => {
    expect(masker(text).text).toBe(text);
  });
});

test("a pattern of the user's masks as custom, across the borders of what it sees at once", () => {
  const mask = secretMasker({ patterns: ['acme_[a-z0-9]{8}'] });
  expect(mask('x acme_a1b2c3d4 y')).toMatchObject({ text: 'x [secret:custom] y', found: { custom: 1 } });
  for (let before = 700; before < 1100; before += 1) {
    const { text, found } = mask(`${'x'.repeat(before)}acme_a1b2c3d4${'x'.repeat(3000)}`);
    expect(text).not.toContain('a1b2c3d4');
    expect(found).toEqual({ custom: 1 });
  }
});
