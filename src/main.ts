#!/usr/bin/env node
/** The bin: what the hook starts, or the command line. Each is loaded only where it is needed. */
if (isTooOld()) {
  (await import('./commands/old-node.ts')).refuseOldNode(process.argv[2] === 'hook');
} else if (process.argv[2] === 'hook') {
  await (await import('./hook.ts')).hook();
} else if (isInFolder()) {
  await (await import('./cli.ts')).main(process.argv.slice(2));
} else {
  process.stderr.write('error: The folder that this was started in does not exist any more.\n');
  process.stderr.write('Go to another one (cd), and run the same command again.\n');
  process.exitCode = 1;
}

/** Asked first: the parser of the command line asks while it is loaded, and ends with a stack where there is none. */
function isInFolder(): boolean {
  try {
    process.cwd();
    return true;
  } catch {
    return false;
  }
}

/** Older than package.json's `engines`: asked first, since the rest may not even load. */
function isTooOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19);
}
