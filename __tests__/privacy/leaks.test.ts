/** The whole program, as a user has it, on transcripts with planted texts: where they must not come out again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { API_KEY, FAST, LATER, makeRig, processesNaming, type Rig, SILENT } from '../helpers/fault-rig.ts';
import { appendDamaged, appendPlanted, type Planted } from '../helpers/planted-transcript.ts';
import type { Ended } from '../helpers/sandbox.ts';
import { maintainedSecrets, ownSecrets } from '../helpers/secrets.ts';

/** What no client, tool or library writes by itself. */
const CANARY = 'Kiwi~Vex! plumb, Joy? Qz';
const FOLDER = 'quokka-vellum';

const secrets = [...ownSecrets, ...maintainedSecrets].map((kind, seed) => {
  const [one] = fc.sample(kind, { seed, numRuns: 1 });
  if (one === undefined) throw new Error('no secret was made');
  return one;
});
const tokens = secrets.map(({ secret }) => secret);
const cwdOf = ({ home }: Rig): string => join(home, 'work', FOLDER);

const [accessKey] = secrets;
/** A path is sent at `content`, without the secret that somebody put into it. */
const FILE_NAME = `zephyr-bodkin-${accessKey?.secret}.ts`;

/** Each secret has a session's turn of its own: beside another one, it might be masked by luck. */
function plant(rig: Rig, texts: readonly string[]): void {
  const path = join(rig.projects, '-work', '5e551040-0000-4000-8000-000000000000.jsonl');
  const planted: Omit<Planted, 'text'> = { fileName: FILE_NAME, cwd: cwdOf(rig) };
  for (const text of texts) appendPlanted(path, { ...planted, text });
  appendDamaged(path, texts.join(' '));
}

interface Seen {
  outputs: string[];
  argumentLists: string[];
}

/** Everything that happens to an installation: delivery, refusal, an outage, a crash, and a look at all of it. */
async function live(rig: Rig, texts: readonly string[]): Promise<Seen> {
  const seen: Seen = { outputs: [], argumentLists: [] };
  const watch = setInterval(() => seen.argumentLists.push(...processesNaming(rig.home).map(({ args }) => args)), 15);
  const note = ({ stdout, stderr }: Ended): void => void seen.outputs.push(stdout, stderr);
  await rig.install();
  note(await rig.fireAndSettle());
  rig.server.script({ status: 503, body: 'down' });
  plant(rig, texts);
  note(await rig.work(FAST));
  rig.server.script({ status: 422, body: 'no' });
  note(await rig.run({}, { args: ['--json'] }));
  rig.server.script({});
  plant(rig, texts.slice(0, 2));
  expect(await rig.work({ ...LATER, FAULT_CRASH: `Unexpected token, "${texts.join(' ')}" is not JSON` })).toEqual(
    SILENT,
  );
  note(await rig.run({ FAULT_CRASH: `Unexpected token, "${texts[0]}" is not JSON` }));
  note(await rig.work(LATER));
  for (const args of COMMANDS) note(await rig.stopwire(args));
  const [letter] = JSON.parse((await rig.stopwire(['dlq', 'list', '--json'])).stdout).letters;
  note(await rig.stopwire(['dlq', 'show', String(letter.id)]));
  note(await rig.stopwire(['dlq', 'show', String(letter.id), '--json']));
  await rig.settle();
  clearInterval(watch);
  return seen;
}

const COMMANDS = [
  ['status'],
  ['status', '--json'],
  ['doctor'],
  ['doctor', '--json'],
  ['destinations', 'list', '--json'],
  ['destinations', 'test'],
  ['dlq', 'list'],
  ['dlq', 'list', '--json'],
  ['run', '--json'],
];

/** The same text in other spellings, whole. */
function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  const reversed = Array.from(text).toReversed().join('');
  const inJson = JSON.stringify(text).slice(1, -1);
  return [
    text,
    inJson,
    text.toUpperCase(),
    encodeURIComponent(text),
    bytes.toString('hex'),
    bytes.toString('base64'),
    reversed,
  ];
}

