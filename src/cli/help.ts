/** The pages of `--help`, laid out for 80 columns. */
import type { Options } from 'yargs';
import { hanging } from '../lib/layout.ts';
import { wrapText } from '../lib/wrap-text.ts';
import type { Paint } from '../ui.ts';
import { callOf, type Command } from './declared.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

const WIDTH = 80;
/** Names that are longer push what they mean to the right. */
const WIDEST_NAME = 24;

/** What a command does, how it is called, and what belongs to it; for the program itself, all of its commands. */
export function helpPage(command: Command, paint: Paint): string {
  const isProgram = command.path.length === 0;
  const list = (title: string, rows: readonly Row[]): string => block(title, rows, paint);
  const blocks = [
    wrapText(command.about, WIDTH).join('\n'),
    usageLines(command, paint),
    ...commandBlocks(command, list),
    list(
      'Arguments',
      command.positionals.map(({ shown, about }) => [shown, about]),
    ),
    list('Flags', flagRows(command.flags)),
    list(isProgram ? 'Flags of every command' : '', isProgram ? flagRows(new Map(Object.entries(GLOBAL_FLAGS))) : []),
    list('Exit codes', isProgram ? exitCodes : []),
    exampleBlock(command, paint),
    wrapText(command.notes, WIDTH).join('\n'),
    paint.dim(
      isProgram
        ? 'stopwire <command> --help shows its flags and examples.'
        : 'stopwire --help shows the flags of every command.',
    ),
  ];
  return blocks.filter((text) => text !== '').join('\n\n');
}

/** What each exit code means, for every command. */
export const exitCodes: readonly Row[] = [
  ['0', 'Done, and all is well'],
  ['1', 'Something is wrong, or was not done'],
  ['2', 'Wrong usage: a command, flag, argument or name that there is not'],
  ['3', 'A file that others own, such as settings.json, was refused: nothing of it was changed'],
  ['130', 'Cancelled, by Ctrl-C or at a question'],
];

/** A name and what it means. */
type Row = readonly [name: string, about: string];

type List = (title: string, rows: readonly Row[]) => string;

function usageLines(command: Command, paint: Paint): string {
  const words = command.positionals.map(({ shown }) => shown);
  if (command.commands.length > 0) words.push('<command>');
  if (command.flags.size > 0 || command.path.length === 0) words.push('[flags]');
  return `${paint.bold('Usage')}  ${[callOf(command), ...words].join(' ')}`;
}

/** Under their headings, where they have some, with one margin for all. */
function commandBlocks({ commands }: Command, list: List): string[] {
  const titles = new Set(commands.map(({ section }) => section));
  const width = Math.max(0, ...commands.map((one) => nameOf(one).length));
  return Array.from(titles, (title) => {
    const members = commands.filter(({ section }) => section === title);
    const rows = members.map((one): Row => [nameOf(one).padEnd(width), one.about]);
    return list(title ?? 'Commands', rows);
  });
}

/** As it is written behind the name of the command that it belongs to. */
function nameOf({ path, section, positionals }: Command): string {
  return [path.at(-1), ...(section === undefined ? positionals.map(({ shown }) => shown) : [])].join(' ');
}

function flagRows(flags: ReadonlyMap<string, Options>): Row[] {
  return Array.from(flags, ([name, flag]) => [flagName(name, flag), flagWords(flag)]);
}

function flagName(name: string, { type, alias, default: value }: Options): string {
  const short = alias === undefined ? '' : `, -${String(alias)}`;
  if (type !== 'boolean') return `--${name} <value>`;
  return value === true || name === 'color' ? `--[no-]${name}` : `--${name}${short}`;
}

/** What it is for, with what the description does not say by itself. */
function flagWords({ describe = '', choices, default: value, demandOption, array }: Options): string {
  const notes = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(typeof value === 'string' || typeof value === 'number' ? [`default: ${value}`] : []),
    ...(demandOption === true ? ['needed'] : []),
    ...(array === true && !describe.includes('repeat') ? ['can be repeated'] : []),
  ];
  return notes.length === 0 ? describe : `${describe} (${notes.join('; ')})`;
}

function exampleBlock({ examples }: Command, paint: Paint): string {
  const lines = examples.map(({ line, about }) => `  ${paint.place(folded(line))}\n      ${about}`);
  return lines.length === 0 ? '' : `${paint.bold('Examples')}\n${lines.join('\n')}`;
}

/** A command line in lines that a shell takes for one. */
function folded(line: string): string {
  return wrapText(line, WIDTH - 6).join(' \\\n    ');
}

/** Names to the left, aligned, and what they mean to the right; nothing where there are none. */
function block(title: string, rows: readonly Row[], paint: Paint): string {
  if (rows.length === 0) return '';
  const column = Math.max(0, ...rows.map(([name]) => name.length).filter((length) => length <= WIDEST_NAME)) + 4;
  const lines = rows.map(([name, about]) => {
    const blanks = ' '.repeat(Math.max(0, column - 2 - name.length));
    return hanging(`  ${paint.place(name)}${blanks}`, about, WIDTH);
  });
  return [paint.bold(title), ...lines].join('\n');
}
