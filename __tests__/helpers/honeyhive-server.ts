/** A server that keeps sessions and events as HoneyHive's documentation says its own does; ids are not kept unique. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface StoredEvent {
  event_id: string;
  session_id: string;
  parent_id?: string;
  event_name?: string;
  event_type?: string;
  duration?: number;
  inputs?: { [name: string]: unknown };
  outputs?: { [name: string]: unknown };
  metadata?: { [name: string]: unknown };
  metrics?: { [name: string]: unknown };
  [name: string]: unknown;
}

export interface HoneyHiveServer {
  url: string;
  /** In order of their creation; an id that was created twice is there twice. */
  events: readonly StoredEvent[];
  /** `POST /events/batch`, in order of arrival. */
  calls: readonly string[];
  close(): Promise<void>;
}

export async function startHoneyHiveServer(): Promise<HoneyHiveServer> {
  const events: StoredEvent[] = [];
  const calls: string[] = [];
  const update = ({ event_id: id, ...changes }: StoredEvent): boolean => {
    const event = events.find((one) => one.event_id === id);
    if (event === undefined) return false;
    const { metadata, metrics, outputs, duration = event.duration, end_time: end = event['end_time'] } = changes;
    event.metadata = { ...event.metadata, ...metadata };
    event.metrics = { ...event.metrics, ...metrics };
    event.outputs = outputs ?? event.outputs ?? {};
    Object.assign(event, { duration, end_time: end });
    return true;
  };
  const answer = (call: string, body: Body): [status: number, answer: object | undefined] => {
    switch (call) {
      case 'POST /session/start': {
        const session = { ...body.session, event_id: body.session.session_id, event_type: 'session' };
        if (!update(session)) events.push(session);
        return [200, { session_id: session.session_id }];
      }
      case 'POST /events/batch':
        events.push(...body.events);
        return [200, { event_ids: body.events.map(({ event_id: id }) => id), success: true }];
      case 'PUT /events':
        return update(body) ? [200, undefined] : [400, { error: 'there is no such event' }];
      default:
        return [404, undefined];
    }
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    const call = `${request.method} ${request.url}`;
    calls.push(call);
    const [status, body] = answer(call, JSON.parse(text.toString('utf8')));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body && JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    calls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Body = StoredEvent & { session: StoredEvent; events: StoredEvent[] };
