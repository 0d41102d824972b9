/** `stopwire completion`: the scripts by which shells ask for what could come next. */
import { basename } from 'node:path';
import { UserError } from '../errors.ts';
import type { Terminal } from '../ui.ts';

/** Without an answer, each falls back on the names of files. */
const SCRIPTS = new Map([
  [
    'bash',
    `_stopwire() {
  local IFS=$'\\n'
  COMPREPLY=($(stopwire __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _stopwire stopwire`,
  ],
  [
    'zsh',
    `#compdef stopwire
_stopwire() {
  local -a found
  found=("\${(@f)$(stopwire __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $found[1] ]]; then compadd -- $found; else _files; fi
}
if [[ $funcstack[1] == _stopwire ]]; then _stopwire; else compdef _stopwire stopwire; fi`,
  ],
  [
    'fish',
    `function __stopwire_complete
    set -l found (stopwire __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c stopwire -f -a '(__stopwire_complete)'`,
  ],
]);

export function completion({ shell }: { shell?: string | undefined }, terminal: Terminal): number {
  const wanted = shell ?? basename(terminal.env['SHELL'] ?? '');
  const script = SCRIPTS.get(wanted);
  if (script === undefined) {
    throw new UserError(`There is no completion for ${wanted === '' ? 'an unknown shell' : JSON.stringify(wanted)}.`, {
      hint: `There is one for ${[...SCRIPTS.keys()].join(', ')}: npx stopwire completion bash`,
      exitCode: 2,
    });
  }
  terminal.out(script);
  return 0;
}
