/** redact: a projection of the record over its fields' privacy classes. Nothing behind it sees what it took out. */
import { UserError } from '../errors.ts';
import { fields, type MessageRecord, type Privacy } from '../fields/index.ts';

/** `none`: the record as it is · `content`: everything that a human, the model or a tool wrote is hidden. */
export const redactionLevels = ['none', 'content'] as const;
export type RedactionLevel = (typeof redactionLevels)[number];

/** What stands in a record where a value was. */
export const REDACTED = 'REDACTED';

type Rule = (value: unknown) => unknown;

const keep: Rule = (value) => value;
const hide: Rule = (value) => (Array.isArray(value) ? value.map(() => REDACTED) : REDACTED);

/** Names and words from closed sets stay; a transcript is hostile input, so text that only sits in their place goes. */
const WORD = /^[\w.:@/+[\]-]{1,200}$/;
const keepWord: Rule = (value) => {
  if (Array.isArray(value)) return value.map((item) => keepWord(item));
  return typeof value === 'string' && !WORD.test(value) ? REDACTED : value;
};

const rules: { readonly [Level in RedactionLevel]: { readonly [Class in Privacy]: Rule } } = {
  none: { metric: keep, enum: keep, id: keep, path: keep, content: keep },
  content: { metric: keep, enum: keepWord, id: keepWord, path: keep, content: hide },
};

/** Compiles a level: decides once for each field, so that little is left to do for each record. */
export function redactor(level: RedactionLevel): (record: MessageRecord) => MessageRecord {
  if (level === 'none') return keepRecord;
  const ruleOf = new Map(Object.entries(fields).map(([name, field]) => [name, rules[level][field.privacy]]));
  return (record) => {
    const redacted: { [name: string]: unknown } = {};
    for (const [name, value] of Object.entries(record)) {
      const rule = ruleOf.get(name);
      if (rule !== undefined && value !== undefined) redacted[name] = rule(value);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every rule keeps the type of its field
    return redacted as MessageRecord;
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

function keepRecord(record: MessageRecord): MessageRecord {
  return record;
}
