/** Text laid out for a terminal: columns, and paragraphs with a margin. */
import { shortened, textWidth } from './text-width.ts';
import { wrapText } from './wrap-text.ts';

const GAP = '  ';
const LEAST_COLUMNS = 8;

/** Where a table has to fit: into so many columns of the terminal, by shortening what is in these columns of its own. */
export interface Fit {
  within: number;
  shorten: readonly number[];
}

/** Rows as aligned columns; numbers (the columns named in `right`) to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = [], fit?: Fit): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, textWidth(cell))));
  }
  if (fit !== undefined) narrow(widths, fit);
  const pad = (given: string, column: number): string => {
    const width = widths[column] ?? 0;
    const cell = shortened(given, width);
    const blanks = ' '.repeat(width - textWidth(cell));
    return right.includes(column) ? blanks + cell : cell + blanks;
  };
  return rows.map((row) => row.map(pad).join(GAP).trimEnd()).join('\n');
}

/** Takes from the widest of these columns until all fit, or none is left that could go without. */
function narrow(widths: number[], { within, shorten }: Fit): void {
  const widthOf = (column: number): number => widths[column] ?? 0;
  for (let excess = tableWidth(widths) - within; excess > 0; excess -= 1) {
    const [widest = 0] = shorten.toSorted((a, b) => widthOf(b) - widthOf(a));
    if (widthOf(widest) <= LEAST_COLUMNS) return;
    widths[widest] = widthOf(widest) - 1;
  }
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
}

/** A text broken between words, with all lines but the first as far to the right as `first` is wide. */
export function hanging(first: string, text: string, columns: number): string {
  const indent = ' '.repeat(textWidth(first));
  return wrapText(text, columns - indent.length)
    .map((line, index) => `${index === 0 ? first : indent}${line}`)
    .join('\n');
}
