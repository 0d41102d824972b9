/** The launcher for Windows without Git Bash, in PowerShell 5.1 or later. Experimental: it was written from the manual. */

export interface PowershellLauncher {
  node: string;
  program: string;
  wake: string;
  base: { readonly [variable: string]: string };
}

/**
 * What settings.json says besides: `shell` names PowerShell, whichever shell the client would take (the hook contract).
 * A script file runs only in a PowerShell of its own, which is told that it may.
 */
export function powershellCommand(launcher: string, mark: string): { command: string; shell: 'powershell' } {
  const file = literal(launcher.replaceAll('\\', '/'));
  const command = `powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File ${file} ${mark} 2>$null; exit 0`;
  return { command, shell: 'powershell' };
}

/**
 * The script. It begins with a byte order mark: PowerShell 5.1 takes a file without one for the system's old code page.
 * The process's own environment is cleared, since `Start-Process` knows no other way to start a worker with little.
 */
export function powershellScript(
  { node, program, wake, base }: PowershellLauncher,
  inherited: readonly string[],
): string {
  const variables = Object.entries(base).map(([name, value]) => `$env:${name} = ${literal(value)}`);
  return `\uFEFF# stopwire: the Stop hook's launcher. Starts a hidden worker and exits 0 at once, whatever is missing.
$ErrorActionPreference = 'SilentlyContinue'
if ($env:STOPWIRE_DISABLED -eq '1') { exit 0 }
$node = ${literal(node)}
$program = ${literal(program)}
if (-not (Test-Path -LiteralPath $node)) { $node = (Get-Command node.exe -CommandType Application)[0].Source }
if (-not $node -or -not (Test-Path -LiteralPath $program)) { exit 0 }
try { [IO.File]::WriteAllText(${literal(wake)}, '') } catch { }
$inherited = ${inherited.map(literal).join(', ')}
Get-ChildItem Env: | Where-Object { $inherited -notcontains $_.Name } | Remove-Item
${variables.join('\n')}
$arguments = '--max-semi-space-size=4 "' + $program + '" hook'
try { Start-Process -FilePath $node -ArgumentList $arguments -WindowStyle Hidden } catch { }
exit 0
`;
}

/** A literal string: nothing in it is expanded. PowerShell takes typographic quotes for quotes, too. */
function literal(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
}
