/** `stopwire config set`: changes a value of the configuration, checked before it is written. */
import { changeConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { pathsFrom } from '../state/paths.ts';
import { paintFor, printable, type Terminal } from '../ui.ts';
import { configKey } from './config-keys.ts';

export interface ConfigSetFlags {
  key: string;
  value: string;
  json: boolean;
}

/** Exit code 2 where there is no such key or value, or another command is the one that changes it. */
export function setConfig({ key, value, json }: ConfigSetFlags, terminal: Terminal): number {
  const { get, set, changedBy } = configKey(key);
  if (set === undefined) {
    throw new UserError(`${key} is not changed by config set.`, {
      hint: `To change it: ${changedBy ?? ''}`,
      exitCode: 2,
    });
  }
  const { config: path } = pathsFrom(terminal.env);
  const after = get(changeConfig(path, (before) => set(before, value)));
  if (json) terminal.out(JSON.stringify({ key, value: after }));
  const paint = paintFor('stderr', terminal.env);
  if (!json) terminal.say(`${paint.done('done')}  ${paint.place(key)} is ${printable(JSON.stringify(after))}.`);
  return 0;
}
