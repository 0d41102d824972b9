/** The git repository of the working directory, read from its files when the line was read. */
import { fieldGroup, id, place, type ValuesOf } from './field.ts';
import type { Scope } from './scope.ts';

export const repositoryFields = fieldGroup({
  repository_root: place('.git above `cwd`', "The work tree's root."),
  repository_name: place(
    'the origin remote, else repository_root',
    'Host, owner and name, for instance `github.com/acme/shop`.',
  ),
  repository_remote: place('.git/config', "The origin's address, without credentials."),
  repository_branch: place(
    '.git/HEAD',
    'The branch that was checked out when the line was read; git_branch is the one when it was written.',
  ),
  repository_head: id('.git/HEAD and its ref', 'The commit that was checked out when the line was read.'),
  repository_worktree: place('.git, where it is a file', 'The name of the linked work tree.'),
});

type RepositoryValues = ValuesOf<typeof repositoryFields>;

export function fillRepository(record: RepositoryValues, { context, capture }: Scope): void {
  const directory = context.last.cwd ?? context.last.project;
  const found = directory === undefined ? undefined : capture.repositoryAt(directory);
  if (found === undefined) return;
  record.repository_root = found.root;
  record.repository_name = found.name;
  record.repository_remote = found.remote;
  record.repository_branch = found.branch;
  record.repository_head = found.head;
  record.repository_worktree = found.worktree;
}
