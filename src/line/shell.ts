/** Shell scripts as far as it takes to tell which programs they call: quotes, here-documents and operators. */

/** How much of a script is looked at. */
const MAX_LENGTH = 8192;

/** A simple command: the program and its arguments, without quotes; a redirection is one word, `>file`. */
export type Words = readonly string[];

/**
 * The simple commands of a script in the order of the text. Substitutions inside double quotes are part of their word;
 * nothing is expanded.
 */
export function simpleCommands(script: string): readonly Words[] {
  const text = script.slice(0, MAX_LENGTH);
  const commands: string[][] = [];
  const heredocs: string[] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined && word !== '') words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < text.length;) {
    const { kind, value, end } = tokenAt(text, at, word === undefined);
    at = end;
    if (kind === 'part') word = (word ?? '') + value;
    else if (kind === 'blank') endWord();
    else if (kind === 'heredoc') heredocs.push(value);
    else if (kind === 'redirect') {
      if (/^\d+$/.test(word ?? '')) word = undefined;
      endWord();
      word = value;
    } else {
      endCommand();
      if (value === '\n') at = heredocs.splice(0).reduce((from, mark) => endOfHeredoc(text, from, mark), at);
    }
  }
  endCommand();
  return commands;
}

interface Token {
  kind: 'part' | 'blank' | 'heredoc' | 'redirect' | 'end';
  value: string;
  end: number;
}

/** Every character begins one of them. */
const PATTERNS: readonly [Token['kind'], RegExp][] = [
  ['blank', /[ \t\r]+|\\\r?\n/y],
  ['heredoc', /<<-?[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|([\w.][\w.-]*))/y],
  ['redirect', /(&>|[<>])[<>&|]*[ \t]*/y],
  ['end', /([\n;()`]|&+|\|+)&?/y],
  ['part', /'([^']*)'?|\\([^])|([^\s'"\\;&|()`<>]+)|([^])/y],
];

function tokenAt(text: string, at: number, isWordStart: boolean): Token {
  const char = text[at];
  if (char === '"') {
    const end = endOfQuoted(text, at);
    return { kind: 'part', value: text.slice(at + 1, end - 1), end };
  }
  if (char === '#' && isWordStart) {
    const end = text.indexOf('\n', at);
    return { kind: 'blank', value: '', end: end === -1 ? text.length : end };
  }
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null)
      return { kind, value: found.slice(1).find((part) => part !== undefined) ?? '', end: pattern.lastIndex };
  }
  return { kind: 'blank', value: '', end: at + 1 };
}

/** The index behind the double quote that closes the one at `from`. */
function endOfQuoted(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 2;
    else if (text.startsWith('$(', at)) at = endOfSubstitution(text, at + 2);
    else at += 1;
  }
  return at + 1;
}

const HEREDOC = /<<-?[ \t]*(['"]?)([^'"\s;&|()<>]+)\1/y;

/** The index behind the parenthesis that closes a substitution; a here-document in it can hold any quotes. */
function endOfSubstitution(text: string, from: number): number {
  let depth = 1;
  let at = from;
  while (at < text.length && depth > 0) {
    HEREDOC.lastIndex = at;
    const mark = text[at] === '<' ? HEREDOC.exec(text)?.[2] : undefined;
    if (mark !== undefined) {
      at = endOfHeredoc(text, text.indexOf('\n', at) + 1 || text.length, mark);
    } else if (text[at] === '"') at = endOfQuoted(text, at);
    else if (text[at] === "'") at = text.indexOf("'", at + 1) + 1 || text.length;
    else {
      if (text[at] === '(') depth += 1;
      if (text[at] === ')') depth -= 1;
      at += text[at] === '\\' ? 2 : 1;
    }
  }
  return at;
}

/** The index behind the line that ends a here-document; the end of the text where there is none. */
function endOfHeredoc(text: string, from: number, mark: string): number {
  for (let at = from; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    if (text.slice(at, end).trim() === mark) return Math.min(end + 1, text.length);
    at = end + 1;
  }
  return text.length;
}
