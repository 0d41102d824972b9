/** The client's own telemetry: its variables in `env` of a settings file, put there on request and taken back. */
import { SettingsRefusedError } from '../errors.ts';
import { appendItem, removeItem, replaceValue } from '../lib/json-edit.ts';
import { itemsOf, parseJson, propertyOf, valueOf, type JsonNode } from '../lib/json-text.ts';
import { asObject, own } from '../lib/json.ts';
import { openText, type SettingsEdit } from './settings.ts';

export interface Telemetry {
  endpoint: string;
  key?: string | undefined;
  /** The name of the header with the key; without it, the key is a bearer token. */
  header?: string | undefined;
}

/** Variables by their names. */
export type Variables = { readonly [name: string]: string };

/** Variables that we have put into a settings file. */
export type WrittenVariables = {
  readonly [name: string]: {
    value: string;
    /** What stood there before, as it was spelled in the file; left out where there was no such variable. */
    before?: string;
  };
};

const HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** What the client reads (its documentation on monitoring); a header's value is percent-encoded, as OpenTelemetry has it. */
export function telemetryVariables({ endpoint, key, header }: Telemetry): Variables {
  const [name, value] = header === undefined ? ['Authorization', `Bearer ${key}`] : [header, key ?? ''];
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    [ENDPOINT]: endpoint,
    ...(key !== undefined && { [HEADERS]: `${name}=${encodeURIComponent(value)}` }),
  };
}

/**
 * Sets the variables in the text of a settings file, and leaves every other byte alone.
 *
 * @param earlier what this function answered for the file the last time
 * @throws SettingsRefusedError where `env` is no object, or a key of the user's would be sent to the new address
 */
export function addVariables(
  text: string,
  variables: Variables,
  earlier: WrittenVariables,
): SettingsEdit & { written: WrittenVariables } {
  const { mark, body } = openText(text);
  refuseStrayKey(body, variables);
  const written: { [name: string]: WrittenVariables[string] } = { ...earlier };
  let after = body;
  for (const [name, value] of Object.entries(variables)) {
    const before = spellingBefore(body, name, own(earlier, name));
    delete written[name];
    if (!spells(before, value)) written[name] = { value, ...(before !== undefined && { before }) };
    after = withVariable(after, name, value);
  }
  const created = parse(body).env === undefined ? (['env'] as const) : [];
  checkEdit(body, after, Object.keys(variables));
  return { text: mark + after, created, written };
}

/** Puts back what was replaced and takes out what was added; a variable with another value by now stays as it is. */
export function removeVariables(text: string, written: WrittenVariables, created: SettingsEdit['created']): string {
  const { mark, body } = openText(text);
  if (body.trim() === '' || Object.keys(written).length === 0) return text;
  const ours = Object.entries(written).filter(([name, { value }]) => spells(spelling(body, name), value));
  if (ours.length === 0) return text;
  // The last one first, which is the exact way back.
  let after = ours.reduceRight((rest, [name, { before }]) => withoutVariable(rest, name, before), body);
  const { root, env } = parse(after);
  if (created.includes('env') && env !== undefined && itemsOf(env).length === 0) {
    after = removeItem(after, root, indexOf(root, 'env'));
  }
  checkEdit(
    body,
    after,
    ours.map(([name]) => name),
  );
  return mark + after;
}

/** For the screen: the text without the values of headers, which are keys. */
export function withoutHeaderValues(text: string): string {
  return text.replaceAll(/("OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS"\s*:\s*)"(?:[^"\\]|\\.)*"/g, '$1"…"');
}

interface Parsed {
  root: JsonNode;
  env: JsonNode | undefined;
}

function parse(text: string): Parsed {
  const { root, problem } = parseJson(text);
  const hint = 'Mend that, or set the variables by hand.';
  if (root === undefined) throw new SettingsRefusedError(`The settings are not strict JSON (${problem}).`, hint);
  const env = propertyOf(root, 'env');
  if (root.type === 'object' && (env === undefined || env.type === 'object')) return { root, env };
  throw new SettingsRefusedError('"env" of the settings is not an object.', hint);
}

/** As it stands in the text, quotes and all. */
function spelling(text: string, name: string): string | undefined {
  const { env } = parse(text);
  const node = env && propertyOf(env, name);
  return node && text.slice(node.offset, node.offset + node.length);
}

function spells(text: string | undefined, value: string): boolean {
  return text !== undefined && JSON.parse(text) === value;
}

/** What stood there before us: of a value that is still ours, what stood there before that. */
function spellingBefore(text: string, name: string, earlier: WrittenVariables[string] | undefined): string | undefined {
  const now = spelling(text, name);
  return earlier !== undefined && spells(now, earlier.value) ? earlier.before : now;
}

function withVariable(text: string, name: string, value: string): string {
  const { root, env } = parse(text);
  if (env === undefined) return appendItem({ text, root, container: root, name: 'env', value: { [name]: value } });
  const node = propertyOf(env, name);
  if (node === undefined) return appendItem({ text, root, container: env, name, value });
  return valueOf(text, node) === value ? text : replaceValue(text, node, JSON.stringify(value));
}

function withoutVariable(text: string, name: string, before: string | undefined): string {
  const { env } = parse(text);
  const node = env && propertyOf(env, name);
  if (env === undefined || node === undefined) return text;
  return before === undefined ? removeItem(text, env, indexOf(env, name)) : replaceValue(text, node, before);
}

function indexOf(container: JsonNode, name: string): number {
  return itemsOf(container).findLastIndex((item) => item.name === name);
}

/** The client sends its headers to whatever address stands beside them. */
function refuseStrayKey(text: string, variables: Variables): void {
  if (HEADERS in variables || spelling(text, HEADERS) === undefined) return;
  if (spells(spelling(text, ENDPOINT), variables[ENDPOINT] ?? '')) return;
  throw new SettingsRefusedError(
    `"env" of the settings has ${HEADERS}, whose keys would be sent to another address.`,
    'Give the key for that address with --otel-key -, or take the line out.',
  );
}

/** The last look, by a way of its own. Throws where more than the named variables has changed: a bug. */
function checkEdit(before: string, after: string, names: readonly string[]): void {
  if (others(before, names) === others(after, names)) return;
  throw new Error('The edit would change more than the telemetry variables, so nothing was written; this is a bug.');
}

/** The JSON of all but the variables of these names, and of an `env` with nothing else in it. */
function others(text: string, names: readonly string[]): string {
  const root = asObject(JSON.parse(text)) ?? {};
  const env = Object.entries(asObject(root['env']) ?? {}).filter(([name]) => !names.includes(name));
  const { env: _, ...rest } = root;
  return JSON.stringify(env.length === 0 ? rest : { ...root, env: Object.fromEntries(env) });
}
