/** Adds our Stop hook to the text of Claude Code's settings.json, finds it, and takes it out again. */
import { isDeepStrictEqual } from 'node:util';
import { asNumber, asObject, asString } from '../lib/json.ts';
import { appendItem, removeItem } from '../lib/json-edit.ts';
import { itemsOf, type JsonNode } from '../lib/json-text.ts';
import { checkEdit } from './settings-check.ts';
import {
  parseSettings,
  type Created,
  type Handler,
  type HookCommand,
  type IsOurs,
  type ParsedSettings,
} from './settings-parse.ts';

export interface SettingsEdit {
  text: string;
  /** What had to be created; the way back needs it to leave no empty container behind. */
  created: readonly Created[];
}

type Parse = (text: string) => ParsedSettings;

/** What the client does with a handler that names no timeout; seconds. */
const CLIENT_TIMEOUT = 600;

/**
 * Adds the hook in a group of its own at the end of `hooks.Stop`. Where it is there already, once and the same, the
 * text comes back as it was; where it is there but stale, or more than once, all of ours give way to the one.
 * Blank text is taken for a missing file: it becomes a file that holds the hook alone.
 *
 * @throws SettingsRefusedError where the text is not what the client takes
 */
export function addHook(text: string, hook: HookCommand, isOurs: IsOurs): SettingsEdit {
  const { mark, body } = openText(text);
  const parse: Parse = (given) => parseSettings(given, isOurs, 'Mend that and try again.');
  const before = isBlank(body) ? '{}\n' : body;
  const { ours } = parse(before);
  if (ours.length === 1 && isDeepStrictEqual(ours[0]?.value, hook)) return { text, created: [] };
  const settings = parse(withoutOurs(before, parse));
  const created = missingIn(settings);
  const after = withGroup(settings, { hooks: [hook] });
  checkEdit({ before, after, isOurs, created, expected: [hook] });
  return { text: mark + after, created };
}

/**
 * Takes our handlers out of `hooks.Stop` wherever they stand, then the group, `Stop` and `hooks` that are left empty;
 * the latter two only where `created` names them. What `addHook` made of a text that was not blank becomes that text
 * again, byte for byte; what it made of a blank one becomes `{}`.
 *
 * @param created every container that any `addHook` to this file has reported
 * @throws SettingsRefusedError as `addHook` does
 */
export function removeHook(text: string, isOurs: IsOurs, created: readonly Created[]): SettingsEdit {
  const { mark, body } = openText(text);
  if (isBlank(body)) return { text, created: [] };
  const parse: Parse = (given) => parseSettings(given, isOurs, 'Mend that, or take the hook out by hand.');
  const bare = withoutOurs(body, parse);
  const noStop = created.includes('Stop') ? withoutEmpty(bare, parse(bare).hooks, 'Stop') : bare;
  const after = created.includes('hooks') ? withoutEmpty(noStop, parse(noStop).root, 'hooks') : noStop;
  checkEdit({ before: body, after, isOurs, created, expected: [] });
  return { text: mark + after, created: [] };
}

/**
 * Our handlers that the client would run.
 *
 * @throws SettingsRefusedError as `addHook` does
 */
export function findHooks(text: string, isOurs: IsOurs): HookCommand[] {
  const { body } = openText(text);
  if (isBlank(body)) return [];
  return parseSettings(body, isOurs, 'Mend that; until then the client may skip the file.').ours.flatMap(
    ({ value }) => {
      const { type, command, timeout } = asObject(value) ?? {};
      if (type !== 'command') return [];
      return { type, command: asString(command) ?? '', timeout: asNumber(timeout) ?? CLIENT_TIMEOUT };
    },
  );
}

/** The byte order mark, which every edit keeps, and the rest. */
export function openText(text: string): { mark: string; body: string } {
  const body = text.replace(/^\uFEFF/, '');
  return { mark: text.slice(0, text.length - body.length), body };
}

/** Empty, or nothing but JSON's own four blanks. */
function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

function missingIn({ hooks, stop }: ParsedSettings): readonly Created[] {
  if (hooks === undefined) return ['hooks', 'Stop'];
  return stop === undefined ? ['Stop'] : [];
}

function withGroup({ text, root, hooks, stop }: ParsedSettings, group: { hooks: HookCommand[] }): string {
  if (stop !== undefined) return appendItem({ text, root, container: stop, value: group });
  if (hooks !== undefined) return appendItem({ text, root, container: hooks, name: 'Stop', value: [group] });
  return appendItem({ text, root, container: root, name: 'hooks', value: { Stop: [group] } });
}

/** One at a time, because every removal moves the offsets of what follows it. */
function withoutOurs(text: string, parse: Parse): string {
  for (let rest = text; ;) {
    const { stop, ours } = parse(rest);
    const [first] = ours;
    if (stop === undefined || first === undefined) return rest;
    rest = withoutHandler(rest, stop, first);
  }
}

function withoutHandler(text: string, stop: JsonNode, { handlers, index, groupIndex }: Handler): string {
  const isAlone = itemsOf(handlers).length === 1;
  return isAlone ? removeItem(text, stop, groupIndex) : removeItem(text, handlers, index);
}

/** A container whose name occurs twice stays: without it, the earlier one would come into force. */
function withoutEmpty(text: string, parent: JsonNode | undefined, name: Created): string {
  const items = parent === undefined ? [] : itemsOf(parent);
  const [named, ...twins] = items.filter((item) => item.name === name);
  if (parent === undefined || named === undefined || twins.length > 0) return text;
  return itemsOf(named.value).length > 0 ? text : removeItem(text, parent, items.indexOf(named));
}
