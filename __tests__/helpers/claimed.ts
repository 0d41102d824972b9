/**
 * Fixture transcripts as the records of one run, long after: what one transcript has copied from another is marked as a
 * copy, and every turn has its end.
 */
import type { Capture, MessageRecord } from '../../src/fields/index.ts';
import { fixtureFiles } from './fixtures.ts';
import { foldLines, silenceBehind } from './mapped.ts';

export function claimedRecords(folder: string): MessageRecord[] {
  const owners = new Map<string, string>();
  const claim: Capture['claim'] = (name, path) => {
    const owner = owners.get(name) ?? path;
    owners.set(name, owner);
    return { isOwner: owner === path };
  };
  return fixtureFiles(folder).flatMap((file) => {
    const lines = foldLines(file, undefined, undefined, claim);
    return [...lines.flatMap(({ records }) => records), ...silenceBehind(file, lines)];
  });
}
