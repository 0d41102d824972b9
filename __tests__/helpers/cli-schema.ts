/** schema/cli.v1.json as a check: strict, so that what a command prints and the schema does not know is found. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { asObject, isObject } from '../../src/lib/json.ts';
import { SCHEMA as RECORD } from './record-schema.ts';

const SCHEMA: { $defs: { [command: string]: object } } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'schema', 'cli.v1.json'), 'utf8'),
);

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, keywords: ['x-unit', 'x-privacy'] });
addFormats.default(ajv);
ajv.addSchema(RECORD);
ajv.addSchema(JSON.parse(JSON.stringify(SCHEMA, closed)), 'cli');

/** The commands that the schema describes, by the words that call them. */
export const describedCommands = Object.keys(SCHEMA.$defs);

/** What of a command's output the schema does not allow, one phrase each. */
export function outputErrors(command: string, output: unknown): string[] {
  const pointer = command.replaceAll(' ', '%20');
  const validate = ajv.getSchema(`cli#/$defs/${pointer}`);
  if (validate === undefined) return [`nothing describes ${command}`];
  // None of the definitions is one that is checked later.
  void validate(output);
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

/** Objects with declared members have no others. */
function closed(_: string, value: unknown): unknown {
  return isObject(asObject(value)?.['properties']) ? { additionalProperties: false, ...asObject(value) } : value;
}
