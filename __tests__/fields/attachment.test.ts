import { describe, expect, test } from '@jest/globals';
import { attachmentFields } from '../../src/fields/attachment.ts';
import { environmentFields } from '../../src/fields/environment.ts';
import { listingFields } from '../../src/fields/listings.ts';
import type { MessageRecord } from '../../src/fields/index.ts';
import { mapFixture } from '../helpers/mapped.ts';
import { recordOf, valuesOf } from '../helpers/hand-made.ts';

const attached = (attachment: object): MessageRecord => recordOf({ type: 'attachment', attachment });
const first = (folder: string, subtype: string): MessageRecord | undefined =>
  mapFixture(folder).find((record) => record.subtype === subtype);
const { attachment: _json, ...ownFields } = { ...attachmentFields, ...environmentFields, ...listingFields };

describe('an attachment of a real transcript', () => {
  test.each([
    [
      '2.1.329-skill',
      'file',
      {
        mentioned_file: '/home/dev/project/README.md',
        mentioned_file_lines: 7,
        mentioned_file_total_lines: 7,
        mentioned_file_bytes: 68,
      },
    ],
    [
      '2.1.329-skill',
      'instructions',
      { instruction_files: ['/home/dev/project/CLAUDE.md'], instruction_types: ['Project'], instruction_bytes: 18 },
    ],
    [
      '2.1.329-plan',
      'plan_mode',
      {
        plan_path: '/home/dev/.claude/plans/plan-s-plan-quiet-book.md',
        plan_exists: false,
        plan_reminder_type: 'full',
        plan_is_sub_agent: false,
      },
    ],
    [
      '2.1.329-tuiask',
      'plan_mode_exit',
      { plan_path: '/home/dev/.claude/plans/sequential-launching-stonebraker.md', plan_exists: false },
    ],
    [
      '2.1.329-hook-async',
      'auto_mode',
      {
        auto_mode_consent_flow: false,
        auto_mode_bash_first: true,
        auto_mode_bash_first_steer: 'relaxed',
        auto_mode_steer_only: true,
        auto_mode_bypass: false,
        auto_mode_finish_exposed_work: false,
      },
    ],
    ['2.1.290-compact', 'total_tokens_reminder', { total_tokens_left: 15_000_000 }],
    ['2.1.329-skill', 'unknown_command_fallback', { unknown_command: 'nosuchcommand', available_commands_count: 42 }],
    ['2.1.329-skill', 'command_permissions', { allowed_tools: [] }],
    [
      '2.1.290-compact',
      'environment',
      {
        environment_platform: 'linux',
        environment_os_version: 'Linux 6.8.0-generic',
        environment_shell: 'bash',
        is_git_repo: true,
        is_worktree: false,
        working_directory: '/home/dev/project',
        additional_directories: [],
      },
    ],
    ['2.1.290-compact', 'date', { announced_date: '2026-11-21' }],
    [
      '2.1.290-compact',
      'model',
      { announced_model: 'claude-opus-5-5', announced_model_name: 'Opus 5.5', knowledge_cutoff: 'June 2026' },
    ],
    ['2.1.290-compact', 'session_context', { initial_git_status: "<elided: 278 chars of the client's own text>" }],
    [
      '2.1.290-compact',
      'remote_session_change',
      {
        commit_trailer: 'Co-Authored-By: Claude Opus 5.5 <noreply@anthropic.com>',
        pr_trailer: '🤖 Generated with [Claude Code](https://claude.com/claude-code)',
        is_managed_commit: false,
        is_managed_pr: false,
        has_send_file_hint: false,
      },
    ],
    [
      '2.1.290-compact',
      'agent_listing_delta',
      {
        is_initial_listing: true,
        added_agent_types: ['claude', 'Explore', 'general-purpose', 'Plan', 'statusline-setup'],
        removed_agent_types: [],
        built_in_agent_types: ['claude', 'Explore', 'general-purpose', 'Plan', 'statusline-setup'],
        shows_concurrency_note: true,
      },
    ],
    ['2.1.119-compact', 'skill_listing', { is_initial_listing: true, skill_count: 9 }],
    [
      '2.1.329-bash',
      'deferred_tools_delta',
      {
        deferred_tools_added: 15,
        deferred_tools_readded: 0,
        deferred_tools_removed: 0,
        deferred_tools_hidden: 0,
        mcp_servers_failed: [],
        mcp_servers_failed_count: 0,
        mcp_servers_pending: [],
        mcp_servers_pending_count: 0,
        mcp_servers_needing_auth: [],
        mcp_servers_needing_auth_count: 0,
      },
    ],
    ['2.1.329-multiturn', 'deferred_tools_record', { deferred_tools_recorded: 2 }],
    ['2.1.329-budget', 'budget_usd', {}],
  ])('%s: %s', (folder, subtype, expected) => {
    expect(valuesOf(ownFields, first(folder, subtype))).toEqual(expected);
  });
});

