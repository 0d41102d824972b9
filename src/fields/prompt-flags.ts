/** Flags and commands of the SuperClaude framework, which people write into their prompts. */
import { fieldGroup, word, words, type ValuesOf } from './field.ts';
import { promptText, slashCommandOf } from '../line/prompt-kind.ts';
import type { Scope } from './scope.ts';

export const promptFlagFields = fieldGroup({
  prompt_flags: words(
    'words of `message.content` in prompts, out of closed lists',
    "The framework's command, persona and flags in the first 10,000 characters of a prompt, for instance `/sc:build`, `--persona-security`, `--seq`.",
  ),
  reasoning_flag: word(
    'words of `message.content` in prompts',
    'The strongest of `ultrathink`, `think-hard` and `think` that stands as a flag in the prompt, else `none`.',
  ),
});

type PromptFlags = ValuesOf<typeof promptFlagFields>;

export function fillPromptFlags(record: PromptFlags, { parts, step: { kind } }: Scope): void {
  if (kind !== 'human' && kind !== 'command') return;
  const text = promptText(parts).slice(0, MAX_LENGTH);
  const flags = text.includes('--') ? flagsIn(text) : new Set<string>();
  const found = [...commandsIn(text), ...[...flags].map((flag) => `--${flag}`)];
  record.prompt_flags = found.length === 0 ? undefined : found;
  record.reasoning_flag = REASONING.find((level) => flags.has(level)) ?? 'none';
}

/** A flag that far down is part of something pasted. */
const MAX_LENGTH = 10_000;

const COMMANDS: ReadonlySet<string> = new Set(
  'analyze build implement improve design task troubleshoot explain document cleanup test git estimate index load spawn'.split(
    ' ',
  ),
);
const PERSONAS = 'architect frontend backend analyzer security mentor refactorer performance qa devops scribe'.split(
  ' ',
);
/** From the strongest. */
const REASONING = ['ultrathink', 'think-hard', 'think'];
const FLAGS: ReadonlySet<string> = new Set([
  ...PERSONAS.map((name) => `persona-${name}`),
  ...REASONING,
  ...'seq sequential c7 context7 magic play playwright all-mcp'.split(' '),
  ...'uc ultracompressed plan validate safe-mode verbose delegate wave-mode loop introspect'.split(' '),
]);

function flagsIn(text: string): Set<string> {
  const found = text.matchAll(/(?<![^\s>])--([a-z][a-z0-9-]{0,30})(?![\w-])/g);
  return new Set([...found].flatMap(([, name]) => (name !== undefined && FLAGS.has(name) ? name : [])));
}

/** The framework's commands are called `/sc:build`, and `/build` in its first versions. */
function commandsIn(text: string): string[] {
  const command = slashCommandOf(text);
  return command !== undefined && COMMANDS.has(command.replace(/^sc:/, '')) ? [`/${command}`] : [];
}
