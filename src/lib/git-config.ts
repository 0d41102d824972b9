/** Reads git's configuration files by the syntax in git-config(1); what a file includes is not read. */

/** A variable by its full name, `remote.origin.url`: section and name in lower case, the subsection as it is. */
export interface GitVariable {
  key: string;
  /** Empty for a name that stands alone, which is how git spells true. */
  value: string;
}

/** White space, line ends and comments. */
const GAP = /(?:[ \t\r\n]+|[#;][^\n]*)*/y;
const SECTION = /\[([A-Za-z0-9.-]+)(?:[ \t]+"((?:[^"\\\n]|\\[^\n])*)")?\]/y;
const NAME = /([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=|(?=\n|$))/y;
const ESCAPED: { readonly [letter: string]: string } = { '"': '"', '\\': '\\', n: '\n', t: '\t', b: '\b', '\n': '' };

/** All variables in the file's order. A line that git would refuse ends the reading, and those before it count. */
export function parseGitConfig(text: string): GitVariable[] {
  const source = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const variables: GitVariable[] = [];
  let section = '';
  let at = 0;
  const next = (token: RegExp): RegExpExecArray | null => {
    token.lastIndex = at;
    const found = token.exec(source);
    if (found !== null) at = token.lastIndex;
    return found;
  };
  for (next(GAP); at < source.length; next(GAP)) {
    const header = next(SECTION);
    if (header !== null) {
      section = `${sectionName(header)}.`;
      continue;
    }
    const [, name] = next(NAME) ?? [];
    const value = name === undefined ? undefined : valueAt(source, at);
    if (name === undefined || value === undefined) break;
    variables.push({ key: `${section}${name.toLowerCase()}`, value: value.text });
    at = value.end;
  }
  return variables;
}

/** `[section "Subsection"]`, or the older `[section.subsection]`, which is without regard to case. */
function sectionName([, section = '', subsection]: RegExpExecArray): string {
  const name = section.toLowerCase();
  return subsection === undefined ? name : `${name}.${subsection.replaceAll(/\\(.)/g, '$1')}`;
}

/** The value that begins there, and where its line ends; undefined where its quotes or escapes are wrong. */
function valueAt(source: string, from: number): { text: string; end: number } | undefined {
  let text = '';
  // How much of the text stays when the blanks at its end go, those in quotes excepted.
  let kept = 0;
  let isQuoted = false;
  let at = from;
  for (; at < source.length && source[at] !== '\n'; at += 1) {
    let character = source[at] ?? '';
    if (character === '"') {
      isQuoted = !isQuoted;
      continue;
    }
    if (!isQuoted && (character === '#' || character === ';')) break;
    if (!isQuoted && /[ \t\r]/.test(character)) {
      if (text !== '') text += character;
      continue;
    }
    if (character === '\\') {
      at += 1;
      const meant = ESCAPED[source[at] ?? ''];
      if (meant === undefined) return undefined;
      // Also for a line that goes on: the blanks before that stay.
      character = meant;
    }
    text += character;
    kept = text.length;
  }
  return isQuoted ? undefined : { text: text.slice(0, kept), end: endOfLine(source, at) };
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}
