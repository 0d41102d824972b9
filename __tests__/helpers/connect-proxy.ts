/** A real HTTP proxy on 127.0.0.1: it takes CONNECT, keeps what it can see, and misbehaves as it is told. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';

/** What becomes of a CONNECT: a tunnel, silence, a dead connection, or these bytes as they are. */
export type ProxyAnswer = 'tunnel' | 'hang' | 'reset' | { raw: string };

export interface ConnectProxyOptions {
  answer?: ProxyAnswer;
  /** `user:password`; without it the answer is 407, and the connection stays open for another try. */
  login?: string;
  /** Speaks TLS to its clients. */
  tls?: TlsOptions;
  /** Where every tunnel leads, whatever name was asked for: the names of tests are in no DNS. */
  port?: number;
}

export interface ConnectProxy {
  url: string;
  /** What was asked for, as `host:port`. */
  targets: readonly string[];
  /** The headers of each CONNECT. */
  headers: readonly IncomingHttpHeaders[];
  /** What clients sent into their tunnels, as the proxy sees it. */
  seen(): string;
  /** Connections accepted so far. */
  connections(): number;
  /** Resolves when no client is connected any more. */
  deserted(): Promise<void>;
  /** Ends every connection and stops listening; the port then refuses. */
  close(): Promise<void>;
}

export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const targets: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const seen: Buffer[] = [];
  const clients = new Set<Socket>();
  const upstreams = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;

  const tunnel = (client: Socket, port: number): void => {
    const upstream = connect(port, '127.0.0.1');
    upstreams.add(upstream);
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.on('data', (chunk: Buffer) => seen.push(chunk));
      client.pipe(upstream).pipe(client);
    });
  };

  const server = options.tls ? createTlsServer(options.tls) : createServer();
  server.on('connection', (socket: Socket) => {
    connections += 1;
    clients.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clients.delete(socket);
      if (clients.size === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    const target = request.url ?? '';
    targets.push(target);
    headers.push(request.headers);
    client.on('error', () => undefined);
    // node:http lets its side of a connection stand when the other one has ended.
    client.on('end', () => client.end());
    const isWelcome = isLoggedIn(request.headers, options.login);
    const answer = isWelcome ? (options.answer ?? 'tunnel') : 'hang';
    if (!isWelcome) client.write(LOGIN_NEEDED);
    if (answer === 'reset') client.destroy();
    if (answer === 'tunnel') tunnel(client, options.port ?? Number(/\d+$/.exec(target)?.[0]));
    if (typeof answer === 'object') client.end(answer.raw);
    // Read on, or the end of the connection would not be seen.
    if (answer !== 'tunnel') client.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    targets,
    headers,
    seen: () => Buffer.concat(seen).toString('latin1'),
    connections: () => connections,
    deserted: () => new Promise((resolve) => (clients.size === 0 ? resolve() : waiting.push(resolve))),
    async close() {
      for (const socket of [...clients, ...upstreams]) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

const LOGIN_NEEDED =
  'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="p"\r\nContent-Length: 0\r\n\r\n';

function isLoggedIn(headers: IncomingHttpHeaders, login: string | undefined): boolean {
  if (login === undefined) return true;
  return headers['proxy-authorization'] === `Basic ${Buffer.from(login).toString('base64')}`;
}
