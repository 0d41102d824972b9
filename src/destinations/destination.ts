/** The contract of a destination: a place records go. */
import { UserError } from '../errors.ts';
import type { MessageRecord } from '../fields/index.ts';
import { checkOptions, type Options, type OptionValues } from '../lib/options.ts';
import type { Doubt } from '../lib/patience.ts';
import { withSecrets } from '../lib/secret-reference.ts';
import type { Cursor } from '../types.ts';

/** Records that travel together, already redacted for the destination they go to. */
export interface Batch {
  /** Made from the records' ids: a batch that is sent again carries the same one. */
  id: string;
  records: readonly MessageRecord[];
  /** Each record as JSON, in the order of `records`; written once, measured and sent as it is. */
  json: readonly string[];
  /** The cursors this batch completes, by transcript path: commit moves nothing else. */
  upTo: ReadonlyMap<string, Cursor>;
}

/** What a server did not take of a batch that it has otherwise taken, and does not want again. */
export interface Dropped {
  /** Of the server's items: spans, data points, rows. */
  count: number;
  reason: string;
}

/**
 * What became of a batch.
 * `delivered`: it was taken over; `dropped` says that not all of it was.
 * `retry`: nothing is known to have arrived, and waiting may help; `afterMs` is what the server asked for, `doubt` says
 * why waiting alone may never end it. `takesOthers`: whether the server is known to take others of the kind; without it,
 * what it takes of the same batch says so.
 * `hold`: waiting will not help, somebody has to mend something (a wrong key, a wrong path); no record is given up.
 * `rejected`: this batch, as it is, can never be taken; `tooLarge` says that a smaller one could.
 */
export type Delivery =
  | { kind: 'delivered'; dropped?: Dropped }
  | { kind: 'retry'; reason: string; afterMs?: number; doubt?: Doubt; takesOthers?: boolean }
  | { kind: 'hold'; reason: string }
  | { kind: 'rejected'; reason: string; tooLarge?: true };

export interface Limits {
  maxRecords: number;
  /** Bytes of the records' JSON. */
  maxBytes: number;
}

export interface Destination {
  limits: Limits;
  /** Returns the outcome; throws only on a bug. */
  deliver(batch: Batch, signal: AbortSignal): Promise<Delivery>;
  /**
   * Says what would become of a batch, and leaves no record behind; returns and throws as `deliver` does. A destination
   * without it is asked by delivering a batch of no records.
   */
  check?(signal: AbortSignal): Promise<Delivery>;
  close(): Promise<void>;
}

/** What opening a destination may need of the machine; handed in, so that a test can hand in its own. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Where the embedded store is kept. */
  storePath: string;
  /** Where a destination may leave what its next process should know; without it, that process knows nothing. */
  stateDirectory?: string;
  /** Says `stopwire/<version>` to servers. */
  userAgent: string;
}

/** A kind of destination, as its file exports it. */
export interface DestinationKind<Declared extends Options = Options> {
  /** One sentence for the wizard and the reference. */
  about: string;
  options: Declared;
  /** Where the records leave this machine, so redaction is proposed. */
  isRemote: boolean;
  /**
   * What variables that other programs of the kind go by say of its options, as the texts that `--set` would take. Asked
   * when a destination is added, for the options that nobody has given; hooks do not get these variables.
   */
  fromEnvironment?(env: NodeJS.ProcessEnv): ReadonlyMap<string, string>;
  open(options: OptionValues<Declared>, surroundings: Surroundings): Promise<Destination>;
}

/** A kind whose options are still unknown input, as they stand in the configuration. */
export interface UncheckedKind extends Pick<DestinationKind, 'about' | 'options' | 'isRemote' | 'fromEnvironment'> {
  /** Throws a UserError that names each option that is wrong, or a secret that is not where it should be. */
  open(given: unknown, surroundings: Surroundings): Promise<Destination>;
}

/** Puts the look-up of secrets and the check of a kind's declared options before its `open`. */
export function unchecked<Declared extends Options>(kind: DestinationKind<Declared>): UncheckedKind {
  return {
    ...kind,
    async open(given, surroundings) {
      const { values, problems } = checkOptions(kind.options, await withSecrets(kind.options, given, surroundings.env));
      if (values === undefined) throw new UserError(`The destination's options are wrong: ${problems.join('; ')}.`);
      return kind.open(values, surroundings);
    },
  };
}
