/**
 * A collector in a process of its own: `node collector.js <ndjson file>` prints its port on one line, appends each
 * record of every batch it takes to the file, synced before it answers 204, and runs until it is ended.
 *
 * COLLECTOR_PORT: the port to listen on, where not any · COLLECTOR_FAIL_FIRST=n: the first n requests are answered
 * 503 · COLLECTOR_LOSE_FIRST=n: the first n batches are kept, but their connection ends without an answer ·
 * COLLECTOR_DELAY_MS: time before every answer.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

const [outFile] = process.argv.slice(2);
if (outFile === undefined) throw new Error('usage: node collector.js <ndjson file>');

const delayMs = knob('COLLECTOR_DELAY_MS');
let failures = knob('COLLECTOR_FAIL_FIRST');
let losses = knob('COLLECTOR_LOSE_FIRST');

const server = createServer(async (request, response) => {
  try {
    const { records } = JSON.parse(await readBody(request));
    await wait(delayMs);
    if (failures > 0) {
      failures -= 1;
      return response.writeHead(503).end();
    }
    append(records);
    if (losses > 0) {
      losses -= 1;
      return request.socket.resetAndDestroy();
    }
    return response.writeHead(204).end();
  } catch (error) {
    return response.writeHead(400, { 'Content-Type': 'text/plain' }).end(String(error));
  }
});

server.listen(knob('COLLECTOR_PORT'), '127.0.0.1', () => {
  process.stdout.write(`${server.address().port}\n`);
});

function knob(name) {
  return Number(process.env[name] ?? 0);
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
}

function append(records) {
  const lines = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  const file = openSync(outFile, 'a', 0o600);
  try {
    for (let written = 0; written < lines.length;) written += writeSync(file, lines, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
