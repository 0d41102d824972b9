/** From `--otel-…` to the variables that make the client send its own metrics and events. */
import { checkEndpoint } from '../destinations/http-endpoint.ts';
import { UserError } from '../errors.ts';
import { telemetryVariables, type Variables } from '../install/otel-settings.ts';
import { paintFor, sayBehind, type Terminal } from '../ui.ts';
import { fromInput } from './destination-secrets.ts';
import type { InstallFlags } from './install-flags.ts';

/** Undefined where they were not asked for. Throws a UserError where a flag cannot be used. */
export async function telemetryFrom(
  flags: InstallFlags & { scope?: string | undefined; autoUpdate: boolean },
  terminal: Terminal,
): Promise<Variables | undefined> {
  const { otelEndpoint: endpoint, otelKey, otelHeader: header } = flags;
  if (endpoint === undefined) {
    if (otelKey === undefined && header === undefined) return undefined;
    throw wrong('--otel-key and --otel-header belong to --otel-endpoint, which was not given.', '');
  }
  if (!flags.autoUpdate) {
    throw wrong(
      '--otel-endpoint is written to the settings, which --no-auto-update leaves alone.',
      'Give one of them.',
    );
  }
  checkAddress(endpoint);
  const key = otelKey === '-' ? await readKey(flags, terminal) : otelKey;
  if (key === undefined) return telemetryVariables({ endpoint });
  checkKey(key, header);
  if (flags.scope === 'project') {
    throw wrong('The settings of the scope project are committed, and would hold the key.', 'Take --scope local.');
  }
  const warning = paintFor('stderr', terminal.env).warning('!');
  const words =
    'The settings hold this key as text: whatever copies them, such as a repository or a sync of dotfiles, or a backup, copies the key as well.';
  sayBehind(`${warning} `, words, terminal);
  return telemetryVariables({ endpoint, key, header });
}

/** The hook counts already, by settings that are not ours to write to. */
export function noPlaceForTelemetry(): UserError {
  return wrong(
    '--otel-endpoint was not written: the hook is registered by your organisation or by a plugin, not in your settings.',
    "Ask whoever runs those to set Claude Code's OTEL_* variables there.",
  );
}

/** Says so where a key was given as an argument. */
export function warnOfArguments({ apiKey, otelKey }: InstallFlags, terminal: Terminal): void {
  const warn = (flag: string, variable: string): void => {
    const warning = paintFor('stderr', terminal.env).warning('!');
    terminal.say(`${warning} ps and the history of the shell show the key that was given as an argument.`);
    terminal.say(`  Next time: ${flag} -, which reads it from standard input, or ${variable}.`);
  };
  if (apiKey !== undefined && apiKey !== '-') warn('--api-key', 'STOPWIRE_API_KEY');
  if (otelKey !== undefined && otelKey !== '-') warn('--otel-key', 'STOPWIRE_OTEL_KEY');
}

function checkAddress(endpoint: string): void {
  const hint = 'Give --otel-endpoint an https address; the key for it goes to --otel-key -.';
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
    throw wrong('--otel-endpoint is not an http or https address.', hint);
  }
  try {
    checkEndpoint(endpoint, false);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, { hint, cause: error });
  }
}

async function readKey({ apiKey, secret = [] }: InstallFlags, terminal: Terminal): Promise<string> {
  if (apiKey === '-' || secret.some((pair) => pair.endsWith('=-'))) {
    throw wrong('Standard input can hold one key.', 'Give the other one as STOPWIRE_API_KEY or STOPWIRE_OTEL_KEY.');
  }
  return fromInput('Key for the telemetry', terminal);
}

/** What a header can carry (RFC 9110, section 5). */
function checkKey(key: string, header = 'Authorization'): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(header)) throw wrong('--otel-header is not the name of a header.', '');
  if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(key)) {
    throw wrong('The key for the telemetry is empty, or has characters that no header can carry.', '');
  }
}

function wrong(message: string, hint: string): UserError {
  return new UserError(message, { exitCode: 2, ...(hint !== '' && { hint }) });
}
