/** What the client asked the API for, since 2.1.329: a row per request, and rows for the parts that requests share. */
import { asArray, asCount, asNumber, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';
import { count, decimal, fieldGroup, id, ids, tallies, text, tokens, word, words, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';
import { asStrings } from '../line/values.ts';

export const requestFields = fieldGroup({
  request_model: word('`params.model`', 'The model that was asked for.'),
  request_max_tokens: tokens('`params.max_tokens`', 'The most that the answer may be.'),
  request_effort: word('`params.output_config.effort`', 'How hard the model was told to think.'),
  request_thinking: word('`params.thinking.type`', 'Whether the model thinks: `adaptive`, `enabled` or `disabled`.'),
  request_thinking_budget: tokens('`params.thinking.budget_tokens`', 'The most that it may think.'),
  request_thinking_display: word('`params.thinking.display`', 'How much of the thinking the API shows.'),
  request_temperature: decimal('`params.temperature`', 'The sampling temperature.'),
  request_speed: word('`params.speed`', '`fast` where the fast mode was asked for.'),
  request_betas: words('`params.betas[]`', 'The beta features that the request switched on.'),
  request_context_edits: tallies(
    '`params.context_management.edits[].type`, `params.context_management.edits[].keep`',
    'What the API was told to clear from the context, and how much of it to keep, as `clear_thinking_20251015=all`.',
  ),
  query_source: word(
    '`querySource`',
    'What the request was for: `sdk`, `repl_main_thread`, `agent:builtin:general-purpose`; `agent:custom` for agents of the user.',
  ),
  query_agent: text('`querySource` behind `agent:custom:`', "The name of the user's agent."),
  request_base: id('`base`', 'The request that this one goes on from; its `row_id`.'),
  request_keep: count('`keep`', 'Messages that it takes over from there.'),
  request_tail_count: count('`tail[]`', 'Messages that it adds.'),
  request_tail: ids('`tail[]`', 'Their `blob_hash`, in order.'),
  request_digest: id('`requestDigest`', 'A digest of the whole request.'),
  shape_hash: id('`shapeHash`', 'The system prompt and the tools of the request, by the row that holds them.'),
  cache_breakpoints: count('`cacheControl[].value.type`', 'Places up to which the API was to cache the prompt.'),
  cache_breakpoint_paths: words('`cacheControl[].path[]`', 'These places, as `messages.1.content.0`.'),
  cache_ttl: word('`cacheControl[].value.ttl`', 'How long the cache was to live, where that is not five minutes.'),
  blob_hash: id('`hash` of api-request-blob lines', 'The message that the row holds.'),
  blob_role: word('`message.role` of api-request-blob lines', 'Whose message it is.'),
  blob_effort: word('`message.output_config.effort`', 'The effort that holds from this message on.'),
  blob_added_tools: words('`message.content[].tool.name`', 'Tools that the message makes known to the model.'),
});

type Request = ValuesOf<typeof requestFields>;

export function fillRequest(record: Request, { parts: { line } }: Scope): void {
  fillParams(record, asObject(line['params']) ?? {});
  fillRow(record, line);
}

/** The row of a system prompt with its tools, which `fillShape` describes. */
export function fillRequestShape(record: Request, { parts: { line } }: Scope): void {
  record.shape_hash = asString(line['shapeHash']);
}

export function fillRequestBlob(record: Request, { parts }: Scope): void {
  const added = parts.blocks.flatMap((block) => asString(asObject(block['tool'])?.['name']) ?? []);
  record.blob_hash = asString(parts.line['hash']);
  record.blob_role = asString(parts.message?.['role']);
  record.blob_effort = asString(asObject(parts.message?.['output_config'])?.['effort']);
  record.blob_added_tools = added.length === 0 ? undefined : added;
}

/** The parameters of the Messages API that say how the answer is made; `metadata` names the user and stays. */
function fillParams(record: Request, params: JsonObject): void {
  const thinking = asObject(params['thinking']);
  const edits = asArray(asObject(params['context_management'])?.['edits']);
  record.request_model = asString(params['model']);
  record.request_max_tokens = asCount(params['max_tokens']);
  record.request_effort = asString(asObject(params['output_config'])?.['effort']);
  record.request_thinking = asString(thinking?.['type']);
  record.request_thinking_budget = asCount(thinking?.['budget_tokens']);
  record.request_thinking_display = asString(thinking?.['display']);
  record.request_temperature = asNumber(params['temperature']);
  record.request_speed = asString(params['speed']);
  record.request_betas = asStrings(params['betas']);
  record.request_context_edits = edits?.filter(isObject).map(editName);
}

function editName(edit: JsonObject): string {
  const { keep } = edit;
  const kept = isObject(keep) ? `${asString(keep['type']) ?? ''}:${asCount(keep['value']) ?? ''}` : keep;
  const type = asString(edit['type']) ?? 'unknown';
  return typeof kept === 'string' || typeof kept === 'number' ? `${type}=${kept}` : type;
}

function fillRow(record: Request, line: JsonObject): void {
  const points = asArray(line['cacheControl'])?.filter(isObject);
  const tail = asStrings(line['tail']);
  fillQuerySource(record, asString(line['querySource']));
  record.request_base = asString(line['base']);
  record.request_keep = asCount(line['keep']);
  record.request_tail_count = tail?.length;
  record.request_tail = tail;
  record.request_digest = asString(line['requestDigest']);
  record.shape_hash = asString(line['shapeHash']);
  record.cache_breakpoints = points?.length;
  record.cache_breakpoint_paths = points?.map(({ path }) => (asArray(path) ?? []).filter(isStep).join('.'));
  record.cache_ttl = points?.map(({ value }) => asString(asObject(value)?.['ttl'])).find((ttl) => ttl !== undefined);
}

const CUSTOM = 'agent:custom:';

/** Behind that prefix stands a name that people chose. */
function fillQuerySource(record: Request, source: string | undefined): void {
  const isCustom = source?.startsWith(CUSTOM) === true;
  record.query_source = isCustom ? 'agent:custom' : source;
  if (isCustom) record.query_agent = source.slice(CUSTOM.length);
}

function isStep(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
