import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactor } from '../../src/pipeline/redact.ts';
import { maintainedDetector } from '../../src/privacy/maintained-rules.ts';
import { changed, containersIn, put } from '../helpers/changed-lines.ts';
import { fixtureFiles } from '../helpers/fixtures.ts';
import { mapFile } from '../helpers/mapped.ts';
import { maintainedSecrets, ownSecrets } from '../helpers/secrets.ts';

const files = fixtureFiles().filter(({ lines, transcript }) => lines.length > 2 && transcript.size < 16_000);

const wraps: readonly ((text: string) => unknown)[] = [
  (text) => text,
  (text) => `say\n${text}\nagain`,
  (text) => [{ type: 'text', text: `it is ${text}` }],
  (text) => [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: text, [text]: 1 } }],
  (text) => [{ type: 'tool_result', tool_use_id: 'toolu_1', content: JSON.stringify({ stdout: text }) }],
  (text) => JSON.stringify({ [text]: JSON.stringify({ a: `x\n${text}` }) }),
];

test.each([
  ['none', 1000],
  ['secrets', 1000],
  ['content', 300],
  ['metadata', 300],
] as const)('no planted secret survives at %s', (level, numRuns) => {
  const redact = redactor(level, { secrets: { maintained: maintainedDetector }, hashKey: Buffer.alloc(32, 7) });
  let masked = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.oneof(...ownSecrets, ...maintainedSecrets),
      fc.record({ line: fc.nat(), spot: fc.nat(), wrap: fc.constantFrom(...wraps) }),
      (file, { secret, text }, { line, spot, wrap }) => {
        const odd = changed(file, [
          {
            line,
            change: (parsed) => {
              const places = containersIn(parsed).flatMap((one) =>
                Object.keys(one).map((name) => [one, name] as const),
              );
              const [container, name] = places[spot % places.length] ?? [];
              if (container !== undefined && name !== undefined) put(container, name, wrap(text));
            },
          },
        ]);
        const sent = mapFile(odd).map(redact);
        masked += sent.filter(({ secrets_masked: count = 0 }) => count > 0).length;
        const seen = sent.flatMap((record) =>
          Object.entries(record).filter(([, value]) =>
            JSON.stringify(value)?.includes(JSON.stringify(secret).slice(1, -1)),
          ),
        );
        expect(seen).toEqual([]);
      },
    ),
    { numRuns },
  );
  // At the other levels nearly all of the texts that could hold one are hidden.
  if (level === 'none' || level === 'secrets') expect(masked).toBeGreaterThan(100);
});
