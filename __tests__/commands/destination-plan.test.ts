import { describe, expect, test } from '@jest/globals';
import type { DestinationFlags } from '../../src/commands/destination-flags.ts';
import { destinationFrom } from '../../src/commands/destination-plan.ts';
import { recordingTerminal } from '../helpers/terminal.ts';

const surroundings = { env: { MY_HEADERS: 'x-team: eight' }, storePath: '/nowhere', userAgent: 'stopwire/1.2.3' };

const VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/base',
  OTEL_EXPORTER_OTLP_HEADERS: 'api-key=sk-0123456789abcdef',
  OTEL_RESOURCE_ATTRIBUTES: 'team=seven,env=prod',
};

describe('the variables of other programs', () => {
  const plan = async (flags: DestinationFlags) => {
    const terminal = recordingTerminal(VARIABLES);
    const { options } = await destinationFrom(flags, surroundings, terminal);
    return { options, said: terminal.said.join('\n') };
  };

  test('fill the options that nobody has given, and are named without their values', async () => {
    const { options, said } = await plan({ kind: 'otlp' });
    expect(options).toEqual({
      endpoint: 'https://otel.example/base',
      headers: ['api-key: sk-0123456789abcdef'],
      resourceAttributes: ['team=seven', 'env=prod'],
    });
    expect(said).toContain('endpoint, headers, resourceAttributes');
    expect(said).not.toContain('sk-0123456789abcdef');
  });

  test('yield to what was given', async () => {
    const { options, said } = await plan({
      kind: 'otlp',
      set: ['endpoint=http://127.0.0.1:4318', 'resourceAttributes=team=eight'],
      typed: new Map([['headers', 'x-team: eight']]),
    });
    expect(options).toEqual({
      endpoint: 'http://127.0.0.1:4318',
      headers: ['x-team: eight'],
      resourceAttributes: ['team=eight'],
    });
    expect(said).toBe('');
  });

  test('yield to a reference to a secret', async () => {
    const { options } = await plan({ kind: 'otlp', secret: ['headers=env:MY_HEADERS'] });
    expect(JSON.stringify(options['headers'])).toContain('MY_HEADERS');
    expect(JSON.stringify(options)).not.toContain('sk-0123456789abcdef');
  });

  test('are nothing to a kind that does not go by them', async () => {
    const { options } = await plan({ kind: 'http', set: ['endpoint=http://127.0.0.1:1/'] });
    expect(options).toEqual({ endpoint: 'http://127.0.0.1:1/' });
  });
});
