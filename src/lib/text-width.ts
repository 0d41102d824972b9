/** How many columns of a terminal a text takes, and texts that are made to fit. */

const ASCII = /^[ -~]*$/;
// oxlint-disable-next-line no-control-regex -- colours take no column
const COLOUR = /\u001B\[[\d;]*m/g;
/** A flag, an emoji with what is joined to it, or one character. */
const CHARACTER = /\p{RI}{2}|\p{ExtPict}\uFE0F?\p{EMod}?(?:\u200D\p{ExtPict}\uFE0F?\p{EMod}?)*|[\s\S]/gu;
const NONE = /^[\p{Mn}\p{Me}\p{Cc}\p{Default_Ignorable_Code_Point}]$/u;
/** Emoji, and what Unicode's East Asian Width calls wide or full-width. */
const WIDE =
  /^\p{Emoji_Presentation}|\uFE0F$|^[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;

/** The columns that a text of one line takes; colours take none, and what is wide takes two. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return charactersOf(text.replaceAll(COLOUR, '')).reduce((sum, character) => sum + widthOf(character), 0);
}

/** For yargs: the build puts it in the place of the package `string-width`. */
export default textWidth;

/** A text in pieces of at most so many columns each. */
export function pieces(text: string, columns: number): string[] {
  const found: string[] = [];
  let rest = charactersOf(text);
  do {
    const piece = fitting(rest, columns);
    found.push(piece.join(''));
    rest = rest.slice(Math.max(1, piece.length));
  } while (rest.length > 0);
  return found;
}

/** The text, with as much of its middle replaced by `…` as must go; two thirds of what stays are its end. */
export function shortened(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const characters = charactersOf(text);
  const start = fitting(characters, Math.floor((columns - 1) / 3));
  const end = fitting(characters.toReversed(), columns - 1 - textWidth(start.join('')));
  return [...start, '…', ...end.toReversed()].join('');
}

function fitting(characters: readonly string[], columns: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) => (width += widthOf(character)) > columns);
  return characters.slice(0, end === -1 ? characters.length : end);
}

function charactersOf(text: string): string[] {
  return text.match(CHARACTER) ?? [];
}

function widthOf(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
