/** The built program in a real pseudo-terminal, which script(1) makes, with somebody at it who types. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, type Sandbox } from './sandbox.ts';

export const ENTER = '\r';
export const DOWN = '\u001B[B';
export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';

/** What is done when a question is on the screen: keys that are typed, or an act of its own. */
export type Answer = string | ((pid: number) => void);

export interface Session {
  /** Of the program. */
  code: number | null;
  /** All that was on the screen, without colours and cursor movements, and with single blanks. */
  screen: string;
  /** Whether the terminal is as it was: it echoes, takes lines and shows its cursor. */
  isSane: boolean;
  /** Questions that never came. */
  unasked: string[];
}

/** Answers each question when it is on the screen. The terminal has 80 columns unless said otherwise. */
export async function converse(
  { home, env }: Sandbox,
  args: readonly string[],
  dialogue: readonly (readonly [question: string, answer: Answer])[],
  { columns = 80 } = {},
): Promise<Session> {
  const notes = mkdtempSync(join(tmpdir(), 'stopwire-terminal-'));
  const [pidFile, modes] = [join(notes, 'pid'), join(notes, 'modes')];
  const program = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
  const inner = `echo \\$$ > '${pidFile}'; exec ${program}`;
  // The shell outlives a Ctrl-C, to say how the terminal was left.
  const around = `trap : INT; stty cols ${columns} rows 24; sh -c "${inner}"; code=$?`;
  const command = `${around}; stty -a > '${modes}'; exit $code`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: home, env: { ...env, TERM: 'xterm' } });
  const left = [...dialogue];
  let raw = '';
  let read = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text;
    const [question, answer] = left[0] ?? [];
    if (question === undefined || answer === undefined || !plain(raw.slice(read)).includes(question)) return;
    left.shift();
    read = raw.length;
    if (typeof answer === 'string') child.stdin.write(answer);
    else answer(Number(readFileSync(pidFile, 'utf8')));
  });
  const timer = setTimeout(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL'), PATIENCE_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  const isCooked = / icanon.* echo /s.test(readFileSync(modes, 'utf8'));
  rmSync(notes, { recursive: true });
  return {
    code,
    screen: plain(raw),
    isSane: isCooked && raw.lastIndexOf(HIDE) <= raw.lastIndexOf(SHOW),
    unasked: left.map(([question]) => question),
  };
}

/** A program that waits for an answer nobody has for it is ended. */
const PATIENCE_MS = 20_000;

const HIDE = '\u001B[?25l';
const SHOW = '\u001B[?25h';

/** A long question is broken into lines wherever the terminal ends. */
function plain(raw: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the sequences to take out
  return raw.replaceAll(/\u001B\[[?\d;]*[A-Za-z]/g, '').replaceAll(/\s+/g, ' ');
}
