import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('results', import.meta.url));

/**
 * Keeps what a section found. Quick runs go into a folder of their own, which is not in git: their figures are too
 * few to be shown.
 *
 * @returns {string} the file
 */
export function writeResult(result) {
  const folder = result.quick ? join(FOLDER, 'quick') : FOLDER;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${result.section}.json`);
  writeFileSync(`${path}.new`, `${JSON.stringify(result, null, 2)}\n`);
  renameSync(`${path}.new`, path);
  return path;
}

/** @returns the last full run of a section, or null */
export function readResult(name) {
  const path = join(FOLDER, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** @returns {string[][]} a heading and the cells of each row */
export function tableOf(columns, rows) {
  const keys = Object.keys(columns).filter((key) => rows.some((row) => row[key] !== undefined));
  return [keys.map((key) => columns[key]), ...rows.map((row) => keys.map((key) => cell(row[key])))];
}

/** @returns {string} columns side by side, for a terminal */
export function plainTable(table) {
  const widths = table[0].map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
  const isText = table[0].map((_, i) => table.slice(1).some((cells) => Number.isNaN(Number(cells[i] || 0))));
  return table
    .map((cells) => cells.map((text, i) => (isText[i] ? text.padEnd(widths[i]) : text.padStart(widths[i]))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

/** @returns {string} the same in Markdown */
export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Three digits, but never a whole number cut. */
function cell(value) {
  if (typeof value !== 'number') return value === undefined ? '' : String(value);
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
