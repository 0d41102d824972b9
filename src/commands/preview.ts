/** `stopwire preview`: the records that would leave, as they would leave. */
import { readConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { isRemoteKind } from '../destinations/index.ts';
import { UserError } from '../errors.ts';
import { ensurePrivateDirectory } from '../lib/private-directory.ts';
import { thisMachine } from '../machine.ts';
import { discover } from '../pipeline/discover.ts';
import { preview as previewed, type Previewed } from '../preview.ts';
import { readJournal } from '../state/journal.ts';
import { claudeRoots, pathsFrom } from '../state/paths.ts';
import { formatBytes, formatCount, paintFor, printable, type Paint, type Terminal } from '../ui.ts';
import { configured } from './destination-names.ts';
import { withOutput } from './output.ts';

export interface PreviewFlags {
  /** Of the whole session; without it, the newest turn. */
  session?: string | undefined;
  destination?: string | undefined;
  json: boolean;
}

/** Exit code 1 where nothing would leave. */
export async function preview({ session, destination, json }: PreviewFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  const config = readConfig(paths.config);
  const chosen = await destinationOf(config, destination);
  // The key of the keyed hashes is kept there: one that was not would be another one when it counts.
  ensurePrivateDirectory(paths.stateDirectory);
  const roots = claudeRoots(chosen.config.claudeDirectories, terminal.env, paths.home);
  const records = await previewed(chosen.configured, {
    config: chosen.config,
    machine: thisMachine(paths, terminal.env),
    journal: readJournal(paths.journal),
    transcripts: discover(roots),
    sessionId: session,
  });
  if (records === undefined) throw noSession(session);
  await withOutput({ force: false }, (output) => {
    const text = records.map((one) => `${json ? one.json : shown(one, terminal)}\n`).join('');
    return output.write(text);
  });
  sayWhat(records, chosen.configured, terminal);
  return records.length === 0 ? 1 : 0;
}

/** The one that is named, else the first that is not on this machine, else the first. */
async function destinationOf(
  config: Config | undefined,
  name: string | undefined,
): Promise<{ config: Config; configured: ConfiguredDestination }> {
  const [first] = config?.destinations ?? [];
  if (config === undefined || first === undefined) {
    throw new UserError('There is no destination to deliver to.', { hint: 'Configure one: npx stopwire install' });
  }
  if (name !== undefined) return { config, configured: configured(config, name) };
  for (const one of config.destinations) {
    if (await isRemoteKind(one.kind)) return { config, configured: one };
  }
  return { config, configured: first };
}

function noSession(session: string | undefined): UserError {
  if (session === undefined)
    return new UserError('There is no transcript yet.', { hint: 'Use Claude Code for a turn.' });
  return new UserError(`There is no transcript of the session ${JSON.stringify(session)}.`, {
    hint: 'Its name is that of its file, without .jsonl.',
    exitCode: 2,
  });
}

/** What was put in the place of something, to be told from what stood there. */
const TREATED = /REDACTED|hmac:[0-9a-f]{16}(?::\d+)?|\[secret:[a-z0-9-]+\]/g;

function shown({ json }: Previewed, { env }: Terminal): string {
  const paint = paintFor('stdout', env);
  return printable(JSON.stringify(JSON.parse(json), undefined, 2)).replaceAll(TREATED, (mark) => colour(mark, paint));
}

function colour(mark: string, paint: Paint): string {
  if (mark.startsWith('[')) return paint.error(mark);
  return mark.startsWith('hmac') ? paint.place(mark) : paint.warning(mark);
}

function sayWhat(records: readonly Previewed[], { name, redaction }: ConfiguredDestination, terminal: Terminal): void {
  const bytes = records.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  const counts = `${formatCount(records.length)} records, ${formatBytes(bytes)}`;
  terminal.say(`For ${name}, redaction: ${redaction}: ${counts}. Nothing was sent.`);
  if (records.length > 0) return;
  terminal.say('It is excluded, or older than what the destination begins with. See: npx stopwire exclude list');
}
