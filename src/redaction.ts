/** The redaction of a destination: its level, with what this installation and its configuration add to that. */
import type { Config, ConfiguredDestination } from './config.ts';
import type { MessageRecord } from './fields/index.ts';
import type { Machine } from './machine.ts';
import { redactionLevelOf, redactor } from './pipeline/redact.ts';
import { hashKey } from './state/hash-key.ts';

export type Redact = (record: MessageRecord) => MessageRecord;

interface Given {
  config: Pick<Config, 'secrets'>;
  machine: Pick<Machine, 'hashKey'>;
}

/**
 * The redaction that a destination is configured with, put together when it is first asked for: the maintained rules
 * take a while to load, and most fires have no line to map for most destinations.
 *
 * @throws a UserError at once for a level that there is none of, and when asked for a pattern that cannot be used
 */
export function redactionOf(configured: ConfiguredDestination, { config, machine }: Given): () => Promise<Redact> {
  const level = redactionLevelOf(configured);
  const { maskSecrets, hash } = configured;
  const isMasking = level !== 'none' || maskSecrets !== false;
  let redact: Promise<Redact> | undefined;
  const compile = async (): Promise<Redact> => {
    const { maintainedDetector: maintained } = isMasking
      ? await import('./privacy/maintained-rules.ts')
      : { maintainedDetector: undefined };
    const isHashing = level === 'content' || level === 'metadata';
    return redactor(level, {
      secrets: { ...config.secrets, maintained },
      maskSecrets,
      hash,
      hashKey: isHashing ? hashKey(machine.hashKey) : undefined,
    });
  };
  return () => (redact ??= compile());
}
