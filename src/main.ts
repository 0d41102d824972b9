#!/usr/bin/env node
/** The bin: what the hook starts, or the command line. Each is loaded only where it is needed. */
if (process.argv[2] === 'hook') {
  await (await import('./hook.ts')).hook();
} else {
  await (await import('./cli.ts')).main(process.argv.slice(2));
}
