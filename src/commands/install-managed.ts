/** `stopwire install --print-managed`: the hook for all machines of an organisation, which deploys it by itself. */
import { settingsSnippet } from '../install/install.ts';
import { managedHookCommand } from '../install/launcher.ts';
import { managedSettingsDirectory } from '../install/settings-levels.ts';
import { paintFor, sayBehind, type Terminal } from '../ui.ts';

export function printManaged(terminal: Terminal): number {
  const paint = paintFor('stderr', terminal.env);
  const pathOn = (platform: 'linux' | 'darwin'): string =>
    paint.place(`${managedSettingsDirectory(platform)}/managed-settings.json`);
  terminal.out(settingsSnippet(managedHookCommand()));
  terminal.say('Deploy this to');
  terminal.say(`  Linux, WSL  ${pathOn('linux')}`);
  terminal.say(`  macOS       ${pathOn('darwin')}`);
  const words =
    'or as a file of its own in managed-settings.d beside it. Not on native Windows, where the client may run hooks with PowerShell, which does not know this command.';
  sayBehind('', words, terminal);
  terminal.say('');
  terminal.say('It starts the launcher of whoever is logged in, and does nothing where there is none.');
  terminal.say(`On each machine, as its user: ${paint.place('npx stopwire install --yes')}`);
  terminal.say("That finds the organisation's hook, and leaves the user's own settings as they are.");
  return 0;
}
