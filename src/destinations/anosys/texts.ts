/** What a line says, as the vendor's client words it: people and tools in one column, model and client in another. */
import type { MessageRecord } from '../../fields/index.ts';

type Words = (record: MessageRecord) => string | undefined;

/** The column `user_prompt`. A type that is on no list says what it says in `cvs199` alone. */
export function userPrompt(record: MessageRecord): string | undefined {
  if (record.type === 'system') return record.subtype === 'local_command' ? record.text : undefined;
  return BY_USERS.get(record.type)?.(record);
}

/** The column `assistant_text`. */
export function assistantText(record: MessageRecord): string | undefined {
  if (record.type === 'system' && record.subtype === 'local_command') return undefined;
  if (record.type === 'system' && record.subtype === 'api_error') return apiError(record);
  return BY_ASSISTANTS.get(record.type)?.(record);
}

const plain: Words = ({ text }) => text;

const named =
  (name: string): Words =>
  ({ text }) =>
    text === undefined ? undefined : `[${name}: ${text}]`;

const queued: Words = ({ queue_operation: operation, text }) => {
  if (operation === undefined) return text;
  const name = `[Queue ${operation.charAt(0).toUpperCase()}${operation.slice(1)}]`;
  return text === undefined ? name : `${name}: ${text}`;
};

const asked: Words = ({ text, tool_results: results = [], tool_is_error: isError, image_count: images = 0 }) => {
  const mark = isError === true ? '[Tool Error]' : '[Tool Result]';
  const marked = results.map((result) => `${mark} ${result}`);
  return lines([text, ...marked, ...Array.from({ length: images }, () => '[Image Content]')]);
};

const answered: Words = ({ text, thinking, tool_names: names = [], tool_inputs: inputs = [] }) => {
  const thought = thinking ? `<thinking>\n${thinking}\n</thinking>` : undefined;
  return lines([thought, text, ...names.map((name, index) => `[Tool Use: ${name}(${inputs[index] ?? ''})]`)]);
};

const apiError: Words = ({ error_message: message }) => (message === undefined ? undefined : `[API Error: ${message}]`);

function lines(parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join('\n');
}

const BY_USERS: ReadonlyMap<string, Words> = new Map([
  ['user', asked],
  ['attachment', plain],
  ['queue-operation', queued],
  ['last-prompt', named('Last Prompt')],
  ['custom-title', named('Custom Title')],
]);

const BY_ASSISTANTS: ReadonlyMap<string, Words> = new Map([
  ['assistant', answered],
  ['system', plain],
  ['progress', answered],
  ['summary', plain],
  ['tombstone', plain],
  ['api_error', apiError],
  ['ai-title', named('AI Title')],
  ['task-summary', named('Task Summary')],
  ['marble-origami-commit', named('Origami Commit')],
]);
