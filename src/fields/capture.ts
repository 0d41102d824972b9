/** What a record says beside its line: facts of the machine and of the moment at which the line was read. */
import type { Account } from '../lib/claude-account.ts';
import type { Repository } from '../lib/git-files.ts';
import type { Host } from '../lib/host.ts';

/** Whether a name belongs to the transcript that claims it, and to which session where it does not. */
export interface Claim {
  isOwner: boolean;
  /** The session of the transcript that was first; absent where that file is gone. */
  session?: string | undefined;
}

export interface Capture {
  /** Claims a response or a prompt for a transcript: the first one to do so owns it, and others hold copies. */
  claim: (name: string, path: string) => Claim;
  /** The version of stopwire that maps. */
  version: string;
  host: Host;
  /** A random name for this installation. */
  hostId?: string | undefined;
  /** Only where the user has asked for it. */
  account?: Account | undefined;
  /** The repository that a directory belongs to, as it is now. */
  /** MCP servers and skills that the client knows of in a project, by name and scope. */
  inventoryAt: (project: string) => { mcpServers: readonly string[]; skills: readonly string[] };
  repositoryAt: (directory: string) => Repository | undefined;
}
