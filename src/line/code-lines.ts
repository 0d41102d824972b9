/** Counting lines: what a tool changed in files, and what the model wrote as code. */
import { asArray, asObject, asString, isObject, type JsonObject } from '../lib/json.ts';

export interface ChangedLines {
  added: number;
  removed: number;
}

/** Lines that Write and Edit changed; a created file has an empty patch, and all of its lines are new. */
export function changedLines(toolUseResult: unknown): ChangedLines | undefined {
  const answer = asObject(toolUseResult);
  const hunks = asArray(answer?.['structuredPatch'])?.filter(isObject);
  if (answer === undefined || hunks === undefined) return undefined;
  const isCreated = answer['type'] === 'create' || (hunks.length === 0 && answer['originalFile'] === null);
  if (isCreated) return { added: countLines(asString(answer['content']) ?? ''), removed: 0 };
  const lines = hunks.flatMap((hunk) => asArray(hunk['lines']) ?? []);
  return { added: startingWith('+', lines), removed: startingWith('-', lines) };
}

function startingWith(sign: string, lines: readonly unknown[]): number {
  return lines.filter((line) => asString(line)?.startsWith(sign)).length;
}

/** A last line without a newline counts. */
export function countLines(text: string): number {
  if (text === '') return 0;
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Non-empty lines inside fenced code blocks. */
export function fencedCodeLines(text: string): number {
  if (!text.includes('```')) return 0;
  let isInside = false;
  let lines = 0;
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('```')) isInside = !isInside;
    else if (isInside && line.trim() !== '') lines += 1;
  }
  return lines;
}

/** Non-empty lines that a call of an editing tool is to write. */
export function writtenCodeLines(input: JsonObject): number {
  const edits = asArray(input['edits'])?.filter(isObject) ?? [];
  const texts = [
    input['content'],
    input['new_string'],
    input['new_source'],
    ...edits.map((edit) => edit['new_string']),
  ];
  return texts.reduce<number>((sum, text) => sum + nonEmptyLines(asString(text) ?? ''), 0);
}

function nonEmptyLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}
