import { describe, expect, test } from '@jest/globals';
import type { FieldGroup } from '../../src/fields/field.ts';
import { extraFields } from '../../src/fields/extras.ts';
import { rowGroups } from '../../src/fields/rows.ts';
import { unknownFields } from '../../src/fields/unknown.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';

const groups: FieldGroup = { ...Object.assign({}, ...Object.values(rowGroups)), ...extraFields, ...unknownFields };
const of = (record: MessageRecord | undefined): object => valuesOf(groups, record);

describe('a row of a real transcript', () => {
  test.each([
    [
      '2.1.329-worktree',
      ({ type }: MessageRecord) => type === 'worktree-state',
      {
        worktree_state: 'entered',
        worktree_name: 'wt1',
        worktree_path: '/home/dev/project/.claude/worktrees/wt1',
        worktree_branch: 'worktree-wt1',
        worktree_original_cwd: '/home/dev/project',
        worktree_pre_enter_cwd: '/home/dev/project',
        worktree_original_branch: 'main',
        worktree_original_head: '9a822230c2e3246094595ac628f7a3c40d82cb35',
        worktree_session_id: '65b039c3-c9e4-48d4-880e-60eb85bd09df',
      },
    ],
    [
      '2.1.329-tuicommands',
      ({ subtype }: MessageRecord) => subtype === 'remove',
      {
        queue_operation: 'remove',
        queue_reason: 'absorbed_mid_turn',
        queue_command_uuid: 'c6140dec-33c0-453e-ae75-b23c2a321669',
        queue_delivery_id: '3352494a-d22a-4a07-92ab-fa9fb066d6c3',
      },
    ],
    [
      '2.1.329-tuicommands',
      ({ subtype }: MessageRecord) => subtype === 'queued_command',
      {
        attachment: expect.stringContaining('Queued while busy'),
        queue_delivery_id: '3352494a-d22a-4a07-92ab-fa9fb066d6c3',
        queue_source_uuid: 'c6140dec-33c0-453e-ae75-b23c2a321669',
        queue_command_mode: 'prompt',
        queue_is_human: true,
        queue_origin_kind: 'human',
        queued_at: '2026-11-21T02:47:41.216Z',
      },
    ],
    [
      '2.1.329-bashbg',
      ({ queue_skips_attachments }: MessageRecord) => queue_skips_attachments !== undefined,
      { queue_skips_attachments: true },
    ],
    [
      '2.1.329-tuibg',
      ({ snapshot_has_untracked }: MessageRecord) => snapshot_has_untracked !== undefined,
      {
        snapshot_message_id: 'aabd7563-82e3-4038-a6de-24f3bd0c34db',
        snapshot_timestamp: '2026-11-21T02:50:56.834Z',
        is_snapshot_update: false,
        snapshot_has_untracked: true,
        snapshot_file_count: 0,
        snapshot_files: [],
      },
    ],
    ['2.1.329-bash', ({ type }: MessageRecord) => type === 'tools-used', { tools_used: ['Bash'] }],
    ['2.1.290-compact', ({ type }: MessageRecord) => type === 'atis-latch', { latch: '' }],
    ['2.1.329-tuicommands', ({ type }: MessageRecord) => type === 'custom-title', { custom_title: 'my-name' }],
    ['2.1.329-tuicommands', ({ type }: MessageRecord) => type === 'agent-name', { agent_label: 'my-name' }],
    [
      '1.0.128-compact',
      ({ type }: MessageRecord) => type === 'summary',
      { session_summary: 'After thinking: use a queue.' },
    ],
    [
      '2.1.329-skill',
      ({ command_run }: MessageRecord) => command_run !== undefined,
      { command_run: 'context', command_run_args: '' },
    ],
    ['2.1.50-compact', ({ type }: MessageRecord) => type === 'progress', {}],
    ['2.1.329-bash', ({ type }: MessageRecord) => type === 'assistant', {}],
  ])('%s', (folder, isWanted, expected) => {
    expect(of(mapFixture(folder).find(isWanted))).toEqual(expected);
  });
});

