/** Any HTTP endpoint: one JSON body a batch, sent by POST; an answer with a 2xx status takes the batch over. */
import { declareOptions, type OptionValues } from '../lib/options.ts';
import type { Batch, Destination, DestinationKind, Surroundings } from './destination.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';

const options = declareOptions({
  ...transportOptions,
  maxRecords: { kind: 'integer', about: 'Records in one request.', default: 100, min: 1, max: 10_000 },
  maxBytes: {
    kind: 'integer',
    about: "Bytes of the records' JSON in one request, before compression.",
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
  },
});

export const http: DestinationKind<typeof options> = {
  about: 'Any HTTP endpoint that takes a JSON body by POST.',
  options,
  isRemote: true,
  open: (values, surroundings) => openHttp(values, surroundings, Date.now),
};

/** Opens the destination with the clock `now` (epoch ms). Throws a UserError where an option cannot be used. */
export async function openHttp(
  values: OptionValues<typeof options>,
  surroundings: Surroundings,
  now: () => number,
): Promise<Destination> {
  const transport = await openTransport(values, surroundings, { now });
  return {
    limits: { maxRecords: values.maxRecords, maxBytes: values.maxBytes },
    deliver(batch, signal) {
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': batch.id };
      return transport.post(encode(batch), headers, signal);
    },
    close: () => transport.close(),
  };
}

/**
 * The body of a request; the records' JSON is joined as it is. Without the time: a batch that is sent again is the same
 * to the byte, as its Idempotency-Key promises.
 */
export function encode({ id, json }: Batch): string {
  const head = JSON.stringify({ schema: 'stopwire.batch.v1', batch_id: id });
  return `${head.slice(0, -1)},"records":[${json.join(',')}]}`;
}
