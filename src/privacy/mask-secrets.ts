/** Masks secrets in a text: `[secret:aws-access-key]` stands where one was. */
import { entropyDetector } from './entropy.ts';
import { withoutEscapes } from './escapes.ts';
import type { Detector, Finding } from './finding.ts';
import { ownPatterns } from './own-patterns.ts';
import { mayHoldSecret } from './prefilter.ts';
import { ownRules } from './secret-rules.ts';

export interface SecretOptions {
  /** The detector with the maintained rules (maintained-rules.ts), where they are loaded. */
  maintained?: Detector | undefined;
  /** Regular expressions of the user. */
  patterns?: readonly string[] | undefined;
  /** Masks random-looking words as well. */
  entropy?: boolean | undefined;
}

export interface Masked {
  text: string;
  /** How many of each kind. */
  found: { readonly [kind: string]: number };
  /** What was masked, with its kind: only to look for it elsewhere, never to keep. */
  secrets: readonly (readonly [secret: string, kind: string])[];
}

export type MaskSecrets = (text: string) => Masked;

/** No kind has a shorter secret with what tells it. */
const SHORTEST = 8;
/** Hashes and UUIDs, a third of all texts: every secret has another sign. */
const HEX = /^[0-9a-f-]{1,64}$/;
const NOTHING: Omit<Masked, 'text'> = Object.freeze({ found: Object.freeze({}), secrets: Object.freeze([]) });

/** Masks with the rules that need no loading: for messages, logs and whatever else is short. */
export const maskSecrets: MaskSecrets = secretMasker();

/**
 * Compiles the detectors to one function. Where findings touch each other, one mask stands for all of them, named by
 * the first of the longest.
 *
 * @throws UserError for a pattern of the user that is no expression, or an unsafe one
 */
export function secretMasker({ maintained, patterns = [], entropy = false }: SecretOptions = {}): MaskSecrets {
  const known: readonly Detector[] = maintained === undefined ? [ownRules] : [ownRules, maintained];
  const always: readonly Detector[] = [
    ...(patterns.length > 0 ? [ownPatterns(patterns)] : []),
    ...(entropy ? [entropyDetector] : []),
  ];
  return (text) => {
    if (always.length === 0 && (text.length < SHORTEST || HEX.test(text))) return { text, ...NOTHING };
    const detectors = mayHoldSecret(text) ? [...known, ...always] : always;
    if (detectors.length === 0) return { text, ...NOTHING };
    const opened = withoutEscapes(text);
    return masked(text, merged(detectors.flatMap((detect) => detect(opened))));
  };
}

/** The findings in order, those that touch each other as one. */
function merged(findings: readonly Finding[]): Finding[] {
  const inOrder = findings.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const whole: Finding[] = [];
  let longest = 0;
  for (const { start, end, kind } of inOrder) {
    const last = whole.at(-1);
    if (last === undefined || start >= last.end) {
      whole.push({ start, end, kind });
      longest = end - start;
      continue;
    }
    last.end = Math.max(last.end, end);
    if (end - start <= longest) continue;
    last.kind = kind;
    longest = end - start;
  }
  return whole;
}

function masked(text: string, findings: readonly Finding[]): Masked {
  if (findings.length === 0) return { text, ...NOTHING };
  const found: { [kind: string]: number } = {};
  const secrets: [string, string][] = [];
  let behind = 0;
  let result = '';
  for (const { start, end, kind } of findings) {
    result += `${text.slice(behind, start)}[secret:${kind}]`;
    behind = end;
    secrets.push([text.slice(start, end), kind]);
    found[kind] = (found[kind] ?? 0) + 1;
  }
  return { text: result + text.slice(behind), found, secrets };
}
