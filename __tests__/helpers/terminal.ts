/** A terminal that remembers what was said to it. */
import type { Terminal } from '../../src/ui.ts';

export interface RecordingTerminal extends Terminal {
  /** The lines on standard error. */
  said: string[];
}

/** Nobody sits at it, and there are no colours. */
export function recordingTerminal(env: NodeJS.ProcessEnv): RecordingTerminal {
  const said: string[] = [];
  return {
    env: { ...env, NO_COLOR: '1' },
    isInteractive: false,
    isTerminal: false,
    said,
    out: () => {},
    say: (line) => void said.push(line),
    draw: () => {},
    readInput: () => Promise.resolve(''),
  };
}
