/** What every group of commands is given: the terminal to talk to, and where the exit code goes. */
import type { Terminal } from '../ui.ts';

export interface CommandLine {
  terminal: Terminal;
  exit: (code: number) => void;
}
