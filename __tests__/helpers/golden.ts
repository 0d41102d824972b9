/** Whole scenarios as records, in a form that people can review: what fixtures/expected/records holds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fields, type MessageRecord } from '../../src/fields/index.ts';
import { fixtureFiles, TRANSCRIPTS, type FixtureFile } from './fixtures.ts';
import { mapFile } from './mapped.ts';

const EXPECTED = join(TRANSCRIPTS, '..', 'expected', 'records');

/** Every scenario that the real client was put through. */
export const goldenCases: readonly string[] = readdirSync(TRANSCRIPTS).toSorted();

export function goldenPath(name: string): string {
  return join(EXPECTED, `${name}.json`);
}

/** What the file must hold: for each transcript what all of its records say alike, and what each says else. */
export function goldenText(name: string): string {
  const files = fixtureFiles(name).map((file) => [pathInCase(file, name), hoisted(recordsOf(file))]);
  return `${JSON.stringify(Object.fromEntries(files), null, 1)}\n`;
}

export function readGolden(name: string): string {
  return readFileSync(goldenPath(name), 'utf8');
}

function pathInCase({ transcript }: FixtureFile, name: string): string {
  return transcript.path.slice(TRANSCRIPTS.length + name.length + 2);
}

/** As on a machine on which the transcripts lie in the usual place. */
function recordsOf(file: FixtureFile): Values[] {
  const path = `/home/dev/.claude/projects${file.transcript.path.slice(TRANSCRIPTS.length)}`;
  return mapFile({ ...file, transcript: { ...file.transcript, path } }).map(readable);
}

type Values = readonly (readonly [name: string, value: unknown])[];

/** In the order of the reference, with long texts cut. */
function readable(record: MessageRecord): Values {
  const values = new Map<string, unknown>(Object.entries(record));
  return Object.entries(fields).flatMap(([name, { privacy }]) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, privacy === 'content' ? cut(value) : value] as const];
  });
}

function hoisted(records: readonly Values[]): object {
  const [first = []] = records;
  const texts = records.map((values) => new Map(values.map(([name, value]) => [name, JSON.stringify(value)])));
  const alike = new Map(
    first.filter(([name, value]) => texts.every((text) => text.get(name) === JSON.stringify(value))),
  );
  return {
    'every record': Object.fromEntries(alike),
    records: records.map((values) => Object.fromEntries(values.filter(([name]) => !alike.has(name)))),
  };
}

const LONG = 120;
const KEPT = 100;

function cut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value !== 'string' || value.length <= LONG) return value;
  return `${value.slice(0, KEPT).toWellFormed()}… (${value.length})`;
}