/** Where any of the texts stands: requests, files below HOME but the client's own, what was printed, argument lists. */
function placesOf(texts: readonly string[], rig: Rig, { outputs, argumentLists }: Seen): string[] {
  const wanted = texts.flatMap(spellings);
  const places = [
    ...rig.server.requests.map(({ path, headers }): [string, string] => ['request', JSON.stringify([path, headers])]),
    ...rig.server.requests.map(({ body }): [string, string] => ['body', body]),
    ...ownFiles(rig).map((path): [string, string] => [path.slice(rig.home.length), readFileSync(path, 'latin1')]),
    ...outputs.map((text): [string, string] => ['output', text]),
    ...argumentLists.map((text): [string, string] => ['arguments', text]),
  ];
  return places.flatMap(([place, text]) => wanted.filter((one) => text.includes(one)).map((one) => `${place}: ${one}`));
}

/** Without the copy of the program, in which there is nothing of anybody's. */
function ownFiles({ home, claude }: Rig): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(claude, 'projects')))
    .filter((path) => !/\/share\/stopwire\/\d+\.\d+\.\d+\//.test(path));
}

async function rigAt(
  redaction: string,
  more: object = {},
  destinations: ('http' | 'local')[] = ['http'],
): Promise<Rig> {
  const rig = await makeRig({ cases: ['2.1.329-simple'], destinations, http: { maxRecords: 100 } });
  const asRig = rig.destinations.map((one) => ({ ...one, redaction, ...more }));
  // `install` puts the rig's own destinations back.
  return { ...rig, install: async () => rig.install().then(() => rig.configure(asRig)) };
}

function expectEventful(rig: Rig, { outputs, argumentLists }: Seen): void {
  expect(rig.httpRecords().length).toBeGreaterThan(50);
  expect(readdirSync(join(rig.state, 'dead-letters'))).toHaveLength(1);
  expect(readFileSync(join(rig.state, 'quarantine.jsonl'), 'utf8')).toContain('sha256');
  expect(readFileSync(join(rig.state, 'hook.log'), 'utf8')).toContain('unexpected: Error');
  expect(outputs.join('')).toContain('does not know: Unexpected token, "…" is not JSON');
  expect(argumentLists.some((args) => args.includes('hook'))).toBe(true);
}

describe('what people, models and tools wrote', () => {
  test.each(['content', 'metadata'])(
    'comes out nowhere at %s, nor does any secret or the key; places do at content alone',
    async (level) => {
      const rig = await rigAt(level);
      const seen = await live(rig, [CANARY, ...secrets.map(({ text }) => text)]);
      expectEventful(rig, seen);
      expect(placesOf([CANARY, ...tokens], rig, seen)).toEqual([]);
      expect(keyPlaces(rig, seen)).toEqual([]);
      // The names of files and folders are places: they leave as keyed hashes, where places are hidden.
      const sent = rig.server.requests.map(({ body }) => body).join('\n');
      const isSent = level === 'content';
      expect([sent.includes(FOLDER), sent.includes('zephyr-bodkin')]).toEqual([isSent, isSent]);
    },
  );
});

describe('secrets', () => {
  test.each(['none', 'secrets'])('come out nowhere at %s, the embedded store included', async (level) => {
    const rig = await rigAt(level, {}, ['http', 'local']);
    const seen = await live(
      rig,
      secrets.map(({ text }) => `${CANARY}\n${text}`),
    );
    expectEventful(rig, seen);
    expect(placesOf(tokens, rig, seen)).toEqual([]);
    const store = readFileSync(join(rig.data, 'records.db'), 'latin1');
    expect([store.includes(CANARY), store.includes('[secret:')]).toEqual([true, true]);
  });
});

/** Where the key is, besides the header and the file that it belongs into. */
function keyPlaces(rig: Rig, seen: Seen): string[] {
  return placesOf([API_KEY], rig, seen).filter(
    (place) => !place.startsWith('request: ') && !place.startsWith('/.config/stopwire/config.json'),
  );
}
