/** The flags of `install` that answer the wizard's questions; each names the variable that stands in for it. */
import { HASH_FLAG, MASK_SECRETS_FLAG, YES_FLAG } from './flags.ts';

/** A value that may be a lone -, which is standard input. */
const TEXT = { type: 'string', nargs: 1 } as const;

/** Without their defaults: what was not given is left to the environment. */
export const ANSWERS = {
  local: {
    type: 'boolean',
    describe:
      'Keep records in the embedded store on this machine; the default where nothing else is named (STOPWIRE_LOCAL)',
  },
  file: { ...TEXT, describe: 'Append records to this file, one JSON record a line (STOPWIRE_FILE)' },
  destination: {
    ...TEXT,
    describe: 'Send records to a destination of this type; `destinations types` lists them (STOPWIRE_DESTINATION)',
  },
  endpoint: {
    ...TEXT,
    describe: 'Its address; without --destination, an HTTP endpoint that takes JSON (STOPWIRE_ENDPOINT)',
  },
  'api-key': { ...TEXT, describe: 'Its key; - reads it from standard input (STOPWIRE_API_KEY)' },
  set: {
    ...TEXT,
    array: true,
    describe: 'Another option of it, as option=value; repeat it (STOPWIRE_SET, one a line)',
  },
  secret: {
    ...TEXT,
    array: true,
    describe:
      'A secret option, as option=<file> or - for standard input, or looked up at each delivery, as file:<path>, env:<variable> or command:<for sh> (STOPWIRE_SECRET, one a line)',
  },
  test: {
    type: 'boolean',
    describe: 'Try it before it is saved, as the wizard does; where it fails, save nothing (STOPWIRE_TEST)',
  },
  keep: {
    type: 'boolean',
    describe:
      'Keep the destinations that are there, the default; --no-keep puts those named now into their place (STOPWIRE_KEEP)',
  },
  redaction: {
    type: 'string',
    describe:
      'How much is hidden: none (the default on this machine), secrets, content (the default elsewhere, and without a value), metadata (STOPWIRE_REDACTION)',
  },
  'mask-secrets': {
    ...MASK_SECRETS_FLAG,
    default: undefined,
    describe: `${MASK_SECRETS_FLAG.describe} (STOPWIRE_MASK_SECRETS)`,
  },
  hash: { ...HASH_FLAG, default: undefined, describe: `${HASH_FLAG.describe} (STOPWIRE_HASH)` },
  since: {
    ...TEXT,
    describe: 'History that new destinations get: all (the default), now, 12h, 30d, or a date in UTC (STOPWIRE_SINCE)',
  },
  account: {
    type: 'boolean',
    describe: "Name the client's account in every record: its e-mail address and ids (STOPWIRE_ACCOUNT)",
  },
  'otel-endpoint': {
    ...TEXT,
    describe:
      "Send Claude Code's own metrics and events to this OTLP address, too: variables in `env` of settings.json (STOPWIRE_OTEL_ENDPOINT)",
  },
  'otel-key': {
    ...TEXT,
    describe: 'The key for it, which settings.json then holds; - reads it from standard input (STOPWIRE_OTEL_KEY)',
  },
  'otel-header': {
    ...TEXT,
    describe: 'The header that carries that key; without it, Authorization: Bearer (STOPWIRE_OTEL_HEADER)',
  },
  yes: { ...YES_FLAG, default: undefined, describe: `${YES_FLAG.describe} (STOPWIRE_YES)` },
} as const;
