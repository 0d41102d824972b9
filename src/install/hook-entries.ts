/** Hooks in settings that Claude Code would leave out, since they are not shaped as it has them. */
import { asArray, asObject, asString, type JsonObject } from '../lib/json.ts';

/** The parts of `hooks` that are malformed, each named by its place and what it should be. */
export function malformedHooks(settings: JsonObject): string[] {
  return Object.entries(asObject(settings['hooks']) ?? {}).flatMap(([event, groups]) => {
    const place = `hooks.${event}`;
    return (
      asArray(groups)?.flatMap((group, index) => groupProblems(group, `${place}[${index}]`)) ?? [`${place} is no list`]
    );
  });
}

function groupProblems(group: unknown, place: string): string[] {
  const handlers = asArray(asObject(group)?.['hooks']);
  if (handlers === undefined) return [`${place} has no list "hooks"`];
  return handlers.flatMap((handler, index) => {
    const wrong = handlerProblem(asObject(handler) ?? {});
    return wrong === undefined ? [] : [`${place}.hooks[${index}] ${wrong}`];
  });
}

/** What the client checks, in the order in which people would mend it; kinds that it may come to know are let through. */
function handlerProblem(handler: JsonObject): string | undefined {
  const type = asString(handler['type']);
  if (type === undefined) return 'has no "type"';
  const wrong = CHECKS.find(([key, isRight]) => Object.hasOwn(handler, key) && !isRight(handler[key]));
  if (wrong !== undefined) return `has a "${wrong[0]}" that is not ${wrong[2]}`;
  return type === 'command' && !Object.hasOwn(handler, 'command') ? 'has no "command"' : undefined;
}

const CHECKS: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['command', (value) => typeof value === 'string', 'text'],
  ['timeout', (value) => typeof value === 'number' && value > 0, 'a number above 0'],
  ['async', (value) => typeof value === 'boolean', 'true or false'],
  ['args', (value) => asArray(value)?.every((one) => typeof one === 'string') === true, 'a list of texts'],
];
