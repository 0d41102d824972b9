/** Flags that several commands share. */

export const JSON_FLAG = { type: 'boolean', default: false, describe: 'Print the result as JSON' } as const;
export const YES_FLAG = { type: 'boolean', default: false, describe: 'Ask nothing' } as const;
export const OUTPUT_FLAG = {
  type: 'string',
  // So that the value may be a lone -.
  nargs: 1,
  describe: 'Write to this file, which only you may read, and not to standard output',
} as const;
export const FORCE_FLAG = { type: 'boolean', default: false, describe: 'Replace the file of --output' } as const;
export const CONFIG_DIR_FLAG = {
  type: 'string',
  describe: "Claude Code's configuration directory (default: CLAUDE_CONFIG_DIR, else ~/.claude)",
} as const;
export const CONFIG_DIRS_FLAG = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: "Claude Code's configuration directory (default: CLAUDE_CONFIG_DIR, else ~/.claude); repeat it",
} as const;
export const SINCE_FLAG = {
  type: 'string',
  nargs: 1,
  describe: 'From this moment on: 90m, 12h, 30d, 2w before now, or a date; UTC without an offset',
} as const;
export const UNTIL_FLAG = { type: 'string', nargs: 1, describe: 'Before this moment, given likewise' } as const;
export const SESSION_FLAG = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'Of these sessions, by id; repeat it or use commas',
} as const;
export const PROJECT_FLAG = {
  type: 'string',
  nargs: 1,
  describe: 'Of this project: a directory with all below it, its name, or a pattern such as *api*',
} as const;
export const MASK_SECRETS_FLAG = {
  type: 'boolean',
  default: true,
  describe: 'Mask secrets; --no-mask-secrets sends them as they are, where the level is none',
} as const;
export const HASH_FLAG = {
  type: 'boolean',
  default: false,
  describe: 'Put a keyed hash and the length in the place of hidden text, so that equal texts can be counted',
} as const;
