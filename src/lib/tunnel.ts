/** Connections through an HTTP proxy by CONNECT (RFC 9110 §9.3.6): the proxy learns a host and a port, nothing else. */
import * as http from 'node:http';
import * as https from 'node:https';
import { isIPv6, Socket } from 'node:net';
import * as tls from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { type ConnectionOptions, HttpError, toHttpError } from './http.ts';
import type { Proxy } from './proxy.ts';

/**
 * Makes every new connection of `agent` a tunnel through `proxy`; `context` verifies an https proxy. What goes wrong
 * before the tunnel stands is an HttpError whose reason begins with `proxy-`, so that it never passes for an answer of
 * the server: a proxy that says 204 has taken nothing over.
 */
export function tunnelThrough(agent: http.Agent, proxy: Proxy, context?: tls.SecureContext): void {
  agent.createConnection = (options: ConnectionOptions, callback) => {
    openTunnel({ target: targetOf(options), proxy, context, signal: options.whileConnecting }, (error, socket) => {
      const isTls = error === null && agent instanceof https.Agent;
      callback?.(error, isTls ? overTls(agent, socket, options) : socket);
    });
    return undefined;
  };
}

interface Tunnel {
  target: string;
  proxy: Proxy;
  context: tls.SecureContext | undefined;
  signal: AbortSignal | undefined;
}

/** Beside an error the socket is one that was never connected. */
type Opened = (error: HttpError | null, socket: Socket) => void;

function openTunnel({ target, proxy: { url, authorization }, context, signal }: Tunnel, opened: Opened): void {
  const request = (url.protocol === 'https:' ? https : http).request({
    ...urlToHttpOptions(url),
    method: 'CONNECT',
    path: target,
    headers: { Host: target, ...(authorization !== undefined && { 'Proxy-Authorization': authorization }) },
    agent: false,
    // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would turn verification off.
    rejectUnauthorized: true,
    ...(context !== undefined && { secureContext: context }),
    ...(signal !== undefined && { signal }),
  });
  request.on('error', (error) => opened(connectionFault(error), new Socket()));
  request.on('connect', ({ statusCode = 0 }, socket: Socket, ahead) => {
    // Nobody speaks in a tunnel before its client does: bytes that are there already are the proxy's own.
    if (statusCode >= 200 && statusCode < 300 && ahead.length === 0) return opened(null, socket);
    socket.destroy();
    return opened(new HttpError(refusalOf(statusCode), `HTTP ${statusCode}`), socket);
  });
  request.end();
}

function overTls(agent: https.Agent, socket: Socket, { host, servername }: ConnectionOptions): tls.TLSSocket {
  return tls.connect({
    ...agent.options,
    ...(typeof host === 'string' && { host }),
    ...(servername !== undefined && { servername }),
    rejectUnauthorized: true,
    socket,
  });
}

/** As `host:port`; an IPv6 address in brackets. */
function targetOf({ host, port }: ConnectionOptions): string {
  const name = host ?? '';
  return `${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function connectionFault(error: Error): HttpError {
  const { reason, code } = toHttpError(error);
  if (reason === 'tls') return new HttpError('proxy-tls', code);
  return new HttpError(reason === 'bad-answer' ? 'proxy-failed' : 'proxy-unreachable', code);
}

function refusalOf(status: number): 'proxy-login' | 'proxy-denied' | 'proxy-failed' {
  if (status === 407) return 'proxy-login';
  const isForGood = status >= 300 && status < 500 && status !== 408 && status !== 429;
  return isForGood ? 'proxy-denied' : 'proxy-failed';
}
