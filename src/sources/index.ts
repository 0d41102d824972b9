/** The registry of sources. */
import { claudeCode } from './claude-code.ts';
import { reconciliations } from './reconciliations.ts';
import type { Source } from './source.ts';

export const sources: readonly Source[] = [claudeCode, reconciliations];
