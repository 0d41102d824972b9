import { expect, test } from '@jest/globals';
import { redactionChoice, refuseVoid, type RedactionFlags } from '../../src/commands/redaction-flags.ts';
import { redactionLevels } from '../../src/privacy/levels.ts';

test.each<[RedactionFlags, object[]]>([
  [{}, [{}, {}, {}, {}]],
  [{ maskSecrets: true, hash: false }, [{}, {}, {}, {}]],
  [{ maskSecrets: false }, [{ maskSecrets: false }, {}, {}, {}]],
  [{ hash: true }, [{}, {}, { hash: true }, { hash: true }]],
])('what %j says at each level', (flags, expected) => {
  const choices = redactionLevels.map((level) => redactionChoice(level, flags));
  expect(choices).toEqual(expected.map((one, index) => ({ redaction: redactionLevels[index], ...one })));
});

test.each<[RedactionFlags, string[], RegExp | undefined]>([
  [{ maskSecrets: false }, ['none'], undefined],
  [{ maskSecrets: false }, ['content', 'none'], undefined],
  [{ maskSecrets: false }, ['secrets'], /always masked at the level secrets/],
  [{ maskSecrets: false }, ['content'], /always masked at the level content/],
  [{ hash: true }, ['metadata'], undefined],
  [{ hash: true }, ['none', 'content'], undefined],
  [{ hash: true }, ['none', 'secrets'], /the level none and secrets hides none/],
])('%j at %j', (flags, levels, refusal) => {
  if (refusal === undefined) expect(() => refuseVoid(flags, levels)).not.toThrow();
  else expect(() => refuseVoid(flags, levels)).toThrow(refusal);
});
