/** `stopwire destinations remove`: takes a destination out of the configuration, and what is remembered of it with it. */
import { changeConfig, type Config } from '../config.ts';
import { countDeadLetters } from '../state/dead-letters.ts';
import { pathsFrom } from '../state/paths.ts';
import { formatCount, paintFor, type Terminal } from '../ui.ts';
import { configured, neededConfig } from './destination-names.ts';
import { whileIdle } from './idle.ts';

export interface DestinationsRemoveFlags {
  name: string;
  yes: boolean;
  json: boolean;
}

/**
 * The configuration comes first, so that nothing new begins; the cursors go when what is under way has ended, so that
 * another place that gets the name later begins anew.
 */
export async function removeDestination(flags: DestinationsRemoveFlags, terminal: Terminal): Promise<number> {
  const { name, yes, json } = flags;
  const paths = pathsFrom(terminal.env);
  const { kind } = configured(neededConfig(paths), name);
  if (terminal.isInteractive && !yes && !json && !(await isConfirmed(name))) {
    terminal.say('Nothing was changed.');
    return 0;
  }
  const { destinations } = changeConfig(paths.config, (before) => without(before, name));
  const isForgotten = await whileIdle(paths, terminal, (journal) => journal.forget(name));
  if (!isForgotten) terminal.say('A delivery that began before is still under way; it ends by itself.');
  const refused = countDeadLetters(paths.deadLetters, name);
  if (json) {
    terminal.out(JSON.stringify({ removed: { name, kind }, refused, left: destinations.map((one) => one.name) }));
    return 0;
  }
  const paint = paintFor('stderr', terminal.env);
  terminal.say(
    `${paint.done('done')}  ${name} was removed: nothing is sent there any more. What is there stays there.`,
  );
  if (refused > 0) terminal.say(`      ${formatCount(refused)} records that it refused stay in ${paths.deadLetters}`);
  if (destinations.length === 0) {
    terminal.say(`      No destination is left. To add one: ${paint.place('npx stopwire destinations add <type>')}`);
  }
  return 0;
}

function without(config: Config, name: string): Config {
  configured(config, name);
  return { ...config, destinations: config.destinations.filter((one) => one.name !== name) };
}

async function isConfirmed(name: string): Promise<boolean> {
  const { askWhetherTo } = await import('./wizard.ts');
  return askWhetherTo(`Remove the destination ${name}? What has not been sent there yet never will be.`);
}
