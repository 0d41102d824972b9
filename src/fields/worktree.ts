/** The worktree that the session works in, and where it came from. */
import { asBoolean, asObject, asString } from '../lib/json.ts';
import { fieldGroup, flag, id, place, word, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const worktreeFields = fieldGroup({
  worktree_state: word('`worktreeSession` is an object or null', '`entered` or `left`.'),
  worktree_name: place('`worktreeSession.worktreeName`', 'The name of the worktree.'),
  worktree_path: place('`worktreeSession.worktreePath`', 'Its directory.'),
  worktree_branch: place('`worktreeSession.worktreeBranch`', 'Its branch.'),
  worktree_original_cwd: place('`worktreeSession.originalCwd`', 'The directory that the session was started in.'),
  worktree_pre_enter_cwd: place(
    '`worktreeSession.preEnterOriginalCwd`',
    'The working directory before it was entered.',
  ),
  worktree_original_branch: place('`worktreeSession.originalBranch`', 'The branch that was checked out there.'),
  worktree_original_head: id('`worktreeSession.originalHeadCommit`', 'The commit that was checked out there.'),
  worktree_session_id: id('`worktreeSession.sessionId`', 'The session that the worktree belongs to.'),
  worktree_tmux_session: place('`worktreeSession.tmuxSessionName`', 'The tmux session that it was opened in.'),
  worktree_hook_based: flag('`worktreeSession.hookBased`', 'A hook made the worktree, not git.'),
});

type Worktree = ValuesOf<typeof worktreeFields>;

export function fillWorktree(record: Worktree, { parts: { line } }: Scope): void {
  const entered = asObject(line['worktreeSession']);
  if (line['worktreeSession'] === null) record.worktree_state = 'left';
  if (entered === undefined) return;
  record.worktree_state = 'entered';
  record.worktree_name = asString(entered['worktreeName']);
  record.worktree_path = asString(entered['worktreePath']);
  record.worktree_branch = asString(entered['worktreeBranch']);
  record.worktree_original_cwd = asString(entered['originalCwd']);
  record.worktree_pre_enter_cwd = asString(entered['preEnterOriginalCwd']);
  record.worktree_original_branch = asString(entered['originalBranch']);
  record.worktree_original_head = asString(entered['originalHeadCommit']);
  record.worktree_session_id = asString(entered['sessionId']);
  record.worktree_tmux_session = asString(entered['tmuxSessionName']);
  record.worktree_hook_based = asBoolean(entered['hookBased']);
}
