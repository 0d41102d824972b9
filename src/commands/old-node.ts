/** What an old Node gets to see in the place of the program, which it could not load: a sentence. */
import { appendLog } from '../state/log.ts';
import { pathsFrom } from '../state/paths.ts';

/** Says it in the log, where the hook starts it, which must end with 0 and say nothing; else on standard error. */
export function refuseOldNode(isHook: boolean): void {
  const problem = `stopwire needs Node 20.19 or later, and ${process.execPath} is ${process.versions.node}.`;
  if (isHook) return appendLog(pathsFrom(process.env).log, { at: new Date().toISOString(), error: problem });
  process.stderr.write(`error: ${problem}\nInstall a newer Node; then: npx stopwire install\n`);
  process.exitCode = 1;
}
