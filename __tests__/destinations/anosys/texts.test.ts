import { describe, expect, test } from '@jest/globals';
import { assistantText, userPrompt } from '../../../src/destinations/anosys/texts.ts';
import type { MessageRecord } from '../../../src/fields/index.ts';

type Said = Partial<MessageRecord> & { type: string };

const text = 'hello';

describe('what a line says', () => {
  test.each<[Said, string]>([
    [{ type: 'user', text }, 'hello'],
    [{ type: 'user', text, image_count: 2 }, 'hello\n[Image Content]\n[Image Content]'],
    [{ type: 'user', tool_results: ['one'] }, '[Tool Result] one'],
    [{ type: 'user', tool_results: ['Exit code 7'], tool_is_error: true }, '[Tool Error] Exit code 7'],
    [{ type: 'queue-operation', queue_operation: 'enqueue', text }, '[Queue Enqueue]: hello'],
    [{ type: 'queue-operation', queue_operation: 'popAll' }, '[Queue PopAll]'],
    [{ type: 'last-prompt', text }, '[Last Prompt: hello]'],
    [{ type: 'custom-title', text }, '[Custom Title: hello]'],
    [{ type: 'attachment', text }, 'hello'],
    [{ type: 'system', subtype: 'local_command', text }, 'hello'],
  ])('%j is of a person: %j', (said, words) => {
    const record = { id: 'a', ...said };
    expect([userPrompt(record), assistantText(record)]).toEqual([words, undefined]);
  });

  test.each<[Said, string]>([
    [{ type: 'assistant', text }, 'hello'],
    [
      { type: 'assistant', tool_names: ['Bash'], tool_inputs: ['{"command":"ls"}'] },
      '[Tool Use: Bash({"command":"ls"})]',
    ],
    [{ type: 'assistant', tool_names: ['Bash', 'Read'] }, '[Tool Use: Bash()]\n[Tool Use: Read()]'],
    [{ type: 'assistant', text, thinking: 'hm', has_thinking: true }, '<thinking>\nhm\n</thinking>\nhello'],
    [{ type: 'progress', text }, 'hello'],
    [{ type: 'summary', text }, 'hello'],
    [{ type: 'ai-title', text }, '[AI Title: hello]'],
    [{ type: 'system', subtype: 'compact_boundary', text }, 'hello'],
    [{ type: 'system', subtype: 'api_error', error_message: 'Overloaded' }, '[API Error: Overloaded]'],
    [{ type: 'api_error', error_message: 'Overloaded' }, '[API Error: Overloaded]'],
  ])('%j is of the model or the client: %j', (said, words) => {
    const record = { id: 'a', ...said };
    expect([userPrompt(record), assistantText(record)]).toEqual([undefined, words]);
  });

  test.each<Said>([
    { type: 'user' },
    { type: 'assistant', thinking: '', has_thinking: true },
    { type: 'last-prompt' },
    { type: 'system', subtype: 'api_error' },
    { type: 'session' },
    { type: 'api-request-blob', text: 'what the client sent' },
    { type: '__proto__', text },
  ])('%j says nothing in these columns', (said) => {
    const record = { id: 'a', ...said };
    expect([userPrompt(record), assistantText(record)]).toEqual([undefined, undefined]);
  });
});
