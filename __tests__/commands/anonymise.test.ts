import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { anonymise } from '../../src/commands/anonymise.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';
import { recordingTerminal, type RecordingTerminal } from '../helpers/terminal.ts';

const MIB = 1_048_576;

let directory: string;
let transcript: string;
let output: string;
let terminal: RecordingTerminal;
beforeEach(() => {
  directory = makeTempDirectory();
  transcript = join(directory, 'session.jsonl');
  output = join(directory, 'out.jsonl');
  terminal = recordingTerminal({});
});

async function anonymised(text: string | Buffer): Promise<string> {
  writeFileSync(transcript, text);
  expect(await anonymise({ transcript, output, force: false }, terminal)).toBe(0);
  return readFileSync(output, 'utf8');
}

describe('the lines of a transcript', () => {
  test.each([
    ['complete', '{"type":"user","lastPrompt":"secret"}\n[]\n', '{"type":"user","lastPrompt":"xxxxxx"}\n[]\n'],
    ['torn at the end', '{"type":"user"}\n{"type":"us', '{"type":"user"}\nxxxxxxxxxxx'],
    ['complete but for the last newline', '{"type":"user"}', '{"type":"user"}'],
    ['torn in the middle', '{"a":\n{"type":"user"}\n', 'xxxxx\n{"type":"user"}\n'],
    ['blank or with a CR', '\n\n{"type":"user"}\r\n', '\n\n{"type":"user"}\r\n'],
    ['none', '', ''],
  ])('that are %s stay as many', async (_, before, after) => {
    expect(await anonymised(before)).toBe(after);
  });

  test('that are longer than 8 MiB become filler of the same length, the last one too', async () => {
    const long = `{"type":"user","lastPrompt":"${'secret '.repeat(1.2 * MIB)}"}`;
    const text = await anonymised(`${long}\n{"type":"user"}\n${long}`);
    const [first = '', second, third = '', ...rest] = text.split('\n');
    expect([first.length, second, third.length, rest]).toEqual([long.length, '{"type":"user"}', long.length, []]);
    expect(new Set(first + third)).toEqual(new Set('x'));
    expect(terminal.said.join('\n')).toContain('2 were over 8 MiB');
  });
});

describe('what it says', () => {
  test('names what was kept, so that it can be looked through', async () => {
    await anonymised('{"type":"user","lastPrompt":"secret"}\n{"type":"mode","mode":"plan"}\ntorn');
    const said = terminal.said.join('\n');
    expect(said).toContain('3 lines anonymised');
    expect(said).toContain('1 were no JSON');
    expect(said).toContain('Kept as words of the client: mode plan user');
    expect(said).not.toContain('secret');
  });
});

describe('the file', () => {
  test('is for its owner alone', async () => {
    await anonymised('{}\n');
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  test('is never the transcript itself, by whatever name', async () => {
    writeFileSync(transcript, '{"type":"user"}\n');
    const alias = join(directory, 'alias.jsonl');
    symlinkSync(transcript, alias);
    for (const name of [transcript, alias]) {
      await expect(anonymise({ transcript, output: name, force: true }, terminal)).rejects.toThrow(
        /replaced by its own/,
      );
    }
    expect(readFileSync(transcript, 'utf8')).toBe('{"type":"user"}\n');
  });

  test.each([
    ['is not there', 'none.jsonl', /could not be read \(ENOENT\)/],
    ['is a folder', '.', /is no file/],
  ])('is not made where the transcript %s', async (_, name, message) => {
    const flags = { transcript: join(directory, name), output, force: false };
    await expect(anonymise(flags, terminal)).rejects.toThrow(message);
    expect(existsSync(output)).toBe(false);
  });
});
