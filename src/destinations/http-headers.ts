/** The headers that tell a server who sends: the API key and what the user adds, checked and kept out of every text. */
import { UserError } from '../errors.ts';

/** The one header that a key is sent in; its name is in lower case. */
export type KeyHeader = (apiKey: string) => readonly [name: string, value: string];

export const bearer: KeyHeader = (apiKey) => ['authorization', `Bearer ${apiKey}`];

export interface Credentials {
  headers: { readonly [name: string]: string };
  /** Replaces what is secret in a text. */
  redact: (text: string) => string;
}

/** Names that belong to the transport: another value would break the request, or change what it means. */
const OWN = new Set([
  'host',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'transfer-encoding',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'idempotency-key',
  'user-agent',
]);

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5, without what is not ASCII. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/** A shorter value is no secret, and would tear holes into every sentence. */
const MIN_SECRET_LENGTH = 4;

/** The headers for a key and a list of `Name: value`. Throws a UserError that repeats neither the key nor a value. */
export function credentials(
  apiKey: string | undefined,
  added: readonly string[],
  keyHeader: KeyHeader = bearer,
): Credentials {
  const headers = Object.fromEntries(added.map(parseHeader));
  const names = Object.keys(headers);
  if (names.length < added.length) throw refusedHeader('one name comes twice');
  if (apiKey === undefined) return { headers, redact: redactor(Object.values(headers)) };
  checkKey(apiKey);
  const [name, value] = keyHeader(apiKey);
  if (names.includes(name)) throw refusedHeader(`"${name}" is what the option apiKey sets`);
  return { headers: { ...headers, [name]: value }, redact: redactor([apiKey, value, ...Object.values(headers)]) };
}

function parseHeader(line: string, index: number): [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
  const value = line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '');
  if (!TOKEN.test(name)) throw refusedHeader(`number ${index + 1} does not begin with a name and a colon`);
  if (OWN.has(name) || name.startsWith('proxy-')) throw refusedHeader(`"${name}" is set by the transport itself`);
  if (!VALUE.test(value)) {
    throw refusedHeader(`the value of "${name}" is empty, or contains a line break or a character outside ASCII`);
  }
  return [name, value];
}

function checkKey(apiKey: string): void {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return;
  throw new UserError('The API key was not accepted: it contains a space, a line break or a character outside ASCII.', {
    hint: 'Copy the key again, without anything around it.',
  });
}

function refusedHeader(why: string): UserError {
  return new UserError(`The option headers was not accepted: ${why}.`, {
    hint: 'Write each header like this: "X-Scope-OrgID: team-7".',
  });
}

/** A server that repeats the request in its answer must not bring the key into a log. */
function redactor(secrets: readonly string[]): (text: string) => string {
  // The longest first: a secret can be part of another one.
  const spellings = secrets.flatMap(spellingsOf).toSorted((one, other) => other.length - one.length);
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[redacted]'), text);
}

/** A secret as a server may repeat it: with or without its scheme (`Basic`), as it is, within JSON or a query. */
function spellingsOf(secret: string): string[] {
  return [secret, secret.replace(/^\S+ +/, '')]
    .flatMap((one) => [one, JSON.stringify(one).slice(1, -1), encodeURIComponent(one)])
    .filter((one) => one.length >= MIN_SECRET_LENGTH);
}
