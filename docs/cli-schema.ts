/** The JSON Schema (draft 2020-12) of what each command prints with `--json`, by the words that call it. */

type Schema = object;

export function cliSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:stopwire:cli:v1',
    title: 'What stopwire prints with --json',
    description: 'One definition a command. A later version may add members, and takes none away.',
    $defs: outputs,
  };
}

const text = { type: 'string' };
const moment = { type: 'string', format: 'date-time' };
const count = { type: 'integer', minimum: 0 };
const integer = { type: 'integer' };
const number = { type: 'number' };
const flag = { type: 'boolean' };
const texts = listOf(text);
const textOrNull = { type: ['string', 'null'] };

/** Members whose names end in a question mark can be missing. */
function object(members: { readonly [name: string]: Schema }): Schema {
  const names = Object.keys(members);
  const named = Object.entries(members).map(([name, schema]) => [name.replace('?', ''), schema]);
  return {
    type: 'object',
    properties: Object.fromEntries(named),
    required: names.filter((name) => !name.endsWith('?')),
  };
}

function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

function oneOf(...words: string[]): Schema {
  return { type: 'string', enum: words };
}

/** An amount, as a number of USD and exact as whole pico USD (10⁻¹² USD). */
function amounts(...names: string[]): { [name: string]: Schema } {
  return Object.fromEntries(
    names.flatMap((name) => [[`${name}Usd`, number] as const, [`${name}PicoUsd`, text] as const]),
  );
}

const tokens = { inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheCreationTokens: count };

const delivered = object({
  destinations: listOf(
    object({
      destination: text,
      records: count,
      refused: count,
      state: oneOf('current', 'outdated', 'paused', 'resting', 'failed'),
      'reason?': text,
      'loss?': text,
      'until?': { ...count, description: 'When a resting destination is tried again, in milliseconds since 1970.' },
    }),
  ),
});

const forecast = object({ destinations: listOf(object({ destination: text, records: count, bytes: count })) });

const pausing = object({
  paused: flag,
  destinations: listOf(object({ name: text, paused: flag, 'since?': moment })),
});

const patterns = object({ include: texts, exclude: texts, excludeBranches: texts, excludeEntrypoints: texts });

const check = {
  state: oneOf('ok', 'unsure', 'failed'),
  'reason?': text,
  'hint?': text,
  'canary?': text,
  ms: number,
};

const trouble = object({ at: text, reason: text });

const configuredDestination = object({
  name: text,
  kind: text,
  redaction: text,
  'maskSecrets?': flag,
  'hash?': flag,
  'since?': moment,
  'paused?': flag,
  'only?': object({ 'types?': texts, 'projects?': texts }),
  options: { type: 'object', description: 'As they are configured; what may be a secret is masked.' },
});

const configValues = object({
  destinations: listOf(configuredDestination),
  paused: flag,
  account: flag,
  claudeDirectories: texts,
  'secrets.patterns': texts,
  'secrets.entropy': flag,
  include: texts,
  exclude: texts,
  excludeBranches: texts,
  excludeEntrypoints: texts,
});

const configValue = object({ key: text, value: {} });

const totals = object({
  records: count,
  sessions: count,
  responses: count,
  ...tokens,
  costUsd: number,
  unpricedResponses: count,
  toolCalls: count,
  tools: listOf(object({ name: text, calls: count })),
});

const costs = {
  responses: count,
  unpricedResponses: count,
  ...tokens,
  costUsd: { type: ['number', 'null'] },
  costPicoUsd: textOrNull,
};

const rates = {
  input: textOrNull,
  output: textOrNull,
  cache_write_5m: textOrNull,
  cache_write_1h: textOrNull,
  cache_read: textOrNull,
};

const prices = listOf(
  object({
    effective_from: text,
    effective_to: textOrNull,
    ...rates,
    prompt_tiers: listOf(object({ over_prompt_tokens: count, ...rates })),
    confidence: text,
    sources: texts,
  }),
);

const installed = listOf(object({ name: text, kind: text, redaction: text, 'since?': moment }));

