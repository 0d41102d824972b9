/** redact: a projection of the record over its fields' privacy classes. Nothing behind it sees what it took out. */
import { UserError } from '../errors.ts';
import { blankRecord } from '../fields/blank.ts';
import { fields, type Field, type MessageRecord, type Privacy } from '../fields/index.ts';
import { forms } from '../fields/forms.ts';
import { keyedHash } from '../privacy/keyed-hash.ts';
import { redactionLevels, type RedactionLevel } from '../privacy/levels.ts';
import { secretMasker, type SecretOptions } from '../privacy/mask-secrets.ts';
import { noneSeen, tell } from '../privacy/seen-secrets.ts';
import { eachText, formed, hide, masking, unlessKnown, type Rule } from '../privacy/text-rules.ts';

export { REDACTED, redactionLevels, type RedactionLevel } from '../privacy/levels.ts';

export interface RedactionOptions {
  /** What masks secrets besides the rules that are always there. */
  secrets?: SecretOptions | undefined;
  /** False sends secrets as they are, and only at the level `none`. */
  maskSecrets?: boolean | undefined;
  /** The key of this installation (state/hash-key.ts); without one, what would become a hash is hidden. */
  hashKey?: Uint8Array | undefined;
  /** Hidden content becomes a keyed hash and its length, so that equal texts can still be told to be equal. */
  hash?: boolean | undefined;
}

/** What a level does to the fields of a class; see the table in docs/privacy.md. */
export type Treatment = 'keep' | 'check' | 'mask' | 'form' | 'hash' | 'hide';

/**
 * `keep`: as it is · `check`: as it is, where it is of its type · `mask`: with its secrets masked · `form`: that too, if
 * it looks like a name or a word at all · `hash`: a keyed hash · `hide`: gone, or a keyed hash where that is wanted.
 */
export const treatments: {
  readonly [Level in RedactionLevel | 'unmasked']: { readonly [Class in Privacy]: Treatment };
} = {
  unmasked: { metric: 'keep', enum: 'keep', id: 'keep', path: 'keep', content: 'keep' },
  none: { metric: 'keep', enum: 'mask', id: 'mask', path: 'mask', content: 'mask' },
  secrets: { metric: 'keep', enum: 'mask', id: 'mask', path: 'mask', content: 'mask' },
  content: { metric: 'check', enum: 'form', id: 'form', path: 'mask', content: 'hide' },
  metadata: { metric: 'check', enum: 'form', id: 'form', path: 'hash', content: 'hide' },
};

/** Compiles a level: decides once for each field, so that little is left to do for each record. */
export function redactor(
  level: RedactionLevel,
  options: RedactionOptions = {},
): (record: MessageRecord) => MessageRecord {
  if (level === 'none' && options.maskSecrets === false) return (record) => record;
  const ruleOf = compile(level, options);
  const seen = noneSeen();
  return (record) => {
    const names = Object.keys(record);
    const values: unknown[] = Object.values(record);
    let redacted: { [name: string]: unknown } | undefined;
    for (let index = 0; index < names.length; index += 1) {
      const name = names[index] ?? '';
      const value = values[index];
      if (value === undefined) continue;
      const treated = ruleOf.get(name)?.(value, seen);
      if (treated !== value) (redacted ??= copyOf(names, values))[name] = treated;
    }
    if (seen.counts.size > 0) tell((redacted ??= copyOf(names, values)), seen);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every rule keeps the type of its field
    return (redacted ?? record) as MessageRecord;
  };
}

/** The level that a destination is configured with. Throws on an unknown one: no guess, nothing is sent. */
export function redactionLevelOf({ name, redaction }: { name: string; redaction: string }): RedactionLevel {
  const level = redactionLevels.find((known) => known === redaction);
  if (level !== undefined) return level;
  throw new UserError(
    `Destination ${name} has the unknown redaction level "${redaction}"; there are ${redactionLevels.join(', ')}.`,
  );
}

function compile(level: RedactionLevel, { secrets = {}, hashKey, hash = false }: RedactionOptions): Map<string, Rule> {
  const mask = masking(secretMasker(secrets));
  // Hashes and ids are as random as secrets are, so that looking for randomness in them would mask them all.
  const maskName = masking(secretMasker({ ...secrets, entropy: false }));
  const hashed = hashKey === undefined ? undefined : keyedHash(hashKey);
  const hidden = hash && hashed !== undefined ? (text: string) => `${hashed(text)}:${text.length}` : hide;
  // Made here, of a hash, and what everything else is told apart by: no pattern of the user's may take it for a secret.
  const maskId = masking(secretMasker());
  const ruleFor = (name: string, { privacy, form, type }: Field): Rule => {
    const isName = privacy === 'enum' || privacy === 'id';
    // An id of an unknown form still joins records.
    const strange = privacy === 'id' && hashed !== undefined ? hashed : hide;
    const maskNamed = name === 'id' ? maskId : maskName;
    const rules: { readonly [Name in Treatment]: Rule } = {
      keep: (value) => value,
      check: (value) => (isOfType(type, value) ? value : undefined),
      mask: eachText(unlessKnown(isName ? maskNamed : mask)),
      form: eachText(unlessKnown(formed(forms[form ?? (privacy === 'id' ? 'id' : 'word')], maskNamed, strange))),
      hash: eachText(hashed ?? hide),
      hide: eachText(hidden),
    };
    return rules[treatments[level][privacy]];
  };
  return new Map(Object.entries(fields).map(([name, field]) => [name, ruleFor(name, field)]));
}

/** In the layout that the mapper gives a record (fields/blank.ts): a copy property by property takes three times as long. */
function copyOf(names: readonly string[], values: readonly unknown[]): { [name: string]: unknown } {
  const copy: { [name: string]: unknown } = blankRecord('', '');
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    const value = values[index];
    if (value !== undefined) copy[name] = value;
  }
  return copy;
}

/** Times and amounts are metrics as well, and written as text. */
const WRITTEN: { readonly [Type in Field['type']]?: RegExp } = {
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/,
  string: /^-?\d{1,30}$/,
};

function isOfType(type: Field['type'], value: unknown): boolean {
  if (type === 'strings') return Array.isArray(value) && value.every((item) => isOfType('string', item));
  if (typeof value === 'string') return WRITTEN[type]?.test(value) ?? false;
  return typeof value === (type === 'boolean' ? 'boolean' : 'number');
}
