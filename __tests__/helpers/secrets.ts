/** Secrets of every kind that is found, made up at random and never issued by anybody. */
import fc from 'fast-check';

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const HEX = '0123456789abcdef';

function run(alphabet: string, length: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...Array.from(alphabet)), { minLength: length, maxLength: length })
    .map((characters) => characters.join(''));
}

/** With a digit in it, as nearly all random tokens of that length have. */
function token(length: number): fc.Arbitrary<string> {
  return run(ALNUM, length - 1).map((start) => `${start}7`);
}

/** What must not be seen, and the text that it stands in. */
export interface PlantedSecret {
  kind: string;
  secret: string;
  text: string;
}

function planted(
  kind: string,
  secret: fc.Arbitrary<string>,
  text = (it: string): string => it,
): fc.Arbitrary<PlantedSecret> {
  return secret.map((it) => ({ kind, secret: it, text: text(it) }));
}

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const pem = run(`${ALNUM}+/`, 400).map((body) => body.replaceAll(/.{64}/g, '$&\n'));

/** Found by our own rules, under that kind. */
export const ownSecrets: readonly fc.Arbitrary<PlantedSecret>[] = [
  planted(
    'aws-access-key',
    run(UPPER, 16).map((end) => `AKIA${end}`),
  ),
  planted(
    'anthropic-key',
    token(95).map((end) => `sk-ant-api03-${end}`),
  ),
  planted(
    'openai-key',
    token(48).map((end) => `sk-${end}`),
  ),
  planted(
    'openai-key',
    token(80).map((end) => `sk-proj-${end}`),
  ),
  planted(
    'stripe-key',
    token(24).map((end) => `sk_live_${end}`),
  ),
  planted(
    'stripe-key',
    token(32).map((end) => `whsec_${end}`),
  ),
  planted(
    'google-key',
    token(35).map((end) => `AIza${end}`),
  ),
  planted(
    'jwt',
    token(40).map((it) => `${base64url({ alg: 'HS256' })}.${base64url({ sub: it })}.${it}`),
  ),
  planted(
    'github-token',
    token(36).map((end) => `ghp_${end}`),
  ),
  planted(
    'github-token',
    token(82).map((end) => `github_pat_${end}`),
  ),
  planted(
    'gitlab-token',
    token(20).map((end) => `glpat-${end}`),
  ),
  planted(
    'slack-token',
    token(24).map((end) => `xoxb-123456789012-${end}`),
  ),
  planted('slack-webhook', token(24), (it) => `https://hooks.slack.com/services/T00000000/B00000000/${it}`),
  planted(
    'npm-token',
    token(36).map((end) => `npm_${end}`),
  ),
  planted(
    'pypi-token',
    token(80).map((end) => `pypi-${end}`),
  ),
  planted(
    'sendgrid-key',
    token(43).map((end) => `SG.${end.slice(0, 22)}.${end}`),
  ),
  planted(
    'huggingface-token',
    token(34).map((end) => `hf_${end}`),
  ),
  planted(
    'digitalocean-token',
    run(HEX, 64).map((end) => `dop_v1_${end}`),
  ),
  planted('private-key', pem, (it) => `-----BEGIN RSA PRIVATE KEY-----\n${it}\n-----END RSA PRIVATE KEY-----`),
  planted('private-key', pem, (it) => `-----BEGIN PRIVATE KEY-----\n${it}`),
  planted('bearer-token', token(40), (it) => `curl -H 'X-Auth: Bearer ${it}'`),
  planted('url-password', token(12), (it) => `git clone https://dev:${it}@git.example.com/x.git`),
  planted('url-password', token(40), (it) => `https://${it}@git.example.com/x.git`),
  planted('assigned-secret', token(10), (it) => `export DB_PASSWORD=${it}`),
  planted('assigned-secret', token(40), (it) => `CI_DEPLOY_TOKEN=${it}; make`),
  planted('assigned-secret', token(20), (it) => `{ "clientSecret": "${it}" }`),
  planted('assigned-secret', token(16), (it) => `Authorization: ${it}`),
  planted('assigned-secret', token(12), (it) => `  password: ${it}`),
  planted('assigned-secret', token(12), (it) => `password = 'two words ${it}'`),
  planted('bearer-token', token(40), (it) => `Authorization: Basic ${it}`),
  planted('assigned-secret', token(40), (it) => `aws_secret_access_key = ${it}`),
];

/** Found by the rules that secretlint maintains, by the name of the rule. */
export const maintainedSecrets: readonly fc.Arbitrary<PlantedSecret>[] = [
  planted(
    'linear',
    token(40).map((end) => `lin_api_${end}`),
  ),
  planted(
    'notion',
    token(35).map((end) => `ntn_12345678901${end}`),
  ),
  planted(
    'groq',
    token(52).map((end) => `gsk_${end}`),
  ),
  planted(
    'shopify',
    token(32).map((end) => `shpat_${end}`),
  ),
  planted(
    'grafana',
    token(40).map((end) => `glc_${end}`),
  ),
  planted(
    'grafana',
    run(HEX, 8).map((end) => `glsa_${'Ab3'.repeat(11).slice(0, 32)}_${end}`),
  ),
  planted(
    'hashicorp-vault',
    token(95).map((end) => `hvs.${end}`),
  ),
  planted(
    'vercel',
    token(30).map((end) => `vcp_${end}`),
  ),
  planted(
    'databricks',
    run(HEX, 32).map((end) => `dapi${end}`),
  ),
  planted(
    'docker',
    token(27).map((end) => `dckr_pat_${end}`),
  ),
  planted(
    'figma',
    token(44).map((end) => `figd_${end}`),
  ),
];
