/** The flags that describe a destination, of `destinations add` and of `install`. */
import type { RedactionFlags } from './redaction-flags.ts';

export interface DestinationFlags extends RedactionFlags {
  kind: string;
  name?: string | undefined;
  /** `option=value` each. */
  set?: readonly string[] | undefined;
  /** `-`: the key is on standard input. */
  apiKey?: string | undefined;
  /** `option=file` each; `-` is standard input, and a reference (`env:`, `file:`, `command:`) is kept as one. */
  secret?: readonly string[] | undefined;
  /** Secrets by option, that were typed or stood in the environment. */
  typed?: ReadonlyMap<string, string> | undefined;
  redaction?: string | undefined;
  since?: string | undefined;
  onlyTypes?: readonly string[] | undefined;
  onlyProjects?: readonly string[] | undefined;
}
