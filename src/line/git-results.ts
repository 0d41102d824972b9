/** Commits and pull requests that a command made, by what the client noted, else by what git and its hosts printed. */
import { asObject, asString, type JsonObject } from '../lib/json.ts';
import type { Invocation } from './programs.ts';

export interface GitResults {
  commitSha: string | undefined;
  commits: number;
  pullRequestUrl: string | undefined;
  pullRequests: number;
}

/** How much of an output is looked at. */
const MAX_OUTPUT = 32_768;

/** Undefined where the command called none of git, gh and glab. */
export function gitResults(invocations: readonly Invocation[], answer: JsonObject): GitResults | undefined {
  if (!invocations.some(({ program }) => program === 'git' || program === 'gh' || program === 'glab')) return undefined;
  const commit = commitsOf(invocations, answer);
  const request = pullRequestOf(invocations, answer);
  return { ...commit, ...request };
}

/** `[main 1a2b3c4] message`, `[main (root-commit) 1a2b3c4] message`, `[detached HEAD 1a2b3c4] message` */
const COMMIT = /^\[[^\]\n]{1,250} ([\da-f]{7,40})\] /gm;

function commitsOf(invocations: readonly Invocation[], answer: JsonObject): Pick<GitResults, 'commitSha' | 'commits'> {
  const noted = asString(asObject(asObject(answer['gitOperation'])?.['commit'])?.['sha']);
  const calls = invocations.filter((call) => isCall(call, 'git', ['commit', 'cherry-pick', 'revert']));
  if (calls.length === 0) return { commitSha: noted, commits: noted === undefined ? 0 : 1 };
  const printed = [...output(answer, 'stdout').matchAll(COMMIT)].map(([, sha]) => sha);
  const isQuiet = calls.some(
    ({ args }) => args.includes('commit') && (args.includes('-q') || args.includes('--quiet')),
  );
  const isNoted = noted !== undefined || isQuiet;
  return { commitSha: noted ?? printed.at(-1), commits: Math.max(printed.length, isNoted ? 1 : 0) };
}

const PULL_REQUEST = /https:\/\/[\w.:-]+\/[\w./-]{1,200}\/(?:pull|merge_requests)\/\d+/;

function pullRequestOf(
  invocations: readonly Invocation[],
  answer: JsonObject,
): Pick<GitResults, 'pullRequestUrl' | 'pullRequests'> {
  const noted = asObject(asObject(answer['gitOperation'])?.['pr']);
  const isCreated = invocations.some((call) => isCall(call, 'gh', ['create']) || isCall(call, 'glab', ['create']));
  const isAsked = invocations.some(({ program, args }) => program !== 'git' || args.includes('push'));
  const printed = isAsked ? PULL_REQUEST.exec(output(answer, 'stdout') + output(answer, 'stderr'))?.[0] : undefined;
  const url = asString(noted?.['url']) ?? printed;
  const isNew = noted === undefined ? isCreated && url !== undefined : noted['action'] === 'created';
  return { pullRequestUrl: url, pullRequests: isNew ? 1 : 0 };
}

/** Whether one of the first words that are no options is the subcommand: `git -C folder commit`, `gh pr create`. */
function isCall({ program, args }: Invocation, name: string, subcommands: readonly string[]): boolean {
  if (program !== name) return false;
  return args
    .filter((arg) => !arg.startsWith('-'))
    .slice(0, 3)
    .some((arg) => subcommands.includes(arg));
}

function output(answer: JsonObject, name: 'stdout' | 'stderr'): string {
  return (asString(answer[name]) ?? '').slice(0, MAX_OUTPUT);
}
