/** Any endpoint that wants a body of its own making: which method, which shape, which fields of a record. */
import { UserError } from '../errors.ts';
import { fields as knownFields, type MessageRecord } from '../fields/index.ts';
import { nearest } from '../lib/nearest.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Batch, Destination, DestinationKind, Surroundings } from './destination.ts';
import { outcomeOfAnswerOrWord } from './http-outcome.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';

const options = declareOptions({
  ...transportOptions,
  method: { kind: 'choice', about: 'The method of a request.', choices: ['POST', 'PUT'], default: 'POST' },
  shape: {
    kind: 'choice',
    about: 'The body: an `array` of records, `ndjson` with a record a line, or an `object` that holds the array.',
    choices: ['array', 'ndjson', 'object'],
    default: 'array',
  },
  member: { kind: 'string', about: 'In an `object`, the member that holds the array.', default: 'records' },
  members: { kind: 'list', about: 'In an `object`, further members, each as `name=text`, for instance `team=web`.' },
  fields: { kind: 'list', about: 'The fields of a record to send, in this order (docs/fields.md); without it, all.' },
  maxRecords: { kind: 'integer', about: 'Records in one request.', default: 100, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one request, with all of their fields and before compression.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

type Values = OptionValues<typeof options>;
type Encode = (batch: Pick<Batch, 'records' | 'json'>) => string;

export const webhook: DestinationKind<typeof options> = {
  about: 'Any endpoint that wants a body of its own: method, shape and fields as you say (`http` has one fixed body).',
  options,
  isRemote: true,
  async open(values: Values, surroundings: Surroundings): Promise<Destination> {
    const encode = encoder(values);
    const transport = await openTransport(values, surroundings, { outcomeOf: outcomeOfAnswerOrWord });
    const type = values.shape === 'ndjson' ? 'application/x-ndjson' : 'application/json';
    return {
      limits: { maxRecords: values.maxRecords, maxBytes: values.maxBytes },
      deliver(batch, signal) {
        const headers = { 'Content-Type': type, 'Idempotency-Key': batch.id };
        return transport.post(encode(batch), headers, signal, { method: values.method });
      },
      close: () => transport.close(),
    };
  },
};

/** Writes a batch as the body of a request. Throws a UserError on a field that there is not, or a wrong member. */
export function encoder({ shape, member, members = [], fields }: Pick<Values, Encoding>): Encode {
  const texts = fields === undefined ? ({ json }: Pick<Batch, 'json'>) => json : picking(fields);
  const further = Object.entries(membersOf(members, shape, member)).map(([name, text]) => pair(name, text));
  const write: { readonly [Shape in typeof shape]: (records: readonly string[]) => string } = {
    array: (records) => `[${records.join(',')}]`,
    ndjson: (records) => records.map((record) => `${record}\n`).join(''),
    object: (records) => `{${[...further, `${JSON.stringify(member)}:[${records.join(',')}]`].join(',')}}`,
  };
  return (batch) => write[shape](texts(batch));
}

function pair(name: string, text: string): string {
  return `${JSON.stringify(name)}:${JSON.stringify(text)}`;
}

type Encoding = 'shape' | 'member' | 'members' | 'fields';

function picking(names: readonly string[]): (batch: Pick<Batch, 'records'>) => readonly string[] {
  for (const name of names) if (!Object.hasOwn(knownFields, name)) throw unknownField(name);
  // A list of names makes JSON.stringify write these members alone, and in this order.
  const order = Array.from(names);
  return ({ records }) => records.map((record: MessageRecord) => JSON.stringify(record, order));
}

function unknownField(name: string): UserError {
  const similar = nearest(name, Object.keys(knownFields));
  const question = similar === undefined ? '' : ` Did you mean "${similar}"?`;
  return new UserError(`The option fields was not accepted: records have no field "${name}".${question}`, {
    hint: 'See which there are: npx stopwire fields. Each is given by itself: --set fields=id --set fields=text',
  });
}

function membersOf(texts: readonly string[], shape: Values['shape'], member: string): { [name: string]: string } {
  const entries = texts.map((text) => (/^([^=]+)=(.*)$/s.exec(text) ?? []).slice(1));
  const names = entries.map(([name]) => name);
  if (texts.length > 0 && shape !== 'object') throw refusedMembers(`a body of the shape ${shape} has no members`);
  if (names.includes(undefined)) throw refusedMembers('each is to be written as name=text');
  if (names.includes(member)) throw refusedMembers(`"${member}" holds the records`);
  if (new Set(names).size < names.length) throw refusedMembers('one name comes twice');
  return Object.fromEntries(entries);
}

function refusedMembers(why: string): UserError {
  return new UserError(`The option members was not accepted: ${why}.`, {
    hint: 'Give it with the shape "object", each member like this: "team=web".',
  });
}
