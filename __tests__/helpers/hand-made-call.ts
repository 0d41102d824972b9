/** A call of a tool that no real transcript has, as the record of its result. */
import type { MessageRecord } from '../../src/fields/index.ts';
import type { Line } from '../../src/types.ts';
import { recordsOf } from './hand-made.ts';

export interface HandMadeCall {
  name: string;
  input?: Line;
  /** `toolUseResult`. */
  answer?: unknown;
  /** What the tool_result block holds beside the name of the call. */
  block?: Line;
  /** What the line of the result holds outside of its message. */
  beside?: Line;
}

const CWD = '/home/dev/project';

export function recordOfCall({ name, input = {}, answer, block, beside }: HandMadeCall): MessageRecord {
  const use = { type: 'tool_use', id: 'toolu_1', name, input };
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done', ...block };
  const record = recordsOf(
    { type: 'assistant', uuid: 'a', cwd: CWD, timestamp: '2026-11-21T10:00:00.000Z', message: messageOf(use) },
    {
      type: 'user',
      uuid: 'b',
      cwd: CWD,
      timestamp: '2026-11-21T10:00:01.500Z',
      message: { role: 'user', content: [result] },
      toolUseResult: answer,
      ...beside,
    },
  ).at(-1);
  if (record === undefined) throw new Error('the call gave no record');
  return record;
}

function messageOf(use: Line): Line {
  return { id: 'msg_1', role: 'assistant', model: 'claude-opus-5-5', stop_reason: 'tool_use', content: [use] };
}
