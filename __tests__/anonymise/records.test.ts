import { expect, test } from '@jest/globals';
import { makeAnonymiser } from '../../src/anonymise/anonymise.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { fixtureFiles, type FixtureFile } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';

/** What a bug report is most often about: kinds, counts, costs and errors. */
const COMPARED =
  `type subtype is_sidechain model stop_reason input_tokens output_tokens cache_read_tokens cache_creation_tokens
  cost_usd cost_status cost_flags tool_is_error tool_error_class tool_duration_ms tool_success prompt_kind turn_index
  turn_status turn_duration_ms turn_cost_usd turn_tool_calls turn_tool_errors turn_permission_denials turn_lines_added
  turn_lines_removed session_turns session_cost_usd session_lines_added session_interrupts session_compactions
  is_api_error error_class api_error_status api_error_type retry_attempt`.split(/\s+/);

function outline(record: MessageRecord): unknown {
  const values = new Map<string, unknown>(Object.entries(record));
  return COMPARED.map((name) => [name, values.get(name)]);
}

function anonymised(file: FixtureFile): FixtureFile {
  const anonymiser = makeAnonymiser(Buffer.alloc(32, 1));
  const lines = file.lines.map((one) => {
    const bytes = anonymiser.line(one.bytes);
    return { ...one, bytes, value: JSON.parse(bytes.toString()) };
  });
  return { ...file, lines };
}

test.each(fixtureFiles().map((file) => [file.transcript.path.replace(/^.*transcripts\//, ''), file] as const))(
  'anonymised, %s gives records of the same kinds, counts, costs and errors',
  (_, file) => {
    expect(mapFile(anonymised(file)).map(outline)).toEqual(mapFile(file).map(outline));
  },
);

test('every value that is compared is there in some record', () => {
  const names = new Set(
    fixtureFiles().flatMap((file) =>
      mapFile(file).flatMap((record) =>
        Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [name])),
      ),
    ),
  );
  expect(COMPARED.filter((name) => !names.has(name))).toEqual([]);
});
