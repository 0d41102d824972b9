/** schema/record.v1.json as a check, by a validator of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const SCHEMA: object = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'schema', 'record.v1.json'), 'utf8'),
);

const ajv = new Ajv2020({ allErrors: true, strict: true, keywords: ['x-unit', 'x-privacy'] });
addFormats.default(ajv);
const validate = ajv.compile(SCHEMA);

/** What of a record the schema forbids, one phrase each; of the record as it is sent, which is JSON. */
export function schemaErrors(record: object): string[] {
  validate(JSON.parse(JSON.stringify(record)));
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`;
  });
}
