import { describe, expect, test } from '@jest/globals';
import { interruptionFields } from '../../src/fields/interruptions.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';
import { mapFixture } from '../helpers/mapped.ts';

const told = (folder: string): object[] =>
  mapFixture(folder)
    .filter(({ derived }) => derived !== true)
    .map((record) => valuesOf(interruptionFields, record))
    .filter((values) => Object.keys(values).length > 0);

describe('an answer that did not reach its end', () => {
  test.each([
    [
      '2.1.329-tuiinterrupt',
      [
        { is_aborted_mid_stream: true },
        { is_interrupt: true, interrupted_message_id: 'msg_0142V3z8PNPRRx1wqVrKs35m' },
        { is_interrupt: true, interrupted_message_id: 'msg_011as5MGdyeFcCU5dV8DSaDC' },
      ],
    ],
    ['2.1.329-simple', []],
  ])('is told by the lines around it: %s', (folder, expected) => {
    expect(told(folder)).toEqual(expected);
  });

  test.each([
    ['2.1.329-partialdrop', { stream_cut_cause: 'stale_connection', is_truncated_after_output: true }],
    ['2.1.329-errors', { failed_without_tool_call: true }],
    ['2.1.329-errors', { refused_message_id: 'msg_01mKUiJYVyvhC52rjSa8udx3' }],
    ['2.1.329-errors', { refused_message_id: 'msg_01SNbM85vN8p3jKt1FUHWZFr', refusing_model: 'claude-opus-5-5' }],
    [
      '2.1.329-errors',
      { original_model: 'claude-opus-5-5', refused_user_uuid: 'fa0b1dfc-5111-43d8-bf65-dbf19eb807e4' },
    ],
  ])('is among those of %s: %j', (folder, expected) => {
    expect(told(folder)).toContainEqual(expected);
  });

  test('names the error that cut it off', () => {
    const cut = mapFixture('2.1.329-retries').find(({ stream_cut_error }) => stream_cut_error !== undefined);
    expect(cut).toMatchObject({ stream_cut_cause: 'server_error', is_truncated_after_output: true });
    expect(JSON.parse(cut?.stream_cut_error ?? '')).toMatchObject({ formatted: 'Overloaded', connection: null });
  });

  test('names the reason for a refusal where the API gives one', () => {
    const refusal = { type: 'system', subtype: 'model_refusal_no_fallback', apiRefusalCategory: 'x' };
    expect(valuesOf(interruptionFields, recordOf({ ...refusal, apiRefusalExplanation: 'Because.' }))).toEqual({
      refusal_category: 'x',
      refusal_explanation: 'Because.',
    });
  });

  test('is no answer that the client did not give up', () => {
    const line = { type: 'assistant', truncatedAfterOutput: true, streamCutCause: 'x', refusingModel: 'x' };
    expect(valuesOf(interruptionFields, recordOf(line))).toEqual({});
  });
});
