/** Anosys: a Stop hook with flat records. */
import { anosysColumns } from '../../src/destinations/anosys/columns.ts';
import type { Row, System } from './system.ts';

const columns = Object.entries(anosysColumns);

export const anosys: System = {
  name: 'Anosys hook (AN)',
  about:
    'A Stop hook that sends each line as a flat record. The columns are listed one by one in [anosys.md](anosys.md).',
  rows: [
    [
      'AN-031',
      'which files are read',
      'source_file',
      '`stopwire run`: every transcript below `projects/`, at any depth',
    ],
    ['AN-032', 'what stands beside the file of a sub-agent', 'agent_type agent_description agent_depth agent_model'],
    [
      'AN-033',
      'only what is new since the last fire',
      'source_offset line_number',
      'a cursor for each destination and file',
    ],
    [
      'AN-034',
      'going on after a file was rewritten',
      'id line_hash',
      'anchors before the cursor; where they are gone, the file is read from its start, and ids stay',
    ],
    ['AN-035', 'catching up with other sessions', 'session_id', 'every fire looks at all transcripts'],
    [
      'AN-036',
      'facts that hold until a line says otherwise',
      'cwd session_id git_branch client_version session_slug permission_mode user_type',
    ],
    ['AN-041', 'hiding what was written', '', '`--redaction content`, by the privacy class of each field'],
    ['AN-050', 'user lines: text, images, tool results', 'text image_count tool_result_ids tool_results tool_is_error'],
    ['AN-051', 'assistant lines: text, thinking, tool calls', 'text thinking tool_names tool_inputs'],
    ['AN-052', 'what the Stop hooks did', 'hook_count hook_commands hook_errors hook_duration_ms'],
    ['AN-053', 'local commands', 'slash_command text'],
    ['AN-054', 'how long a turn took, by the client', 'client_turn_duration_ms'],
    ['AN-055', 'API errors', 'error_message error_class failed_request_id'],
    ['AN-056', 'other notices of the client', 'subtype text'],
    ['AN-057', 'progress lines', 'hook_name hook_event hook_command task_description task_type text thinking'],
    ['AN-058', 'titles of sessions in old clients', 'text'],
    ['AN-059', 'the queue of prompts', 'queue_operation text'],
    ['AN-060', 'the last prompt', 'last_prompt'],
    ['AN-061', 'checkpoints of files', 'row_id snapshot_message_id snapshot_files'],
    ['AN-062', 'attachments', 'attachment'],
    ['AN-063', 'lines that were taken back', 'tombstone_uuid'],
    ['AN-064', 'titles that people gave', 'custom_title session_title'],
    ['AN-065', 'titles that the model gave', 'ai_title session_title'],
    ['AN-066', 'summaries of tasks', 'text'],
    ['AN-067', 'tags of sessions', 'session_tag'],
    ['AN-068', 'names of agents', 'agent_label'],
    ['AN-069', 'colours of agents', 'agent_color'],
    ['AN-070', 'settings of agents', 'agent_setting'],
    ['AN-071', 'pull requests', 'pr_link_url pr_number pr_repository'],
    [
      'AN-072',
      'what was written by whom',
      'attribution_surface attribution_file_states prompt_count permission_prompt_count escape_count',
    ],
    ['AN-073', 'time that a prepared answer saved', 'time_saved_ms'],
    ['AN-074', 'modes', 'session_mode'],
    ['AN-075', 'work trees', 'worktree_state worktree_name worktree_path worktree_branch'],
    ['AN-076', 'tool results that were replaced', 'replaced_results_count'],
    [
      'AN-077',
      'history that was collapsed',
      'collapse_id summary_uuid summary_content first_archived_uuid last_archived_uuid',
    ],
    ['AN-078', 'history that is to be collapsed', 'staged_nodes is_armed last_spawn_tokens'],
    ['AN-079', 'lines of unknown types', 'unknown type', 'a record like any other; nothing is dropped'],
    ['AN-080', 'hooks and retries of the older format', 'hook_count max_retries retry_attempt retry_in_ms'],
    ['AN-082', 'a price table', 'price_id', '`pricing/*.json`, with the days on which each price held'],
    ['AN-083', 'prices for long prompts', 'price_id cost_usd'],
    ['AN-084', 'cost of a response', 'cost_usd cost_pico_usd cost_status cost_flags'],
    ['AN-085', 'sum of the tokens', 'total_tokens'],
    [
      'AN-086',
      'what a line adds to its response',
      'message_id usage_final',
      'usage counts once for each message_id; the destination makes the difference',
    ],
    ...columns.map(columnRow),
  ],
};

/** The columns are numbered in their order. */
function columnRow([column, { field, rule }]: (typeof columns)[number], index: number): Row {
  const id = `AN-F${String(index + 1).padStart(3, '0')}`;
  const row = [id, `\`${column}\``, field ?? ''] as const;
  return rule === undefined ? row : [...row, rule];
}
