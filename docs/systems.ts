/** Other systems that derive facts from transcripts or hooks, and what carries each of their facts here. Data only. */
import { agentmon } from './systems/agentmon.ts';
import { anosys } from './systems/anosys.ts';
import { claudeMetrics } from './systems/claude-metrics.ts';
import { evaluators, honeyhive } from './systems/honeyhive.ts';
import type { System } from './systems/system.ts';
import { telemetry } from './systems/telemetry.ts';

export const systems: readonly System[] = [anosys, honeyhive, evaluators, agentmon, telemetry, claudeMetrics];
