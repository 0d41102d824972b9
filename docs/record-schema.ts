/** The JSON Schema (draft 2020-12) of a record, made from the declarations of its fields. */
import { catalogue, type CatalogueRow } from '../src/fields/catalogue.ts';

export function recordSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:stopwire:record:v1',
    title: 'stopwire record',
    description: 'One line of a transcript, a turn or a session. What a line does not say is absent, never null.',
    type: 'object',
    properties: Object.fromEntries(catalogue().map((row) => [row.name, propertyOf(row)])),
    required: ['id', 'type'],
    additionalProperties: false,
  };
}

const TYPES: { readonly [Type in CatalogueRow['type']]: object } = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  timestamp: { type: 'string', format: 'date-time' },
  strings: { type: 'array', items: { type: 'string' } },
};

function propertyOf({ type, unit, privacy, about }: CatalogueRow): object {
  return { ...TYPES[type], description: about, ...(unit !== undefined && { 'x-unit': unit }), 'x-privacy': privacy };
}
