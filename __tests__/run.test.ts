import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyConfig, type Config } from '../src/config.ts';
import { thisMachine } from '../src/machine.ts';
import { run } from '../src/run.ts';
import { openJournal, type Journal } from '../src/state/journal.ts';
import { pathsFrom } from '../src/state/paths.ts';
import { expectedLines, idsOf } from './helpers/expected.ts';
import { fixtureCases, TRANSCRIPTS } from './helpers/fixtures.ts';
import { type LoopbackServer, startLoopbackServer } from './helpers/loopback-server.ts';
import { makeTempDirectory } from './helpers/temp-directory.ts';

const MINUTE = 60_000;

/** A machine whose clock the test sets, with three destinations on as many servers. */
interface Rig {
  servers: { http: LoopbackServer; rows: LoopbackServer; down: LoopbackServer };
  projects: string;
  /** Ids of the records of lines that have arrived, each as often as it has. */
  arrived: () => { [Name in 'http' | 'rows' | 'down']: string[] };
  /** One more session appears. */
  addSession: (name: string) => void;
  /** A hook fires, so many minutes after the last time. */
  fire: (minutes: number) => Promise<void>;
}

let rig: Rig;
let journal: Journal;
beforeEach(async () => {
  const servers = {
    http: await startLoopbackServer(),
    rows: await startLoopbackServer(),
    down: await startLoopbackServer(),
  };
  const paths = pathsFrom({ HOME: makeTempDirectory() });
  mkdirSync(paths.stateDirectory, { recursive: true });
  const root = join(paths.home, '.claude');
  journal = openJournal(paths.journal);
  let now = Date.now();
  const machine = { ...thisMachine(paths, {}), now: () => new Date(now), random: () => 0.999 };
  const config = configOf(servers);
  rig = {
    servers,
    projects: join(root, 'projects'),
    arrived() {
      const bodies = ({ requests }: LoopbackServer) => requests.map(({ body }) => JSON.parse(body));
      // The server that is down has read what it refused.
      const taken = bodies(servers.down).slice(refused);
      return {
        http: idsOf(bodies(servers.http).flatMap(({ records }) => records)),
        rows: idsOf(
          bodies(servers.rows).flatMap((rows) => rows.map(({ cvs199 }: { cvs199: string }) => JSON.parse(cvs199))),
        ),
        down: idsOf(taken.flatMap(({ records }) => records)),
      };
    },
    addSession(name) {
      cpSync(join(TRANSCRIPTS, name), join(root, 'projects', name), { recursive: true });
    },
    async fire(minutes) {
      now += minutes * MINUTE;
      await run({ config, roots: [root], journal, machine, signal: new AbortController().signal });
    },
  };
});
afterEach(async () => {
  journal.close();
  for (const server of Object.values(rig.servers)) await server.close();
});

/** How many requests the server answered before it was up. */
let refused = 0;

function configOf({ http, rows, down }: Rig['servers']): Config {
  const [redaction, gzipAboveBytes] = ['none', 1_000_000_000];
  return {
    ...emptyConfig(),
    destinations: [
      { name: 'http', kind: 'http', redaction, options: { endpoint: http.url, gzipAboveBytes } },
      { name: 'rows', kind: 'anosys', redaction, options: { endpoint: rows.url, gzipAboveBytes } },
      { name: 'down', kind: 'http', redaction, options: { endpoint: down.url, gzipAboveBytes } },
    ],
  };
}

const SESSIONS = fixtureCases()
  .filter((name) => name.startsWith('2.1.329-'))
  .slice(0, 30);

describe('three destinations at once', () => {
  test('of which one is down for an hour: the others get all as it comes, and it catches up, nothing twice', async () => {
    rig.servers.down.script({ status: 503 });
    for (const name of SESSIONS) {
      rig.addSession(name);
      await rig.fire(2);
    }
    const expected = expectedLines(rig.projects);
    refused = rig.servers.down.requests.length;
    expect(rig.arrived()).toEqual({ http: expected, rows: expected, down: [] });
    // Left alone for a second, two, four, … fifteen minutes, and looked at every other minute.
    expect(refused).toBeGreaterThan(3);
    expect(refused).toBeLessThan(15);

    rig.servers.down.script({ status: 204 });
    await rig.fire(16);
    expect(rig.arrived()).toEqual({ http: expected, rows: expected, down: expected });
    await rig.fire(2);
    expect(rig.arrived()).toEqual({ http: expected, rows: expected, down: expected });
  });
});