describe('a hand-made attachment', () => {
  test.each([
    [{ type: 'total_tokens_reminder', text: '<total_tokens>Infinite tokens left</total_tokens>' }, {}],
    [{ type: 'plan_mode_reentry', planFilePath: '/p.md' }, { plan_path: '/p.md' }],
    [{ type: 'command_permissions', allowedTools: ['Bash(git add:*)', 7] }, { allowed_tools: ['Bash(git add:*)'] }],
    [
      { type: 'environment', changes: [{ field: 'workingDirectory', from: '/a' }, { field: 1 }] },
      { environment_changes: ['workingDirectory'] },
    ],
    [
      { type: 'remote_session_change', url: 'https://claude.ai/code/x' },
      { remote_session_url: 'https://claude.ai/code/x' },
    ],
    [
      { type: 'deferred_tools_delta', failedMcpServers: ['a'], pendingMcpServers: ['b', 'c'] },
      {
        mcp_servers_failed: ['a'],
        mcp_servers_failed_count: 1,
        mcp_servers_pending: ['b', 'c'],
        mcp_servers_pending_count: 2,
      },
    ],
    [{ type: 'file', filename: 7, content: 'x' }, {}],
    [{ type: 'instructions', files: 'x' }, {}],
    [{ type: 'constructor' }, {}],
  ])('%j', (attachment, expected) => {
    expect(valuesOf(ownFields, attached(attachment))).toEqual(expected);
  });
});

describe('the whole attachment', () => {
  test('is kept as JSON', () => {
    expect(first('2.1.329-budget', 'budget_usd')?.attachment).toBe(
      '{"type":"budget_usd","used":0,"total":0.01,"remaining":0.01}',
    );
  });

  test('has its system prompt and tools elsewhere', () => {
    const record = attached({ type: 'prompt_snapshot', systemPrompt: ['p'], tools: [], inlineTools: false });
    expect(record).toMatchObject({ attachment: '{"type":"prompt_snapshot","inlineTools":false}', system_prompt: 'p' });
  });

  test.each([
    ['an image', { source: { type: 'base64', media_type: 'image/png', data: 'SECRET' } }],
    ['a picture that was read', { file: { base64: 'SECRET', type: 'image/png' } }],
    ['an encrypted page', [{ encrypted_content: 'SECRET' }]],
  ])('leaves out %s', (_, content) => {
    const { attachment = '' } = attached({ type: 'file', content });
    expect(attachment).toContain('"type":"file"');
    expect(attachment).not.toContain('SECRET');
  });

  test('of an unknown kind stays', () => {
    const record = attached({ type: 'brand_new', words: 'SECRET', more: 1 });
    expect(record).toMatchObject({ unknown: true, unknown_keys: 3 });
    expect(JSON.stringify(record)).not.toContain('SECRET');
  });
});