const outputs: { readonly [command: string]: Schema } = {
  install: object({
    'dryRun?': flag,
    settings: listOf(object({ path: text, changed: flag, 'backup?': text })),
    launcher: text,
    config: text,
    destinations: installed,
  }),
  uninstall: object({
    settings: listOf(object({ path: text, outcome: oneOf('restored', 'edited', 'untouched'), 'backup?': text })),
    removed: texts,
    kept: texts,
  }),
  status: object({
    hook: object({
      settings: text,
      registered: flag,
      registeredIn: texts,
      launcher: text,
      launcherExists: flag,
      history: object({
        sessions: count,
        fired: count,
        'lastFiredAt?': moment,
        'p50Ms?': number,
        'p95Ms?': number,
        failed: count,
        'lastFailure?': trouble,
        missed: count,
        'lastMissedAt?': moment,
        missedSinceFire: count,
      }),
    }),
    config: text,
    'paused?': flag,
    keepDays: number,
    destinations: listOf(
      object({
        name: text,
        kind: text,
        redaction: text,
        'since?': moment,
        'paused?': flag,
        delivered: count,
        refused: count,
        deadLetters: count,
        evicted: count,
        'unknown?': mapOf(count),
        'lastDeliveredAt?': moment,
        pendingTranscripts: count,
        pendingBytes: count,
        'lag?': object({ oldestAt: moment, ageMs: number, deletedAt: moment, isEndangered: flag }),
        'resting?': object({ reason: text, until: moment }),
        'lastError?': trouble,
        'lastLoss?': trouble,
      }),
    ),
    quarantine: object({
      path: text,
      ranges: count,
      'newest?': object({ file: text, start: count, end: count, sha256: text, reason: text, at: moment }),
      'isFull?': flag,
    }),
    'today?': object({
      since: moment,
      sessions: count,
      responses: count,
      costUsd: number,
      unpricedResponses: count,
    }),
    'gaps?': object({
      checked: count,
      since: moment,
      gaps: count,
      examples: texts,
      explained: object({ unwritten: count, damaged: count, earlier: count, deleted: count, unseen: count }),
    }),
    'lastRun?': { description: 'The last line of `logs --json`.' },
    problems: texts,
  }),
  doctor: object({
    checks: listOf(
      object({
        name: { ...text, description: 'Of a destination, the check and its name: `lag:team`.' },
        status: oneOf('ok', 'warning', 'error', 'skipped'),
        detail: text,
        'advice?': text,
        'remedy?': text,
      }),
    ),
  }),
  demo: totals,
  run: { anyOf: [delivered, forecast], description: 'The second with --dry-run.' },
  backfill: delivered,
  'destinations add': object({
    name: text,
    kind: text,
    where: text,
    redaction: text,
    'since?': moment,
    paused: flag,
    'test?': object(check),
  }),
  'destinations types': object({
    types: listOf(
      object({
        type: text,
        about: text,
        isRemote: flag,
        options: listOf(
          object({
            name: text,
            kind: text,
            about: text,
            required: flag,
            secret: flag,
            'choices?': texts,
            'default?': {},
          }),
        ),
      }),
    ),
  }),
  'destinations remove': object({ removed: object({ name: text, kind: text }), refused: count, left: texts }),
  'destinations list': object({
    paused: flag,
    destinations: listOf(
      object({
        name: text,
        kind: text,
        where: text,
        redaction: text,
        'since?': moment,
        paused: flag,
        'resting?': object({ reason: text, until: moment }),
      }),
    ),
  }),
  'destinations test': object({ destinations: listOf(object({ name: text, kind: text, ...check })) }),
  'destinations pause': pausing,
  'destinations resume': pausing,
  pause: pausing,
  resume: pausing,
  cost: object({
    by: text,
    timeZone: text,
    since: textOrNull,
    until: textOrNull,
    groups: listOf(object({ key: textOrNull, 'project?': text, ...costs })),
    total: object(costs),
    reconciliation: object({
      sessions: count,
      reasons: listOf(object({ reason: text, sessions: count })),
      ...amounts('clientCost', 'attributedCost', 'carriedCost', 'residualCost'),
    }),
    sessions: listOf(
      object({
        sessionId: text,
        'project?': text,
        'timestamp?': moment,
        unpricedResponses: count,
        reasons: texts,
        ...amounts('clientCost', 'attributedCost', 'carriedCost', 'laterCost', 'residualCost'),
        models: listOf(
          object({
            model: text,
            inputTokens: integer,
            outputTokens: integer,
            cacheReadTokens: integer,
            cacheCreationTokens: integer,
            webSearches: integer,
            hasSameTokens: flag,
            isUnseen: flag,
            ...amounts('cost'),
          }),
        ),
      }),
    ),
    'checks?': listOf(
      object({
        source: oneOf('cost-state', '.claude.json', 'ccusage'),
        'sessionId?': text,
        theirsUsd: number,
        oursUsd: number,
        differenceUsd: number,
        agrees: flag,
        reasons: texts,
      }),
    ),
  }),
  fields: listOf(
    object({ name: text, group: text, type: text, 'unit?': text, privacy: text, source: text, about: text }),
  ),
  'prices list': object({
    unit: text,
    tables: listOf(object({ path: text, data_as_of: text, is_updated: flag })),
    'override?': object({ version: text }),
    problems: texts,
    models: listOf(object({ id: text, basis: oneOf('list', 'override'), ids: texts, prices, fast: prices })),
  }),
  'prices set': object({ model: text, path: text, from: textOrNull }),
  'prices check': object({ checked: texts, problems: texts }),
  'prices update': object({
    path: text,
    sha256: text,
    data_as_of: text,
    added: texts,
    changed: texts,
    removed: texts,
  }),
  reprice: object({
    dryRun: flag,
    responses: count,
    changed: count,
    unpricedBefore: count,
    unpricedAfter: count,
    redacted: count,
    totalsLeft: count,
    costUsdBefore: number,
    costUsdAfter: number,
  }),
  preview: { $ref: 'urn:stopwire:record:v1', description: 'One record a line.' },
  'exclude add': patterns,
  'exclude remove': patterns,
  'exclude list': patterns,
  'include add': patterns,
  'include remove': patterns,
  'include list': patterns,
  'dlq list': object({
    destinations: listOf(object({ destination: text, letters: count, evicted: count, damaged: count })),
    letters: listOf(
      object({
        id: text,
        at: moment,
        destination: text,
        type: text,
        'session?': text,
        reason: text,
        recordId: text,
      }),
    ),
  }),
  'dlq show': object({
    destination: text,
    id: text,
    at: moment,
    reason: text,
    'from?': object({ file: text, start: count, end: count }),
    'batch?': text,
    record: { $ref: 'urn:stopwire:record:v1' },
  }),
  'dlq retry': object({
    destinations: listOf(object({ destination: text, delivered: count, refused: count, left: count, 'reason?': text })),
  }),
  'dlq purge': object({ removed: count, destinations: listOf(object({ destination: text, removed: count })) }),
  purge: object({ dryRun: flag, records: count, deadLetters: count, 'quarantined?': count }),
  logs: {
    description: 'One run a line, as it stands in the log; one that came to nothing has an error.',
    ...object({
      at: moment,
      'ms?': number,
      'sweeps?': count,
      'transcripts?': count,
      'destinations?': listOf(
        object({ destination: text, state: text, records: count, refused: count, 'reason?': text, 'loss?': text }),
      ),
      'error?': text,
    }),
  },
  'config get': { anyOf: [configValues, configValue], description: 'The second where a key is named.' },
  'config set': configValue,
  'config list': configValues,
  'config path': object({ path: text, exists: flag }),
  version: object({
    stopwire: text,
    node: text,
    platform: text,
    arch: text,
    sqlite: { anyOf: [object({ version: text, driver: text }), { type: 'null' }] },
    paths: object({ config: text, state: text, data: text, log: text, claude: text, node: text }),
  }),
};
