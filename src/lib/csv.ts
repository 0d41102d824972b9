/** Comma-separated values by RFC 4180. */

/** Ends a row (RFC 4180, section 2). */
const ROW_END = '\r\n';

const decimal = new Intl.NumberFormat('en-US', { useGrouping: false, maximumFractionDigits: 20 });

/**
 * One row with its line end. A missing value is an empty cell and an empty string is `""`; numbers are written out
 * without an exponent, lists and objects as JSON.
 */
export function csvRow(values: readonly unknown[]): string {
  return values.map(cell).join(',') + ROW_END;
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') return decimal.format(value);
  return quoted(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** Quoted only where something in the text would end the cell, so that most of a file can be read as it is. */
function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
