import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { neededStore } from '../../src/commands/needed-store.ts';
import { emptyConfig, withDestination, type ConfiguredDestination } from '../../src/config.ts';
import { UserError } from '../../src/errors.ts';
import { pathsFrom } from '../../src/state/paths.ts';
import { openStore } from '../../src/state/store.ts';
import { makeTempDirectory } from '../helpers/temp-directory.ts';

const LOCAL: ConfiguredDestination = { name: 'local', kind: 'local', redaction: 'none', options: {} };
const ELSEWHERE: ConfiguredDestination = { ...LOCAL, options: { path: '/nowhere/records.db' } };

function madePaths(...destinations: ConfiguredDestination[]) {
  const paths = pathsFrom({ HOME: makeTempDirectory() });
  mkdirSync(dirname(paths.config), { recursive: true });
  writeFileSync(paths.config, JSON.stringify(destinations.reduce(withDestination, emptyConfig())), { mode: 0o600 });
  return paths;
}

test('the store is asked for where it is', () => {
  const paths = madePaths(LOCAL);
  mkdirSync(dirname(paths.store), { recursive: true });
  openStore(paths.store).close();
  expect(neededStore(paths)).toBe(paths.store);
});

test.each<[string, ConfiguredDestination[], RegExp, string]>([
  ['waits for its first record', [LOCAL], /^Nothing has been delivered/, 'npx stopwire run'],
  ['is no destination', [], /^There is no embedded store at /, 'npx stopwire install --local'],
  ['is in a place of its own', [ELSEWHERE], /^There is no embedded store at /, 'npx stopwire install --local'],
])('a store that %s is missing, and it is said what makes it', (_title, destinations, message, hint) => {
  let refusal: unknown;
  try {
    neededStore(madePaths(...destinations));
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(UserError);
  expect(refusal).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringContaining(hint) });
});