describe('a hand-made row', () => {
  const backup = { backupFileName: 'f@v2', version: 2, backupTime: '2026-11-21T02:00:00.000Z' };

  test.each([
    [{ type: 'ai-title', aiTitle: 'Title' }, { ai_title: 'Title' }],
    [{ type: 'tag', tag: 'mine' }, { session_tag: 'mine' }],
    [{ type: 'agent-color', agentColor: 'red' }, { agent_color: 'red' }],
    [{ type: 'agent-setting', agentSetting: 'reviewer' }, { agent_setting: 'reviewer' }],
    [
      { type: 'task-summary', summary: 'Done', taskStatus: 'completed' },
      { session_summary: 'Done', task_status: 'completed' },
    ],
    [
      { type: 'pr-link', prUrl: 'https://github.com/o/r/pull/9', prNumber: 9, prRepository: 'o/r' },
      { pr_link_url: 'https://github.com/o/r/pull/9', pr_number: 9, pr_repository: 'o/r' },
    ],
    [
      { type: 'bridge-session', bridgeSessionId: 'b', lastSequenceNum: 4 },
      { bridge_session_id: 'b', bridge_sequence: 4 },
    ],
    [{ type: 'continued-in', continuedInSessionId: 'n' }, { continued_in_session_id: 'n' }],
    [
      { type: 'fork-context-ref', parentSessionId: 'p', parentLastUuid: 'u', contextLength: 12 },
      { fork_parent_session_id: 'p', fork_parent_uuid: 'u', fork_context_length: 12 },
    ],
    [{ type: 'relocated', relocatedCwd: '/new' }, { relocated_cwd: '/new' }],
    [{ type: 'isolation-latch', side: 'host' }, { isolation_side: 'host' }],
    [{ type: 'worktree-state', worktreeSession: null }, { worktree_state: 'left' }],
    [{ type: 'worktree-state' }, {}],
    [
      { type: 'worktree-state', worktreeSession: { tmuxSessionName: 't', hookBased: true } },
      { worktree_state: 'entered', worktree_tmux_session: 't', worktree_hook_based: true },
    ],
    [
      { type: 'file-history-snapshot', snapshot: { trackedFileBackups: { 'src/a.ts': backup } } },
      {
        snapshot_file_count: 1,
        snapshot_files: ['src/a.ts'],
        snapshot_backups: JSON.stringify({ 'src/a.ts': backup }),
      },
    ],
    [
      {
        type: 'file-history-delta',
        snapshotMessageId: 's',
        trackingPath: 'src/a.ts',
        backup: { ...backup, realParentDir: '/p/src' },
      },
      {
        snapshot_message_id: 's',
        tracking_path: 'src/a.ts',
        backup_name: 'f@v2',
        backup_version: 2,
        backup_time: '2026-11-21T02:00:00.000Z',
        backup_real_parent: '/p/src',
      },
    ],
    [{ type: 'file-history-delta', backup: { backupFileName: null, version: 1 } }, { backup_version: 1 }],
    [
      {
        type: 'attribution-snapshot',
        surface: 'cli',
        fileStates: { 'a.ts': { claudeContribution: 10 } },
        promptCount: 6,
        promptCountAtLastCommit: 5,
        permissionPromptCount: 4,
        permissionPromptCountAtLastCommit: 3,
        escapeCount: 2,
        escapeCountAtLastCommit: 1,
      },
      {
        attribution_surface: 'cli',
        attribution_file_states: '{"a.ts":{"claudeContribution":10}}',
        prompt_count: 6,
        prompt_count_at_last_commit: 5,
        permission_prompt_count: 4,
        permission_prompt_count_at_last_commit: 3,
        escape_count: 2,
        escape_count_at_last_commit: 1,
      },
    ],
    [
      { type: 'content-replacement', replacements: [{ toolUseId: 't', replacement: 'short' }, {}] },
      {
        replaced_results_count: 2,
        replaced_tool_use_ids: ['t'],
        replacements: '[{"toolUseId":"t","replacement":"short"},{}]',
      },
    ],
    [
      {
        type: 'marble-origami-commit',
        collapseId: '0001',
        summaryUuid: 's',
        summaryContent: '<collapsed>x</collapsed>',
        summary: 'x',
        firstArchivedUuid: 'a',
        lastArchivedUuid: 'b',
      },
      {
        collapse_id: '0001',
        summary_uuid: 's',
        summary_content: '<collapsed>x</collapsed>',
        session_summary: 'x',
        first_archived_uuid: 'a',
        last_archived_uuid: 'b',
      },
    ],
    [
      { type: 'marble-origami-snapshot', staged: [{ risk: 0.1 }], armed: true, lastSpawnTokens: 32 },
      { staged_nodes: '[{"risk":0.1}]', is_armed: true, last_spawn_tokens: 32 },
    ],
    [{ type: 'tombstone', message: { uuid: 'u' } }, { tombstone_uuid: 'u' }],
    [
      { type: 'progress', data: { type: 'waiting_for_task', taskType: 'local_bash', taskDescription: 'Build' } },
      { task_type: 'local_bash', task_description: 'Build' },
    ],
    [
      { type: 'progress', data: { type: 'bash_progress', output: 'o', elapsedTimeSeconds: 1.5, totalLines: 3 } },
      { progress_output: 'o', progress_elapsed_ms: 1500, progress_lines: 3 },
    ],
    [
      {
        type: 'progress',
        data: { type: 'mcp_progress', status: 's', serverName: 'x', toolName: 'y', elapsedTimeMs: 5 },
      },
      { progress_state: 's', progress_server: 'x', progress_server_tool: 'y', progress_elapsed_ms: 5 },
    ],
    [
      { type: 'progress', data: { type: 'search_results_received', query: 'q', resultCount: 2 } },
      { progress_query: 'q', progress_results: 2 },
    ],
    [
      { type: 'progress', data: { type: 'agent_progress', prompt: 'Look', message: { uuid: 'u', type: 'assistant' } } },
      { progress_prompt: 'Look', progress_message_uuid: 'u', progress_message_type: 'assistant' },
    ],
    [
      { type: 'system', subtype: 'bridge_status', url: 'https://x', upgradeNudge: 'n', priority: 'high' },
      { url: 'https://x', upgrade_nudge: 'n', priority: 'high' },
    ],
    [
      {
        type: 'system',
        subtype: 'memory_saved',
        writtenPaths: ['/a', 7],
        commands: ['ls'],
        research: { a: 1 },
        file_attachments: [{ b: 2 }],
      },
      { written_paths: ['/a'], commands: '["ls"]', research: '{"a":1}', file_attachments: '[{"b":2}]' },
    ],
  ])('%j', (line, expected) => {
    expect(of(recordOf(line))).toEqual(expected);
  });
});

describe('a row of an unknown kind', () => {
  const data = { type: 'brand_new', output: 'SECRET', message: { uuid: 'SECRET' } };

  test.each([
    [{ type: 'brand-new', url: 'SECRET', customTitle: 'SECRET', commands: ['SECRET'] }, 4],
    [{ type: 'system', subtype: 'brand_new', content: 'SECRET', url: 'SECRET' }, 4],
    [{ type: 'queue-operation', operation: 'enqueue' }, undefined],
    [{ type: 'progress', data }, 3],
    [{ a: 'SECRET' }, 1],
  ])('%j has %j keys', (line, keys) => {
    expect(of(recordOf(line))).toEqual(keys === undefined ? { queue_operation: 'enqueue' } : { unknown_keys: keys });
  });
});
