/** Whether a server answers at all: a connection is opened, TLS is verified, and nothing is sent. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { reasonOf } from '../errors.ts';

export interface Reached {
  /** What the system or TLS said where it did not work, for instance `ECONNREFUSED`. */
  fault?: string;
  /** How long it took. */
  ms: number;
}

/** Connects to an http or https address and closes again. Never throws. */
export async function reach(url: URL, timeoutMs: number): Promise<Reached> {
  const startedAt = performance.now();
  const socket = open(url);
  const fault = await new Promise<string | undefined>((resolve) => {
    // For the whole of it: a name that is looked up is no idle socket.
    const deadline = setTimeout(() => end('ETIMEDOUT'), timeoutMs);
    const end = (reason?: string): void => {
      clearTimeout(deadline);
      resolve(reason);
    };
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => end());
    // Stays, since a connection that is given up can fail once more.
    socket.on('error', (error) => end(reasonOf(error)));
  });
  socket.destroy();
  return { ms: Math.round(performance.now() - startedAt), ...(fault !== undefined && { fault }) };
}

function open({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol !== 'https:') return connectTcp({ host, port: Number(port || 80) });
  // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would turn verification off.
  const secure = { host, port: Number(port || 443), rejectUnauthorized: true };
  return connectTls(isIP(host) === 0 ? { ...secure, servername: host } : secure);
}
