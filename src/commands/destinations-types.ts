/** `stopwire destinations types`: the kinds of places that records can go to, with their options. */
import { destinationKinds } from '../destinations/index.ts';
import { hanging } from '../lib/layout.ts';
import type { Option } from '../lib/options.ts';
import { columnsOf, paintFor, type Terminal } from '../ui.ts';

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
  const columns = columnsOf(terminal.env);
  const width = Math.max(...types.map(({ type }) => type.length)) + 2;
  for (const { type, about, options } of types) {
    const needed = options.flatMap(({ name, required }) => (required ? [name] : [])).join(', ');
    const text = needed === '' ? about : `${about} Needs ${needed}.`;
    terminal.out(hanging(type.padEnd(width), text, columns));
  }
  const add = 'npx stopwire destinations add <name> --type <type>';
  terminal.say(`To add one: ${paintFor('stderr', terminal.env).place(add)}`);
}
