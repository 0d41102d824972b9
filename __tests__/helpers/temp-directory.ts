/** Folders that last for one test. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** Makes a folder that everyone may enter; it is removed after the test that is under way. */
export function makeTempDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'stopwire-test-'));
  chmodSync(path, 0o755);
  made.push(path);
  return path;
}
