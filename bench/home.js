/** A home with the transcripts of fixtures/ and the program installed in it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BIN, wallMs } from './measure.js';

/** Installs with these flags, does the work, and removes the home; answers what the work answers. */
export async function inHome(flags, work) {
  const home = mkdtempSync(join(tmpdir(), 'stopwire-bench-'));
  const env = { HOME: home, PATH: process.env.PATH };
  try {
    const samples = fileURLToPath(new URL('../fixtures/transcripts', import.meta.url));
    cpSync(samples, join(home, '.claude', 'projects'), { recursive: true });
    await wallMs(process.execPath, [BIN, 'install', '--yes', ...flags], { env });
    return await work({ home, env });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
