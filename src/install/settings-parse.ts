/** Finds our handlers in the text of a settings file, and refuses what is not shaped as the client has it. */
import { SettingsRefusedError } from '../errors.ts';
import { asObject, asString } from '../lib/json.ts';
import { itemsOf, parseJson, placeOf, propertyOf, valueOf, type JsonNode } from '../lib/json-text.ts';

/** A handler of the client's `command` type. */
export interface HookCommand {
  type: 'command';
  command: string;
  /** Seconds. */
  timeout: number;
}

/** A container that was missing: `hooks`, `Stop` in it, or `env`. */
export type Created = 'hooks' | 'Stop' | 'env';

/** Tells by a handler's command whether it is ours: the client drops every other mark when it rewrites the file. */
export type IsOurs = (command: string) => boolean;

/** The nodes of a settings file that an edit is about. Where a name occurs twice, the client takes the last. */
export interface ParsedSettings {
  text: string;
  root: JsonNode;
  hooks: JsonNode | undefined;
  stop: JsonNode | undefined;
  ours: readonly Handler[];
}

/** A handler of ours. */
export interface Handler {
  value: unknown;
  /** The array that it stands in, and where in it. */
  handlers: JsonNode;
  index: number;
  /** Where in `hooks.Stop` the group of that array stands. */
  groupIndex: number;
}

/**
 * Parses settings, which must begin with no byte order mark.
 *
 * @param hint what to tell people to do instead, where the file is refused
 * @throws SettingsRefusedError where the text is not strict JSON, or `hooks.Stop` is not a list of groups of handlers
 */
export function parseSettings(text: string, isOurs: IsOurs, hint: string): ParsedSettings {
  const { root, problem } = parseJson(text);
  if (root === undefined) throw new SettingsRefusedError(`The settings are not strict JSON (${problem}).`, hint);
  const demand = (node: JsonNode, type: 'object' | 'array', what: string): JsonNode => {
    if (node.type === type) return node;
    throw new SettingsRefusedError(`${what} is not an ${type} (${placeOf(text, node.offset)}).`, hint);
  };

  demand(root, 'object', 'The root of the settings');
  const hooks = propertyOf(root, 'hooks');
  const stop = hooks && propertyOf(demand(hooks, 'object', '"hooks" of the settings'), 'Stop');
  const groups = stop === undefined ? [] : itemsOf(demand(stop, 'array', '"hooks.Stop" of the settings'));
  const ours = groups.flatMap(({ value: group }, groupIndex) => {
    const name = `hooks.Stop[${groupIndex}]`;
    const list = propertyOf(demand(group, 'object', `"${name}" of the settings`), 'hooks');
    const handlers = demand(list ?? group, 'array', `"${name}.hooks" of the settings`);
    return itemsOf(handlers)
      .map((item, index) => ({ value: valueOf(text, item.value), handlers, index, groupIndex }))
      .filter(({ value }) => isOurHandler(value, isOurs));
  });
  return { text, root, hooks, stop, ours };
}

/** Handlers without a command (of type http, prompt …) are always foreign. */
export function isOurHandler(handler: unknown, isOurs: IsOurs): boolean {
  const command = asString(asObject(handler)?.['command']);
  return command !== undefined && isOurs(command);
}
