/** A collector that decides on each batch by what is in it, and keeps what it took. */
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export interface JudgedBatch {
  key: string;
  authorization: string | undefined;
  /** Decompressed. */
  bytes: number;
  records: { [field: string]: unknown }[];
}

/** The status to answer with, and after which time. */
export type Verdict = number | { status: number; delayMs: number };

export interface Judge {
  url: string;
  port: number;
  /** Every batch that came, and what was said to it. */
  judged: readonly (JudgedBatch & { status: number })[];
  /** The records of the batches that were taken, in order. */
  taken(): { [field: string]: unknown }[];
  /** How it decides from now on. */
  decide(verdict: (batch: JudgedBatch) => Verdict): void;
  close(): Promise<void>;
}

/** Takes everything until it is told how to decide. */
export async function startJudge({ port = 0 } = {}): Promise<Judge> {
  const judged: (JudgedBatch & { status: number })[] = [];
  let decide: (batch: JudgedBatch) => Verdict = () => 204;
  const server = createServer(async (request, response) => {
    try {
      const batch = await readBatch(request);
      const verdict = decide(batch);
      const { status, delayMs } = typeof verdict === 'number' ? { status: verdict, delayMs: 0 } : verdict;
      judged.push({ ...batch, status });
      await sleep(delayMs);
      response.writeHead(status).end();
    } catch {
      // The client has gone within its request.
      request.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${listening}/v1/records`,
    port: listening,
    judged,
    taken: () => judged.flatMap(({ status, records }) => (status < 300 ? records : [])),
    decide(verdict) {
      decide = verdict;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBatch(request: IncomingMessage): Promise<JudgedBatch> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  return {
    key: String(request.headers['idempotency-key']),
    authorization: request.headers.authorization,
    bytes: bytes.length,
    records: JSON.parse(bytes.toString('utf8')).records,
  };
}
