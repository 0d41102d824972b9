/** Requests to a ClickHouse server, and what each of its answers says of the table. */
import type { OptionValues } from '../../lib/options.ts';
import type { Delivery, Surroundings } from '../destination.ts';
import { outcomeOf } from '../http-outcome.ts';
import type { transportOptions } from '../http-options.ts';
import { openTransport } from '../http-transport.ts';
import { type Exception, exceptionOf, outcomeOfException } from './exceptions.ts';
import type { Table } from './schema.ts';

export interface Answer {
  delivery: Delivery;
  /** Undefined where the server had none, or did not answer. */
  exception: Exception | undefined;
}

export interface Client {
  /** Posts a statement or, where `query` holds one, its rows; `query` may hold settings, too. */
  send(body: string, query: { readonly [name: string]: string }, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens the way to the server; nothing is sent. Throws a UserError where an option cannot be used. */
export async function openClient(
  values: OptionValues<typeof transportOptions> & { user: string },
  surroundings: Surroundings,
  table: Table,
): Promise<Client> {
  const exceptions = new WeakMap<Delivery, Exception>();
  const transport = await openTransport(values, surroundings, {
    keyHeader: (password) => ['x-clickhouse-key', password],
    outcomeOf(answer, now) {
      const exception = exceptionOf(answer);
      if (exception === undefined) return outcomeOf(answer, now);
      const delivery = outcomeOfException(exception, table);
      exceptions.set(delivery, exception);
      return delivery;
    },
  });
  const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'X-ClickHouse-User': values.user };
  return {
    async send(body, query, signal) {
      const delivery = await transport.post(body, headers, signal, { query });
      return { delivery, exception: exceptions.get(delivery) };
    },
    close: () => transport.close(),
  };
}
