/** ClickHouse, through its HTTP interface: a row a record, in a table that keeps each id once. */
import { UserError } from '../errors.ts';
import { declareOptions, type OptionValues } from '../lib/options.ts';
import { type Answer, openClient } from './clickhouse/client.ts';
import { encode } from './clickhouse/encode.ts';
import { addColumns, createTable, nameOf, type Table } from './clickhouse/schema.ts';
import type { Batch, Delivery, Destination, DestinationKind, Surroundings } from './destination.ts';
import { transportOptions } from './http-options.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    ...transportOptions.endpoint,
    about: 'The HTTP interface of the server, such as `https://clickhouse.example.com:8443`.',
  },
  apiKey: { ...transportOptions.apiKey, about: "The user's password." },
  user: { kind: 'string', about: 'The user, who needs the right to INSERT.', default: 'default' },
  database: { kind: 'string', about: 'The database; it must be there.', default: 'default' },
  table: { kind: 'string', about: 'The table.', default: 'stopwire_records' },
  createTable: {
    kind: 'boolean',
    about: 'Creates the table where it is missing, and adds the columns of a newer version of stopwire.',
    default: true,
  },
  ttlDays: {
    kind: 'integer',
    about: 'Days after which rows are deleted; counts when the table is created. Without it, rows stay.',
    min: 1,
    max: 36_500,
  },
  asyncInsert: {
    kind: 'boolean',
    about: 'Lets the server put the inserts of many machines together (from version 21.11); it answers when it has.',
    default: false,
  },
  maxRecords: { kind: 'integer', about: 'Rows in one insert.', default: 1_000, min: 1, max: 100_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one insert, before compression.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

export const clickhouse: DestinationKind<typeof options> = {
  about: 'A table in ClickHouse, with a column for each field: for the dashboards of a whole team.',
  options,
  isRemote: true,
  open: openClickHouse,
};

async function openClickHouse(values: OptionValues<typeof options>, surroundings: Surroundings): Promise<Destination> {
  const table = checked(values);
  const client = await openClient(values, surroundings, table);
  const settings = {
    query: `INSERT INTO ${nameOf(table)} FORMAT JSONEachRow`,
    date_time_input_format: 'best_effort',
    ...(values.asyncInsert && { async_insert: '1', wait_for_async_insert: '1' }),
  };
  // Settled when the server finds a field without a column, and none may be added.
  let lacksColumns = false;

  const insert = (batch: Batch, signal: AbortSignal): Promise<Answer> => {
    const skipping = { input_format_skip_unknown_fields: lacksColumns ? '1' : '0' };
    return client.send(encode(batch, lacksColumns), { ...settings, ...skipping }, signal);
  };
  const create = async (signal: AbortSignal): Promise<Answer> => {
    const created = await client.send(createTable(table, 'current', values.ttlDays), {}, signal);
    if (created.exception?.isTypeUnknown !== true) return created;
    return client.send(createTable(table, 'plain', values.ttlDays), {}, signal);
  };

  return {
    limits: { maxRecords: values.maxRecords, maxBytes: values.maxBytes },
    async deliver(batch, signal) {
      let { delivery, exception } = await insert(batch, signal);
      if (exception?.lacks === 'table' && values.createTable) {
        const created = await create(signal);
        if (created.delivery.kind !== 'delivered') return notCreated(delivery, created.delivery);
        ({ delivery, exception } = await insert(batch, signal));
      }
      if (exception?.lacks === 'column') {
        const added = values.createTable ? await client.send(addColumns(table), {}, signal) : undefined;
        lacksColumns = added?.delivery.kind !== 'delivered';
        ({ delivery } = await insert(batch, signal));
      }
      return delivery;
    },
    close: () => client.close(),
  };
}

/** Names become part of statements and headers. */
function checked({ database, table, user }: Table & { user: string }): Table {
  for (const [option, name] of Object.entries({ database, table })) {
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) throw refused(option, 'letters, digits, "_" and "-"');
  }
  if (!/^[\x21-\x7e]+$/.test(user)) throw refused('user', 'ASCII characters without spaces');
  return { database, table };
}

function refused(option: string, allowed: string): UserError {
  return new UserError(`The option ${option} was not accepted: its name is not one of ${allowed}.`, {
    hint: 'Give the name alone, without quotes; database and table are options of their own.',
  });
}

/** A user without the right to create is what somebody must mend; of anything else the reason alone is of interest. */
function notCreated(missing: Delivery, created: Delivery): Delivery {
  if (created.kind !== 'hold' || missing.kind !== 'hold') return created;
  return { kind: 'hold', reason: `${missing.reason} (stopwire could not: ${created.reason})` };
}
