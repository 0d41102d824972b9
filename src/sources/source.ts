/** The contract of a source: an agent whose transcripts stopwire can read. */
import type { Transcript } from '../types.ts';

export interface Source {
  name: string;
  /**
   * Finds the transcripts below one root: a configuration root of the agent's, or stopwire's state directory. Below
   * another source's root there are none. What cannot be read (a folder without permission,
   * a file that goes away meanwhile) is passed over: the next sweep looks again.
   *
   * @param project looks in this folder of a project alone
   */
  discover(root: string, project?: string): Transcript[];
}
