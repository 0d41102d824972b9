/** `--verbose`: says on standard error where stopwire looks, whom it asks over HTTP, and how it ended. */
import { subscribe, type ChannelListener } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import { asObject } from '../lib/json.ts';
import { programVersion } from '../program.ts';
import { claudeConfigDirectory, pathsFrom } from '../state/paths.ts';
import { paintFor, printable, type Terminal } from '../ui.ts';

export function narrate(terminal: Terminal): void {
  const startedAt = performance.now();
  const paint = paintFor('stderr', terminal.env);
  const say = (line: string): void => terminal.say(paint.dim(printable(line)));
  const paths = pathsFrom(terminal.env);
  say(`stopwire ${programVersion()} on Node ${process.versions.node}, ${process.platform} ${process.arch}`);
  say(`configuration: ${paths.config}`);
  say(`state: ${paths.stateDirectory}`);
  say(`data: ${paths.dataDirectory}`);
  say(`Claude Code: ${claudeConfigDirectory(terminal.env, paths.home)}`);
  subscribe('http.client.response.finish', answered(say));
  process.once('exit', (code) => say(`exit code ${code} after ${Math.round(performance.now() - startedAt)} ms`));
}

/** Node publishes each answer here. Of an address, what is behind the path can hold a key. */
function answered(say: (line: string) => void): ChannelListener {
  return (message) => {
    const { request, response } = asObject(message) ?? {};
    if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
    const { method, protocol, path } = request;
    const [plainPath = ''] = path.split('?');
    say(`${method} ${protocol}//${String(request.getHeader('host'))}${plainPath}: ${response.statusCode}`);
  };
}
