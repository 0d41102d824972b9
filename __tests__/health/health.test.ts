import { cpSync, mkdirSync, utimesSync, writeFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { writeConfig, type Config } from '../../src/config.ts';
import { healthOf, type Health } from '../../src/health/health.ts';
import { openJournal } from '../../src/state/journal.ts';
import { appendLog } from '../../src/state/log.ts';
import { pathsFrom, type Paths } from '../../src/state/paths.ts';
import { TRANSCRIPTS } from '../helpers/fixtures.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const DAY_S = 86_400;
const NOW = new Date('2026-11-21T12:00:00.000Z');
const WORDS = "sh '/data/stopwire/hook' stopwire-stop-hook 2>/dev/null || :";

let home: string;
let paths: Paths;
let transcript: string;
beforeEach(() => {
  home = makeTempDirectory();
  paths = pathsFrom({ HOME: home });
  const folder = join(home, '.claude', 'projects', 'p');
  cpSync(join(TRANSCRIPTS, '2.1.329-simple'), folder, { recursive: true });
  transcript = join(folder, readdirSync(folder).find((name) => name.endsWith('.jsonl')) ?? '');
  writtenDaysAgo(0);
});

function writtenDaysAgo(days: number): void {
  const seconds = NOW.getTime() / 1_000 - days * DAY_S;
  utimesSync(transcript, seconds, seconds);
}

function configure(more: Partial<Config> = {}, destination: object = {}): void {
  const http = { name: 'http', kind: 'http', redaction: 'content', options: {}, ...destination };
  writeConfig(paths.config, { version: 1, claudeDirectories: [], destinations: [http], ...more });
}

function health(): Health {
  const places = { project: home, managedDirectory: join(home, 'managed') };
  return healthOf(paths, join(home, '.claude'), { ...places, now: NOW });
}

const http = (): Health['destinations'][number] | undefined => health().destinations[0];

describe('a destination', () => {
  test('that has got nothing lags behind its oldest transcript', () => {
    configure();
    writtenDaysAgo(3);
    expect(http()).toMatchObject({
      pendingTranscripts: 1,
      pendingBytes: expect.any(Number),
      lag: { ageMs: 3 * DAY_S * 1_000, deletedAt: '2026-12-18T12:00:00.000Z', isEndangered: false },
    });
  });

  test('whose transcripts will be deleted before they are delivered is a problem', () => {
    configure();
    writtenDaysAgo(24);
    expect(health().problems.join(' ')).toContain('has not got all of 1 transcript, of which Claude Code may delete');
    writtenDaysAgo(1);
    expect(health().problems.join(' ')).not.toContain('has not got');
  });

  test('is measured against cleanupPeriodDays of the settings in force', () => {
    configure();
    writtenDaysAgo(24);
    writeFileSync(join(home, '.claude', 'settings.json'), '{"cleanupPeriodDays": 90}');
    expect(health()).toMatchObject({ keepDays: 90, destinations: [{ lag: { isEndangered: false } }] });
    mkdirSync(join(home, 'managed'));
    writeFileSync(join(home, 'managed', 'managed-settings.json'), '{"cleanupPeriodDays": 25}');
    expect(health()).toMatchObject({ keepDays: 25, destinations: [{ lag: { isEndangered: true } }] });
  });

  test('that begins later waits for nothing from before', () => {
    configure({}, { since: '2026-11-21T13:00:00.000Z' });
    expect(http()).toMatchObject({ since: '2026-11-21T13:00:00.000Z', pendingTranscripts: 0, pendingBytes: 0 });
    expect(http()).not.toHaveProperty('lag');
  });

  test.each<[string, Partial<Config>, object]>([
    ['alone', {}, { paused: true }],
    ['with everything', { paused: true }, {}],
  ])('that is paused %s says so, and what it holds', (_, config, destination) => {
    configure(config, destination);
    expect(http()).toMatchObject({ paused: true, pendingTranscripts: 1 });
  });

  test('that rests is a problem, with its reason and the last trouble of the log', () => {
    configure();
    mkdirSync(dirname(paths.journal), { recursive: true });
    const journal = openJournal(paths.journal);
    const until = NOW.getTime() + 60_000;
    journal.setRest('http', { until, failures: 3, reason: '401 Unauthorized' });
    journal.close();
    const report = { destination: 'http', state: 'resting', records: 0, refused: 0, reason: '401 Unauthorized' };
    appendLog(paths.log, { at: '2026-11-21T11:59:00.000Z', destinations: [report] });
    expect(http()).toMatchObject({
      resting: { reason: '401 Unauthorized', until: '2026-11-21T12:01:00.000Z' },
      lastError: { at: '2026-11-21T11:59:00.000Z', reason: '401 Unauthorized' },
    });
    expect(health().problems).toContain('Destination http rests until 2026-11-21T12:01:00.000Z: 401 Unauthorized.');
  });
});

describe('the hook', () => {
  /** A turn that ended, and a report of the client that names this hook. */
  const turn = (minute: number, command: string): string => {
    const timestamp = `2026-11-21T11:${minute}:00.000Z`;
    const answer = {
      type: 'assistant',
      version: '2.1.329',
      timestamp,
      message: { stop_reason: 'end_turn', content: [] },
    };
    const report = {
      type: 'system',
      subtype: 'stop_hook_summary',
      timestamp,
      hookInfos: [{ command, durationMs: minute }],
    };
    return `${JSON.stringify(answer)}\n${JSON.stringify(report)}\n`;
  };

  test('fired, as the newest transcripts tell, with no store and no configuration', () => {
    writeFileSync(transcript, turn(10, WORDS) + turn(20, WORDS) + turn(30, 'other'));
    mkdirSync(paths.stateDirectory, { recursive: true });
    writeFileSync(join(paths.stateDirectory, 'reconciliations.jsonl'), '{"type":"reconciliation"}\n');
    expect(health().hook).toMatchObject({
      registered: false,
      history: {
        sessions: 1,
        fired: 2,
        lastFiredAt: '2026-11-21T11:20:00.000Z',
        p50Ms: 10,
        p95Ms: 20,
        missedSinceFire: 1,
      },
    });
  });

  test('that Claude Code has stopped running is a problem', () => {
    writeFileSync(transcript, turn(10, WORDS) + [20, 30, 40].map((minute) => turn(minute, 'other')).join(''));
    expect(health().problems.join(' ')).toContain(
      'Claude Code does not run the hook: the last 3 turns ended without it',
    );
  });
});

test.each([
  ['missing', undefined, [/^There is no configuration at /]],
  ['damaged', '{', [/cannot be used: it is not JSON/]],
])('a configuration that is %s is one problem', (_, text, expected) => {
  mkdirSync(dirname(paths.config), { recursive: true });
  if (text !== undefined) writeFileSync(paths.config, text, { mode: 0o600 });
  const ofConfig = health().problems.filter((problem) => /configuration|config\.json/.test(problem));
  expect(ofConfig).toEqual(expected.map((words) => expect.stringMatching(words)));
});

test('a run that came to nothing is a problem until one does not', () => {
  configure();
  mkdirSync(dirname(paths.log), { recursive: true });
  appendLog(paths.log, { at: '2026-11-21T11:00:00.000Z', error: 'The state was written by a newer stopwire.' });
  expect(health().problems).toContain('The last run came to nothing: The state was written by a newer stopwire.');
  appendLog(paths.log, { at: '2026-11-21T11:01:00.000Z', destinations: [] });
  expect(health().problems.join(' ')).not.toContain('came to nothing');
});
