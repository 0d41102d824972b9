/** How a field of the record is declared: once, with all that types, documentation and redaction need. */
import type { Form } from './forms.ts';

/**
 * What a value can tell about a person or a company, from least to most.
 * `metric`: a number, a time or a yes/no · `enum`: a word from a closed set · `id`: an opaque name ·
 * `path`: a place (directory, branch, host) · `content`: what a human, the model or a tool wrote.
 */
export type Privacy = 'metric' | 'enum' | 'id' | 'path' | 'content';

interface ValueTypes {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  /** ISO 8601, UTC. */
  timestamp: string;
  strings: readonly string[];
}

export interface Field {
  type: keyof ValueTypes;
  privacy: Privacy;
  /** What its words look like, where that is not the form of its class: `word` for an enum, `id` for an id. */
  form?: Form;
  /** Tokens, USD, ms, bytes; left out where the value has none. */
  unit?: string;
  /** Where the value comes from: paths in the line, in backticks, or the rule that makes it. */
  source: string;
  /** One sentence for the reference. */
  about: string;
}

export type FieldGroup = { readonly [name: string]: Field };

/** The part of a record that a group of fields fills; what a line does not say is undefined, never null. */
export type ValuesOf<Group extends FieldGroup> = {
  -readonly [Name in keyof Group]?: ValueTypes[Group[Name]['type']] | undefined;
};

/** The part of a record that several groups fill together. */
export type ValuesOfAll<Groups extends { readonly [name: string]: FieldGroup }> = {
  [Name in keyof Groups]: (values: ValuesOf<Groups[Name]>) => void;
}[keyof Groups] extends (values: infer All) => void
  ? All
  : never;

/** Declares a group; the sentence and the privacy class are part of the type, so none can be forgotten. */
export function fieldGroup<const Group extends FieldGroup>(group: Group): Group {
  return group;
}

/** Declares a field of one type and class by its source and its sentence. */
type Kind<Declared> = (source: string, about: string) => Declared & { source: string; about: string };

function kind<const Declared extends Omit<Field, 'source' | 'about'>>(declared: Declared): Kind<Declared> {
  return (source, about) => ({ ...declared, source, about });
}

export const count = kind({ type: 'integer', privacy: 'metric' });
export const decimal = kind({ type: 'number', privacy: 'metric' });
export const tokens = kind({ type: 'integer', unit: 'tokens', privacy: 'metric' });
export const ms = kind({ type: 'integer', unit: 'ms', privacy: 'metric' });
export const bytes = kind({ type: 'integer', unit: 'bytes', privacy: 'metric' });
export const characters = kind({ type: 'integer', unit: 'characters', privacy: 'metric' });
export const usd = kind({ type: 'number', unit: 'USD', privacy: 'metric' });
export const picoUsd = kind({ type: 'string', unit: '10⁻¹² USD', privacy: 'metric' });
export const flag = kind({ type: 'boolean', privacy: 'metric' });
export const time = kind({ type: 'timestamp', privacy: 'metric' });
export const word = kind({ type: 'string', privacy: 'enum' });
export const words = kind({ type: 'strings', privacy: 'enum' });
export const tallies = kind({ type: 'strings', privacy: 'enum', form: 'tally' });
export const dated = kind({ type: 'string', privacy: 'enum', form: 'dated' });
export const datedWords = kind({ type: 'strings', privacy: 'enum', form: 'dated' });
export const media = kind({ type: 'string', privacy: 'enum', form: 'media' });
export const mediaTypes = kind({ type: 'strings', privacy: 'enum', form: 'media' });
export const release = kind({ type: 'string', privacy: 'enum', form: 'release' });
export const processor = kind({ type: 'string', privacy: 'enum', form: 'processor' });
export const scopedWords = kind({ type: 'strings', privacy: 'enum', form: 'scoped' });
export const id = kind({ type: 'string', privacy: 'id' });
export const ids = kind({ type: 'strings', privacy: 'id' });
export const place = kind({ type: 'string', privacy: 'path' });
export const places = kind({ type: 'strings', privacy: 'path' });
export const text = kind({ type: 'string', privacy: 'content' });
export const texts = kind({ type: 'strings', privacy: 'content' });
