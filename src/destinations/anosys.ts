/** Anosys: arrays of at most 100 flat rows, in the vendor's own columns. */
import { declareOptions } from '../lib/options.ts';
import { encoder } from './anosys/encode.ts';
import type { DestinationKind } from './destination.ts';
import { outcomeOfAnswerOrWord } from './http-outcome.ts';
import { transportOptions } from './http-options.ts';
import { openTransport } from './http-transport.ts';

const options = declareOptions({
  ...transportOptions,
  endpoint: {
    kind: 'url',
    about: 'The address of the ingestion; another host for a workspace of your own.',
    default: 'https://api.anosys.ai/ingestion',
  },
  apiKey: { ...transportOptions.apiKey, about: 'The logs key, sent as `anosys-apikey`.' },
  columns: {
    kind: 'choice',
    about: 'The names of the columns: words, or the numbered ones of the older schema (cvs1, cvn1, …).',
    choices: ['named', 'legacy'],
    default: 'named',
  },
  maxRecords: { kind: 'integer', about: 'Rows in one request.', default: 100, min: 1, max: 100 },
});

/** A record alone is let through up to this size; bytes of its JSON, which a row holds besides its columns. */
const MAX_BYTES = 1_048_576;

export const anosys: DestinationKind<typeof options> = {
  about: 'Anosys: rows in its own columns (docs/anosys.md).',
  options,
  isRemote: true,
  async open(values, surroundings) {
    const transport = await openTransport(values, surroundings, {
      keyHeader: (key) => ['anosys-apikey', key],
      outcomeOf: outcomeOfAnswerOrWord,
    });
    const encode = encoder(values.columns);
    return {
      limits: { maxRecords: values.maxRecords, maxBytes: MAX_BYTES },
      deliver(batch, signal) {
        const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': batch.id };
        return transport.post(encode(batch), headers, signal);
      },
      close: () => transport.close(),
    };
  },
};
