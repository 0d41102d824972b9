/** `stopwire destinations types`: the kinds of places that records can go to, and the options of one. */
import { destinationKinds } from '../destinations/index.ts';
import { hanging } from '../lib/layout.ts';
import type { Option, Options } from '../lib/options.ts';
import { columnsOf, paintFor, type Terminal } from '../ui.ts';
import { kindNamed } from './destination-names.ts';
import { neededFlags } from './destination-options.ts';

export interface TypesFlags {
  /** Only this one, with its options. */
  type?: string | undefined;
  json: boolean;
}

export async function listTypes({ type, json }: TypesFlags, terminal: Terminal): Promise<number> {
  const names = type === undefined ? Object.keys(destinationKinds) : [kindNamed(type)];
  const types = await Promise.all(
    Object.entries(destinationKinds)
      .filter(([name]) => names.includes(name))
      .map(async ([name, load]) => ({ type: name, ...(await load()) })),
  );
  const [only] = types;
  if (json) terminal.out(JSON.stringify({ types: types.map(published) }));
  else if (type !== undefined && only !== undefined) sayOptions(only, terminal);
  else sayTypes(types, terminal);
  return 0;
}

interface Listed {
  type: string;
  about: string;
  isRemote: boolean;
  options: Options;
}

function published({ type, about, isRemote, options }: Listed) {
  return { type, about, isRemote, options: Object.entries(options).map(publishedOption) };
}

function publishedOption([name, option]: [string, Option]) {
  const { kind, about, required = false, secret = false, default: value } = option;
  const choices = option.kind === 'choice' && { choices: option.choices };
  return { name, kind, about, required, secret, ...choices, ...(value !== undefined && { default: value }) };
}

function sayTypes(types: readonly Listed[], terminal: Terminal): void {
  const columns = columnsOf(terminal.env);
  const width = Math.max(...types.map(({ type }) => type.length)) + 2;
  for (const { type, about, options } of types) {
    const needed = Object.keys(options).filter((name) => options[name]?.required);
    const text = needed.length === 0 ? about : `${about} Needs ${needed.join(', ')}.`;
    terminal.out(hanging(type.padEnd(width), text, columns));
  }
  const place = (command: string): string => paintFor('stderr', terminal.env).place(`npx stopwire ${command}`);
  terminal.say(`All options of one: ${place('destinations types <type>')}`);
  terminal.say(`To add one:         ${place('destinations add <name> --type <type>')}`);
}

function sayOptions({ type, about, options }: Listed, terminal: Terminal): void {
  const columns = columnsOf(terminal.env);
  const paint = paintFor('stdout', terminal.env);
  terminal.out(hanging('', about, columns));
  for (const [name, option] of Object.entries(options)) {
    terminal.out(`\n${paint.bold(name)}  ${paint.dim(shapeOf(option))}`);
    terminal.out(hanging('  ', option.about, columns));
  }
  const add = ['npx stopwire destinations add', type, neededFlags(options)].join(' ').trimEnd();
  terminal.say(`\nTo add one: ${paintFor('stderr', terminal.env).place(add)}`);
}

/** `url, needed`, `integer, default 8192`, `array or single, default array`. */
function shapeOf(option: Option): string {
  const { kind, required, secret, default: value } = option;
  return [
    option.kind === 'choice' ? option.choices.join(' or ') : kind,
    ...(secret ? ['secret'] : []),
    ...(required ? ['needed'] : []),
    ...(value === undefined ? [] : [`default ${String(value)}`]),
  ].join(', ');
}
