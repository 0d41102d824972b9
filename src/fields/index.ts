/** The record: its groups of fields, joined. */
import { contentFields } from './content.ts';
import { costFields } from './cost.ts';
import type { Field, ValuesOf } from './field.ts';
import { identityFields } from './identity.ts';
import { provenanceFields } from './provenance.ts';
import { sessionFields } from './session.ts';
import { toolFields } from './tools.ts';
import { usageFields } from './usage.ts';

export { content } from './content.ts';
export type { Cost } from './cost.ts';
export type { Field, Privacy } from './field.ts';
export { identity } from './identity.ts';
export { provenance } from './provenance.ts';
export { nextContext, session } from './session.ts';
export { tools } from './tools.ts';
export { usage } from './usage.ts';

/** Every group, in the order of the reference. */
export const fieldGroups = {
  identity: identityFields,
  session: sessionFields,
  usage: usageFields,
  cost: costFields,
  tools: toolFields,
  content: contentFields,
  provenance: provenanceFields,
} as const;

type Groups = typeof fieldGroups;
type Joined = { [Name in keyof Groups]: (values: ValuesOf<Groups[Name]>) => void }[keyof Groups] extends (
  values: infer All,
) => void
  ? All
  : never;

/** One line of a transcript, described. Only `id` and `type` are always there. */
export type MessageRecord = Joined & { id: string; type: string };

/** Every field by its name. */
export const fields: { readonly [name: string]: Field } = Object.assign({}, ...Object.values(fieldGroups));
