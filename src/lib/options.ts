/** Options that are declared once: their checks, their types, the wizard's questions and the reference come from here. */
import { isObject } from './json.ts';

interface OptionShape<Kind extends string, Value> {
  kind: Kind;
  /** One sentence of help. */
  about: string;
  default?: Value;
  /** Must be given, and has no default. */
  required?: true;
  /** Never shown, never logged. */
  secret?: true;
}

export type Option =
  | OptionShape<'string', string>
  | OptionShape<'url', string>
  | OptionShape<'path', string>
  | (OptionShape<'integer', number> & { min: number; max: number })
  | OptionShape<'boolean', boolean>
  /** One of some words. */
  | (OptionShape<'choice', string> & { choices: readonly string[] })
  | OptionShape<'list', readonly string[]>;

export type Options = { readonly [name: string]: Option };

interface Values {
  string: string;
  url: string;
  path: string;
  integer: number;
  boolean: boolean;
  list: readonly string[];
}

type ValueOf<Declared extends Option> = Declared extends { choices: readonly (infer Word)[] }
  ? Word
  : Declared extends { kind: keyof Values }
    ? Values[Declared['kind']]
    : never;

type Given = { required: true } | { default: string | number | boolean };

/** The checked values: those with a default or `required` are always there. */
export type OptionValues<Declared extends Options> = {
  [Name in keyof Declared as Declared[Name] extends Given ? Name : never]: ValueOf<Declared[Name]>;
} & {
  [Name in keyof Declared as Declared[Name] extends Given ? never : Name]?: ValueOf<Declared[Name]>;
};

/** Declares options; keeps each one's own type, which `OptionValues` reads. */
export function declareOptions<const Declared extends Options>(options: Declared): Declared {
  return options;
}

/** Checks unknown input against a declaration. Answers the values, or a sentence for each thing that is wrong. */
export function checkOptions<Declared extends Options>(
  declared: Declared,
  given: unknown,
): { values: OptionValues<Declared>; problems: [] } | { values?: never; problems: [string, ...string[]] } {
  if (!isObject(given)) return { problems: ['the options are not an object'] };
  const problems = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `there is no option "${name}"; there are ${Object.keys(declared).join(', ')}`);
  const values: { [name: string]: unknown } = {};
  for (const [name, option] of Object.entries(declared)) {
    const value = given[name] ?? option.default;
    const problem = value === undefined ? missing(name, option) : mismatch(name, option, value);
    if (problem !== undefined) problems.push(problem);
    else if (value !== undefined) values[name] = value;
  }
  const [first, ...more] = problems;
  if (first !== undefined) return { problems: [first, ...more] };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each name was checked against its declaration above
  return { values: values as OptionValues<Declared>, problems: [] };
}

function missing(name: string, option: Option): string | undefined {
  return option.required ? `"${name}" is needed: ${option.about.replace(/\.$/, '')}` : undefined;
}

/** What is wrong with the value; a secret's value is never part of the sentence. */
function mismatch(name: string, option: Option, value: unknown): string | undefined {
  switch (option.kind) {
    case 'integer': {
      const fits = Number.isSafeInteger(value) && Number(value) >= option.min && Number(value) <= option.max;
      return fits ? undefined : `"${name}" must be a whole number from ${option.min} to ${option.max}`;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `"${name}" must be true or false`;
    case 'choice':
      return option.choices.some((choice) => choice === value)
        ? undefined
        : `"${name}" must be ${option.choices.join(' or ')}`;
    case 'url':
      return isHttpUrl(value) ? undefined : `"${name}" must be an http or https address`;
    case 'list':
      return isListOfTexts(value) ? undefined : `"${name}" must be a list of texts that are not empty`;
    default:
      return typeof value === 'string' && value !== '' ? undefined : `"${name}" must be a text that is not empty`;
  }
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '');
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
