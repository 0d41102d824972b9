/** Secrets that tell themselves by how they begin or by what they are assigned to. */
import { findAll, type Detector } from './finding.ts';

interface Rule {
  kind: string;
  /** With the flags `g` and `d`. Bounded quantifiers only, so that no text can make it slow; the first group, if any, is the secret. */
  pattern: RegExp;
}

/** No letter or digit before: what follows is the beginning of a word. */
const START = '(?<![A-Za-z0-9])';
/** White space, or the place of a backslash (see escapes.ts). */
const GAP = '[\\s\\x01]';

/** Formats as their makers document them, or as public scanners know them. */
const TOKENS: readonly (readonly [kind: string, pattern: string])[] = [
  ['aws-access-key', '(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9]|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}(?![A-Za-z0-9])'],
  ['anthropic-key', 'sk-ant-[\\w-]{20,256}'],
  ['openai-key', 'sk-(?:(?:proj|svcacct|admin|or-v1)-[\\w-]{20,256}|[A-Za-z0-9]{32,64})'],
  ['stripe-key', '(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9+/]{16,256}={0,2}'],
  ['google-key', 'AIza[\\w-]{35}|GOCSPX-[\\w-]{20,64}|ya29\\.[\\w-]{20,1024}'],
  ['jwt', 'eyJ[\\w-]{8,8192}\\.eyJ[\\w-]{4,8192}(?:\\.[\\w-]{0,8192})?'],
  ['github-token', 'gh[opusr]_[A-Za-z0-9_]{36,255}|github_pat_[A-Za-z0-9_]{22,255}'],
  ['gitlab-token', 'gl(?:pat|ptt|dt|rt|soat|cbt)-[\\w-]{20,128}'],
  ['slack-token', 'xox[a-z](?:-[A-Za-z0-9]{1,128}){2,8}|xapp(?:-[A-Za-z0-9]{1,128}){3,8}'],
  [
    'slack-webhook',
    'hooks\\.slack\\.com\\x01{0,16}/(?:services|workflows|triggers)((?:\\x01{0,16}/[\\w-]{1,64}){2,8})',
  ],
  ['npm-token', 'npm_[A-Za-z0-9]{36,64}'],
  ['pypi-token', 'pypi-[\\w-]{50,512}'],
  ['sendgrid-key', 'SG\\.[\\w-]{16,64}\\.[\\w-]{16,128}'],
  ['huggingface-token', 'hf_[A-Za-z0-9]{30,64}'],
  ['digitalocean-token', 'do[opr]_v1_[a-f0-9]{64}'],
];

/**
 * A block in PEM up to its end; where the text was cut before that, up to the quote around it. `-----` ends it in any
 * case, so that a text full of beginnings is read once.
 */
const PEM = '[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----';
const PRIVATE_KEY =
  `-----BEGIN ${PEM}(?:(?:[^-]|-(?!----)){0,16384}-----END ${PEM}|` +
  `(?:[^-"'\\x01]|-(?!----)|\\x01{1,64}(?!["'\\x01])){0,16384})`;

/** Behind `Authorization:` and in prose about it. */
const BEARER = `${START}(?:bearer|basic)${GAP}{1,40}([\\w.~+/-]{20,4096}={0,2})`;

/** The user part of a URL: a password, or a token alone. A path has one slash where the URL had two. */
const URL_PASSWORD =
  ':\\x01{0,16}/(?:\\x01{0,16}/)?(?:[^\\s\\x01:/@"\'<>]{0,128}:([^\\s\\x01/@"\'<>]{1,256})|([^\\s\\x01:/@"\'<>]{20,256}))@';

/** The last words of names to which secrets are assigned: DB_PASSWORD, clientSecret, GITHUB_TOKEN, x-api-key. */
const PHRASE_NAME = 'pass(?:word|wd|phrase)';
const TOKEN_NAME =
  '(?:secret|token|credential|authorization|(?:api|access|account|private|secret|auth|master)[_-]?key)';
const ASSIGN = `(?![A-Za-z0-9])["'\\s\\x01\\]]{0,40}(?::=|=>|[=:])`;
/** What code and templates say instead of a secret: calls, members, variables, placeholders. */
const VALUE = '(?![$<{([*]|(?:null|true|false|none|undefined|string|process|env)\\b)';
const ASSIGNED = [
  // In quotes.
  `${PHRASE_NAME}${ASSIGN}${GAP}{0,40}"${VALUE}([^"\\n\\x01]{4,512})`,
  `${PHRASE_NAME}${ASSIGN}${GAP}{0,40}'${VALUE}([^'\\n\\x01]{4,512})`,
  `${TOKEN_NAME}${ASSIGN}${GAP}{0,40}["']${VALUE}(?:(?:bearer|basic|token) )?([^"'\\s\\x01]{8,4096})`,
  // As in a shell or an .env file: nothing between the sign and the value, which is no call and no member.
  `(?:${PHRASE_NAME}|${TOKEN_NAME})=${VALUE}([^\\s\\x01"'\`,;&|<>(){}[\\]]{6,512})(?![([{]|["'\`]\\w)`,
  // As in YAML, headers or SQL: a value with a digit in it.
  `(?:${PHRASE_NAME}|${TOKEN_NAME})${ASSIGN}${GAP}{1,40}${VALUE}(?:(?:bearer|basic|token)${GAP}{1,2})?` +
    `((?=[^\\s\\x01"'\`,;&|<>(){}[\\]]{0,256}[0-9])[^\\s\\x01"'\`,;&|<>(){}[\\]]{8,4096})(?![([{])`,
] as const;

const rules: readonly Rule[] = [
  ...TOKENS.map(([kind, pattern]) => ({ kind, pattern: new RegExp(`${START}(?:${pattern})`, 'gd') })),
  { kind: 'private-key', pattern: new RegExp(PRIVATE_KEY, 'gd') },
  { kind: 'bearer-token', pattern: new RegExp(BEARER, 'gdi') },
  { kind: 'url-password', pattern: new RegExp(URL_PASSWORD, 'gd') },
  ...ASSIGNED.map((pattern) => ({ kind: 'assigned-secret', pattern: new RegExp(pattern, 'gdi') })),
];

/** The kinds that these rules find, for the reference and the tests. */
export const ownKinds: readonly string[] = [...new Set(rules.map(({ kind }) => kind))];

/** The expressions, for the test that looks for what could make them slow. */
export const ownPatterns: readonly RegExp[] = rules.map(({ pattern }) => pattern);

export const ownRules: Detector = (text) => rules.flatMap(({ kind, pattern }) => findAll(pattern, kind, text));
