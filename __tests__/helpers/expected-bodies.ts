/**
 * What destinations send for whole sessions, in a form that people can review: the files of fixtures/expected/<name>/,
 * one for each session, for every folder there that says in `destination.json` what to open.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { destinationKinds, isDestinationKind } from '../../src/destinations/index.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { redactor } from '../../src/pipeline/redact.ts';
import { fixtureFiles, TRANSCRIPTS } from './fixtures.ts';
import { type ReceivedRequest, startLoopbackServer } from './loopback-server.ts';
import { mapFile } from './mapped.ts';

export const EXPECTED = join(TRANSCRIPTS, '..', 'expected');

/** What is sent for each session, and at which level of redaction. */
const SESSIONS: { [name: string]: { fixture: string; session?: string; redaction?: 'content' } } = {
  'plain-turn': { fixture: '2.1.329-simple' },
  'parallel-tools-with-a-failure': { fixture: '2.1.329-parallel' },
  subagent: { fixture: '2.1.329-subagent' },
  compaction: { fixture: '2.1.329-compact' },
  'api-error': { fixture: '2.1.329-errors', session: '55949a1b-3b2e-4247-8693-1f334fb5c0e1' },
  redacted: { fixture: '2.1.329-thinktool', redaction: 'content' },
};

export interface ExpectedCase {
  /** The folder below fixtures/expected. */
  destination: string;
  session: string;
  path: string;
}

export function expectedCases(): ExpectedCase[] {
  const destinations = readdirSync(EXPECTED).filter((name) => existsSync(declaration(name)));
  return destinations.flatMap((destination) =>
    Object.keys(SESSIONS).map((session) => {
      return { destination, session, path: join(EXPECTED, destination, `${session}.json`) };
    }),
  );
}

/** The requests that the destination sends for the session, as one JSON text. */
export async function expectedText({ destination, session }: ExpectedCase): Promise<string> {
  const requests = await requestsFor(destination, recordsOf(session));
  const { unfold = false } = JSON.parse(readFileSync(declaration(destination), 'utf8'));
  return `${JSON.stringify(
    requests.map((request) => readable(request, unfold)),
    undefined,
    1,
  )}\n`;
}

/** A session's records after redaction, as they would be on a machine on which the transcripts lie in the usual place. */
function recordsOf(name: string): MessageRecord[] {
  const { fixture = '', session, redaction = 'none' } = SESSIONS[name] ?? {};
  const files = fixtureFiles(fixture).filter(
    ({ transcript }) => session === undefined || transcript.path.includes(session),
  );
  const redact = redactor(redaction, { hashKey: Buffer.alloc(32) });
  return files.flatMap((file) => {
    const path = `/home/dev/.claude/projects${file.transcript.path.slice(TRANSCRIPTS.length)}`;
    return mapFile({ ...file, transcript: { ...file.transcript, path } }).map(redact);
  });
}

async function requestsFor(name: string, records: readonly MessageRecord[]): Promise<readonly ReceivedRequest[]> {
  const server = await startLoopbackServer();
  try {
    const { kind, options } = JSON.parse(readFileSync(declaration(name), 'utf8').replaceAll('<server>', server.url));
    if (!isDestinationKind(kind)) throw new Error(`fixtures/expected/${name}: there is no kind ${kind}`);
    const surroundings = { env: {}, storePath: '/nowhere', userAgent: 'stopwire/0.0.0' };
    const opened = await (await destinationKinds[kind]()).open(options, surroundings);
    const json = records.map((record) => JSON.stringify(record));
    const delivery = await opened.deliver(
      { id: 'batch', records, json, upTo: new Map() },
      new AbortController().signal,
    );
    await opened.close();
    if (delivery.kind !== 'delivered') throw new Error(`fixtures/expected/${name}: ${delivery.reason}`);
    return server.requests;
  } finally {
    await server.close();
  }
}

/** Headers are left to the destination's own tests; a body that is not JSON is shown as lines, or as base64. */
function readable({ method, path, bytes, body }: ReceivedRequest, unfold: boolean): object {
  const isText = bytes.equals(Buffer.from(body));
  return { method, path, body: isText ? (parsed(body, unfold) ?? body.split('\n')) : bytes.toString('base64') };
}

/** `unfold`: texts that are JSON objects themselves, such as log lines, are shown as objects, too. */
function parsed(text: string, unfold: boolean): unknown {
  try {
    return cut(
      JSON.parse(text, (_name, value) =>
        unfold && typeof value === 'string' && value.startsWith('{') ? (parsed(value, unfold) ?? value) : value,
      ),
    );
  } catch {
    return undefined;
  }
}

const LONG = 240;
const KEPT = 200;

/** Long texts are cut, or nobody would read the rest. */
function cut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one)]));
  }
  if (typeof value !== 'string' || value.length <= LONG) return value;
  return `${value.slice(0, KEPT).toWellFormed()}… (${value.length})`;
}

function declaration(name: string): string {
  return join(EXPECTED, name, 'destination.json');
}
