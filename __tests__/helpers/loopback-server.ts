/** A real server on 127.0.0.1 that keeps what it is sent, and answers or misbehaves as a script says. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type TlsOptions, TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Decompressed. */
  bytes: Buffer;
  /** The bytes as UTF-8. */
  body: string;
}

/** An answer as it should be; 204 without a body unless said otherwise. */
export interface ScriptedAnswer {
  status?: number;
  headers?: { [name: string]: string };
  body?: string;
}

/**
 * What to do with one request. `lost`: the request is kept, then the connection dies without an answer ·
 * `reset-before-body`: it dies before the body is read · `cut`: the answer announces more than it holds ·
 * `hang`: no answer ever · `drip`: a byte of the answer now and then, without end · `endless`: an answer as fast as
 * the client reads, without end · `raw`: these bytes in the place of an answer, then the connection ends.
 */
export type Step =
  ScriptedAnswer | 'lost' | 'reset-before-body' | 'cut' | 'hang' | 'drip' | 'endless' | { raw: string };

export interface LoopbackServer {
  url: string;
  /** Requests whose body was read to its end, in order of arrival. */
  requests: readonly ReceivedRequest[];
  /** The next request whose body is read to its end. */
  nextRequest(): Promise<ReceivedRequest>;
  /** Requests whose head arrived, whatever became of them. */
  begun(): number;
  /** Connections accepted so far. */
  connections(): number;
  /** Bytes of answers that the system took. */
  bytesSent(): number;
  /** One step a request from now on; the last one stays. */
  script(...steps: [Step, ...Step[]]): void;
  /** Ends every connection and stops listening; the port then refuses. */
  close(): Promise<void>;
}

export interface LoopbackOptions {
  /** Speaks TLS with this key and certificate, and may ask for one of the client's. */
  tls?: TlsOptions;
}

/** Starts a server that answers every request with 204 until it is given a script. */
export async function startLoopbackServer({ tls }: LoopbackOptions = {}): Promise<LoopbackServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: ((request: ReceivedRequest) => void)[] = [];
  let begun = 0;
  let connections = 0;
  let closedBytes = 0;
  let steps: Step[] = [{}];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    begun += 1;
    const step = (steps.length > 1 ? steps.shift() : steps[0]) ?? {};
    if (step === 'reset-before-body') return reset(request.socket);
    const bytes = await readBody(request);
    const { method = '', url = '', headers } = request;
    const received = { method, path: url, headers, bytes, body: bytes.toString('utf8') };
    requests.push(received);
    for (const resolve of waiting.splice(0)) resolve(received);
    play(step, request, response);
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    // A client that goes away within its request is what many tests are about.
    handle(request, response).catch(() => request.destroy());
  };
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      closedBytes += socket.bytesWritten;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${portOf(server.address())}`,
    requests,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    begun: () => begun,
    connections: () => connections,
    bytesSent: () => Array.from(sockets).reduce((sum, socket) => sum + socket.bytesWritten, closedBytes),
    script(...next) {
      steps = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function play(step: Exclude<Step, 'reset-before-body'>, { socket }: IncomingMessage, response: ServerResponse): void {
  switch (step) {
    case 'lost':
      return reset(socket);
    case 'hang':
      return;
    case 'cut':
      return void socket.end('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ok"');
    case 'drip':
      return drip(socket);
    case 'endless':
      response.writeHead(200, { 'Content-Type': 'application/json' });
      return pour(response);
    default:
      if ('raw' in step) return void socket.end(step.raw);
      response.writeHead(step.status ?? 204, step.headers);
      response.end(step.body);
  }
}

/** Node resets no TLS connection; without the end that TLS asks for, it is as broken. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 20);
  socket.on('close', () => clearInterval(timer));
}

function pour(response: ServerResponse): void {
  const spaces = Buffer.alloc(16_384, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(spaces));
  };
  response.on('drain', more);
  more();
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
