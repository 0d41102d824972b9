/** How a field of the record is declared: once, with all that types, documentation and redaction need. */

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
  /** Tokens, USD, ms, bytes; left out where the value has none. */
  unit?: string;
  /** Where the value comes from: a path in the line, or the rule that makes it. */
  source: string;
  /** One sentence for the reference. */
  about: string;
}

export type FieldGroup = { readonly [name: string]: Field };

/** The part of a record that a group of fields fills; what a line does not say is absent, never null. */
export type ValuesOf<Group extends FieldGroup> = {
  [Name in keyof Group]?: ValueTypes[Group[Name]['type']] | undefined;
};

/** Declares a group; the sentence and the privacy class are part of the type, so none can be forgotten. */
export function fieldGroup<const Group extends FieldGroup>(group: Group): Group {
  return group;
}
