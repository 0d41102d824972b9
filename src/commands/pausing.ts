/** `stopwire pause` and `resume`, of everything or of one destination: what is held waits in the transcripts. */
import { changeConfig, type Config, type ConfiguredDestination } from '../config.ts';
import { pathsFrom } from '../state/paths.ts';
import { paintFor, sayBehind, type Terminal } from '../ui.ts';
import { configured, neededConfig } from './destination-names.ts';
import { untilIdle } from './idle.ts';

export interface PauseFlags {
  /** Of a destination; without it, everything. */
  name?: string | undefined;
  json: boolean;
}

export interface ResumeFlags extends PauseFlags {
  /** Gives up what has waited. */
  skip: boolean;
}

/** Returns when nothing is delivered any more. */
export async function pause({ name, json }: PauseFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  neededConfig(paths);
  const config = changeConfig(paths.config, (before) => paused(before, name));
  await untilIdle(paths, terminal);
  if (json) terminal.out(JSON.stringify(published(config)));
  else sayPaused(name, terminal);
  return 0;
}

/** Delivers nothing itself: the end of the next turn does, or `stopwire run`. */
export async function resume({ name, json, skip }: ResumeFlags, terminal: Terminal): Promise<number> {
  const paths = pathsFrom(terminal.env);
  neededConfig(paths);
  const skipTo = skip ? new Date().toISOString() : undefined;
  const config = changeConfig(paths.config, (before) => resumed(before, name, skipTo));
  if (json) terminal.out(JSON.stringify(published(config)));
  else sayResumed(config, { name, skipTo, terminal });
  return 0;
}

/** The configuration itself where it is so already. */
function paused(config: Config, name: string | undefined): Config {
  if (name === undefined) return config.paused ? config : { ...config, paused: true };
  if (configured(config, name).paused) return config;
  return withChanged(config, (one) => (one.name === name ? { ...one, paused: true } : one));
}

/** Without a name, a destination that is paused on its own stays so, and what waits for it is not given up. */
function resumed(config: Config, name: string | undefined, skipTo: string | undefined): Config {
  const start = skipTo === undefined ? {} : { since: skipTo };
  if (name === undefined) return withChanged(running(config), (one) => (one.paused ? one : { ...one, ...start }));
  configured(config, name);
  return withChanged(config, (one) => (one.name === name ? { ...running(one), ...start } : one));
}

function running<Pausable extends { paused?: true }>(one: Pausable): Pausable {
  const copy = { ...one };
  delete copy.paused;
  return copy;
}

function withChanged(config: Config, change: (one: ConfiguredDestination) => ConfiguredDestination): Config {
  return { ...config, destinations: config.destinations.map(change) };
}

function published(config: Config): object {
  const destinations = config.destinations.map(({ name, paused: isPaused, since }) => {
    return { name, paused: isPaused === true, ...(since !== undefined && { since }) };
  });
  return { paused: config.paused === true, destinations };
}

const MARGIN = '      ';
const LIMIT =
  'Claude Code deletes a transcript cleanupPeriodDays after its last line (30 days, where its settings.json does not say otherwise): what waits for longer than that is lost.';

function sayPaused(name: string | undefined, terminal: Terminal): void {
  const paint = paintFor('stderr', terminal.env);
  const [what, command] =
    name === undefined ? ['Nothing', 'resume'] : [`Nothing for ${name}`, `destinations resume ${name}`];
  terminal.say(`${paint.done('done')}  ${what} is delivered until: ${paint.place(`npx stopwire ${command}`)}`);
  sayBehind(MARGIN, 'What is written in the meantime waits in the transcripts, and is delivered then.', terminal);
  sayBehind(MARGIN, LIMIT, terminal);
}

function sayResumed(
  config: Config,
  { name, skipTo, terminal }: { name: string | undefined; skipTo: string | undefined; terminal: Terminal },
): void {
  const paint = paintFor('stderr', terminal.env);
  const command = (words: string): string => paint.place(`npx stopwire ${words}`);
  const what = name === undefined ? 'Deliveries' : `Deliveries to ${name}`;
  const from =
    skipTo === undefined ? 'with all that has waited' : `with lines from ${skipTo} on; what has waited is skipped`;
  sayBehind(`${paint.done('done')}  `, `${what} go on at the end of the next turn, ${from}.`, terminal);
  terminal.say(`${MARGIN}To do so now: ${command('run')}`);
  if (name !== undefined && config.paused) terminal.say(`      Everything is paused, though: ${command('resume')}`);
  if (name !== undefined) return;
  for (const one of config.destinations.filter(({ paused: isPaused }) => isPaused)) {
    terminal.say(`      ${one.name} is paused on its own: ${command(`destinations resume ${one.name}`)}`);
  }
}
