/** What every group of commands is given: the terminal to talk to, and where the exit code goes. */
import type { Argv } from 'yargs';
import type { Terminal } from '../ui.ts';

export interface CommandLine {
  terminal: Terminal;
  exit: (code: number) => void;
}

/** Declares commands that belong together. */
export type Group = (command: Argv, commandLine: CommandLine) => Argv;

/** Groups under one heading of the help. */
export interface Section {
  title: string;
  groups: readonly Group[];
}
