/** Flags of every command. They are looked for before anything is parsed, so that they count for every error, too. */
import type { Options } from 'yargs';

export const GLOBAL_FLAGS: { [name: string]: Options } = {
  help: { type: 'boolean', alias: 'h', describe: 'Show what a command does, its flags, and examples' },
  version: { type: 'boolean', describe: 'Show the version' },
  quiet: { type: 'boolean', describe: 'Say nothing but errors, and ask nothing' },
  verbose: { type: 'boolean', describe: 'Say what is done, and with an error what it came from' },
  color: { type: 'boolean', describe: 'Colours, or none, whatever NO_COLOR and FORCE_COLOR say' },
};

export interface GlobalFlags {
  help: boolean;
  version: boolean;
  quiet: boolean;
  verbose: boolean;
  /** Undefined where no flag says: the terminal and the environment do. */
  color: boolean | undefined;
}

/** Whether a word of a command line is one of them. */
export function isGlobalFlag(word: string): boolean {
  return Object.hasOwn(GLOBAL_FLAGS, word.replace(/^--(?:no-)?/, '')) && word.startsWith('--');
}

export function globalFlags(argv: readonly string[]): GlobalFlags {
  const end = argv.indexOf('--');
  const given = end === -1 ? argv : argv.slice(0, end);
  const has = (flag: string): boolean => given.includes(flag);
  return {
    help: has('--help') || has('-h'),
    version: has('--version'),
    quiet: has('--quiet'),
    verbose: has('--verbose'),
    color: has('--no-color') ? false : has('--color') || undefined,
  };
}
