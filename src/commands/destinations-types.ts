/** `stopwire destinations types`: the kinds of places that records can go to, with their options. */
import { destinationKinds } from '../destinations/index.ts';
import type { Option } from '../lib/options.ts';
import { paintFor, table, type Terminal } from '../ui.ts';

export async function listTypes({ json }: { json: boolean }, terminal: Terminal): Promise<number> {
  const types = await Promise.all(
    Object.entries(destinationKinds).map(async ([type, load]) => {
      const { about, isRemote, options } = await load();
      return { type, about, isRemote, options: Object.entries(options).map(published) };
    }),
  );
  if (json) terminal.out(JSON.stringify({ types }));
  else sayTypes(types, terminal);
  return 0;
}

type Listed = { type: string; about: string; isRemote: boolean; options: ReturnType<typeof published>[] };

function published([name, option]: [string, Option]) {
  const { kind, about, required = false, secret = false, default: value } = option;
  const choices = option.kind === 'choice' && { choices: option.choices };
  return { name, kind, about, required, secret, ...choices, ...(value !== undefined && { default: value }) };
}

function sayTypes(types: readonly Listed[], terminal: Terminal): void {
  const rows = types.map(({ type, about, options }) => [
    type,
    options.flatMap(({ name, required }) => (required ? [name] : [])).join(', ') || '-',
    about,
  ]);
  terminal.out(table([['type', 'needs', 'what it is'], ...rows]));
  terminal.say(
    `To add one: ${paintFor('stderr', terminal.env).place('npx stopwire destinations add <name> --type <type>')}`,
  );
}
