/** What a value of a record becomes: rules for texts, put together by the level and the class of a field. */
import type { MaskSecrets } from './mask-secrets.ts';
import { REDACTED } from './levels.ts';
import { add, type Seen } from './seen-secrets.ts';

/** Answers what stands in the record instead; undefined where nothing does. Adds the secrets that it masked. */
export type Rule = (value: unknown, seen: Seen) => unknown;
export type TextRule = (text: string, seen: Seen) => string;

/** Values that each field remembers to be clean. */
const REMEMBERED = 64;

/** A rule for texts, as a rule for a field that holds one or several; what it leaves as it is stays the same value. */
export function eachText(rule: TextRule): Rule {
  return (value, seen) => {
    if (typeof value === 'string') return rule(value, seen);
    if (!Array.isArray(value)) return undefined;
    const treated = value.map((item) => rule(String(item), seen));
    return treated.every((item, index) => item === value[index]) ? value : treated;
  };
}

/** Sessions, directories and words are the same from record to record: what was clean lately is clean now. */
export function unlessKnown(rule: TextRule): TextRule {
  const clean = new Set<string>();
  return (text, seen) => {
    if (clean.has(text)) return text;
    const result = rule(text, seen);
    if (result !== text || text.length > 256) return result;
    if (clean.size >= REMEMBERED) clean.clear();
    clean.add(text);
    return result;
  };
}

export function masking(maskSecrets: MaskSecrets): TextRule {
  return (text, seen) => {
    const { text: masked, found, secrets } = maskSecrets(text);
    if (masked !== text) add(seen, found, secrets);
    return masked;
  };
}

export function formed(form: RegExp, mask: TextRule, strange: (text: string) => string): TextRule {
  return (text, seen) => (form.test(text) ? mask(text, seen) : strange(text));
}

export function hide(): string {
  return REDACTED;
}
