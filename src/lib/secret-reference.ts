/** Secrets that the configuration only points at: a variable, a private file, or a command that prints one. */
import { UserError } from '../errors.ts';
import { isObject, own, type JsonObject } from './json.ts';
import type { Options } from './options.ts';
import { textFromCommand } from './secret-command.ts';
import { textFromPrivateFile } from './secret-file.ts';
import type { SecretText } from './secret-text.ts';

/** How a secret option may be given in the place of its text. */
export type SecretReference = { env: string } | { file: string } | { command: string };

/**
 * The options with the text of each secret in the place of its reference; of a list, one item a line. Nothing else is
 * looked at. What is read is neither kept nor shown.
 *
 * @throws a UserError that names the option, and neither the secret nor what a command has said
 */
export async function withSecrets(declared: Options, given: unknown, env: NodeJS.ProcessEnv): Promise<unknown> {
  if (!isObject(given)) return given;
  const values = Object.entries(given).map(async ([name, value]): Promise<[string, unknown]> => {
    const option = own(declared, name);
    if (!option?.secret || !isObject(value)) return [name, value];
    const text = await secretOf(name, value, env);
    return [name, option.kind === 'list' ? text.split(/\r?\n/) : text];
  });
  return Object.fromEntries(await Promise.all(values));
}

async function secretOf(name: string, value: JsonObject, env: NodeJS.ProcessEnv): Promise<string> {
  const found = await read(narrow(value), env);
  if ('why' in found) throw new UserError(`The option ${name} cannot be used: ${found.why}.`, { hint: found.hint });
  return found.text;
}

function narrow(value: JsonObject): SecretReference | undefined {
  const [[kind, place] = [], ...more] = Object.entries(value);
  if (typeof place !== 'string' || place === '' || more.length > 0) return undefined;
  if (kind === 'env') return { env: place };
  if (kind === 'file') return { file: place };
  return kind === 'command' ? { command: place } : undefined;
}

async function read(reference: SecretReference | undefined, env: NodeJS.ProcessEnv): Promise<SecretText> {
  if (reference === undefined) {
    const hint = 'Write {"env": "<variable>"}, {"file": "<path>"}, {"command": "<for sh>"}, or the text itself.';
    return { why: 'it is neither a text nor a reference to one', hint };
  }
  const found = await textBehind(reference, env);
  const text = 'text' in found ? found.text.trim() : undefined;
  if (text === '') return { why: 'there is nothing where it points to', hint: 'Put the secret there.' };
  return text === undefined ? found : { text };
}

function textBehind(reference: SecretReference, env: NodeJS.ProcessEnv): SecretText | Promise<SecretText> {
  if ('file' in reference) return textFromPrivateFile(reference.file);
  if ('command' in reference) return textFromCommand(reference.command, env);
  const text = own(env, reference.env);
  if (text !== undefined) return { text };
  const hint = 'The hook hands no such variable to its worker: where it delivers, point at a file or a command.';
  return { why: `the variable ${reference.env} is not set`, hint };
}
