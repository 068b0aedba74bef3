import { FaceTriggerError } from '../core/errors.ts';

/**
 * Writes rows of fields as CSV.
 *
 * @returns lines ending in a line feed; fields with commas, quotes or line breaks are quoted (RFC 4180)
 */
export function formatCsv(rows: readonly (readonly string[])[]): string {
  const quote = (field: string) =>
    /[",\r\n]/.test(field) || field !== field.trim() || field === ''
      ? `"${field.replaceAll('"', '""')}"`
      : field;
  return rows.map((row) => `${row.map(quote).join(',')}\n`).join('');
}

/**
 * Reads CSV.
 *
 * @param text - RFC 4180; blanks around unquoted fields are dropped, empty lines are skipped
 * @param name - what error messages call it
 * @throws FaceTriggerError `ERR_FILE_FORMAT` with the line
 */
export function parseCsv(text: string, name = 'the CSV file'): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // Sticky: every field must start where the one before ended.
  const field = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^,"\r\n]*))(,|\r?\n|$)/y;
  const source = text.replace(/^\uFEFF/, '');
  while (field.lastIndex < source.length || row.length > 0) {
    const start = field.lastIndex;
    const match = field.exec(source);
    if (!match) {
      const line = source.slice(0, start).split('\n').length;
      throw new FaceTriggerError('ERR_FILE_FORMAT', `Line ${line} of ${name} has an unclosed quotation mark`);
    }
    row.push(match[1] === undefined ? match[2]!.trim() : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (field.lastIndex >= source.length) break;
  }
  return rows;
}
