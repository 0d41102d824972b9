/** The metrics by name: as the official client and the GenAI conventions declare them. */

/** Monotonic sums; those that count things have no unit. */
export const SUMS = {
  'claude_code.session.count': { unit: undefined, description: 'Count of CLI sessions started', isWhole: true },
  'claude_code.token.usage': { unit: 'tokens', description: 'Number of tokens used', isWhole: true },
  'claude_code.cost.usage': { unit: 'USD', description: 'Cost of the Claude Code session', isWhole: false },
  'claude_code.lines_of_code.count': { unit: undefined, description: 'Count of lines of code modified', isWhole: true },
  'claude_code.commit.count': { unit: undefined, description: 'Number of git commits created', isWhole: true },
  'claude_code.pull_request.count': { unit: undefined, description: 'Number of pull requests created', isWhole: true },
  'claude_code.code_edit_tool.decision': {
    unit: undefined,
    description: 'Count of decisions on calls of code editing tools',
    isWhole: true,
  },
  'claude_code.active_time.total': { unit: 's', description: 'Total active time in seconds', isWhole: false },
} as const;

export const HISTOGRAMS = {
  'gen_ai.client.token.usage': {
    unit: '{token}',
    description: 'Number of input and output tokens used',
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  },
  'gen_ai.client.operation.duration': {
    unit: 's',
    description: 'GenAI operation duration',
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
} as const;

export type SumName = keyof typeof SUMS;
export type HistogramName = keyof typeof HISTOGRAMS;
