import type { WithoutUndefined } from '../../core/options/without-undefined.ts';
import { printable } from '../../core/text/printable.ts';
import { cutTo, displayWidth, padTo } from './display-width.ts';

/** One column of a {@link TextTable}. */
export interface TableColumn {
  readonly title: string;
  /** Least width; the title's is used if that is more. */
  readonly width?: number | undefined;
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'right' | undefined;
  /** Where text that does not fit is cut; numbers on the right never are. @defaultValue 'end' */
  readonly cut?: 'start' | 'end' | undefined;
  /** Left out, with all others of the kind, where the terminal is too narrow for all columns. @defaultValue false */
  readonly dispensable?: boolean | undefined;
}

/** Where a table goes that is printed to stdout: a terminal has a width, a file or another program has none. */
const STDOUT_WIDTH = (): number | undefined => (process.stdout.isTTY ? process.stdout.columns : undefined);
/** Blanks between columns. */
const GAP = '  ';
/** A column that is cut keeps at least so much. */
const LEAST_WIDTH = 8;

/**
 * Formats the rows of a table one by one, so that they can be printed while others are still worked on.
 *
 * @remarks On a terminal the widest columns of text are cut until a row fits into a line, and columns that can be done
 * without are left out if that is not enough; elsewhere nothing is.
 */
export class TextTable {
  readonly #columns: readonly (FullColumn & { readonly limit: number })[];
  /** Indices of the cells that have a column. */
  readonly #shown: readonly number[];
  /** Titles of the columns that the terminal is too narrow for. */
  readonly leftOut: readonly string[];

  /** @param options.fit - columns of the terminal. @defaultValue stdout's, where it is one */
  constructor(columns: readonly TableColumn[], options: { readonly fit?: number | undefined } = {}) {
    const { fit = STDOUT_WIDTH() } = options;
    const all = columns.map(({ title, width = 0, align = 'left', cut = 'end', dispensable = false }) => ({
      ...{ title, align, cut, dispensable },
      width: Math.max(width, displayWidth(title)),
    }));
    this.#shown = fit === undefined ? [...all.keys()] : shownColumns(all, fit);
    this.leftOut = all.filter((_, i) => !this.#shown.includes(i)).map(({ title }) => title);
    const full = this.#shown.map((i) => all[i]!);
    const widths = fit === undefined ? full.map(({ width }) => width) : fitWidths(full, fit);
    this.#columns = full.map((column, i) => ({
      ...column,
      width: widths[i]!,
      limit:
        fit === undefined || column.align === 'right' ? Number.POSITIVE_INFINITY : limitOf(widths, i, fit),
    }));
  }

  /** The line with the columns' titles. */
  header(): string {
    return this.#line(this.#columns.map(({ title }) => title));
  }

  /** One line; cells that are missing at the end stay empty. */
  row(cells: readonly (string | number)[]): string {
    return this.#line(this.#shown.filter((i) => i < cells.length).map((i) => cells[i]!));
  }

  #line(cells: readonly (string | number)[]): string {
    const padded = cells.map((cell, index) => {
      const { width, align, limit, cut } = this.#columns[index]!;
      return padTo(cutTo(printable(String(cell)), limit, cut), width, align);
    });
    return padded.join(GAP).trimEnd();
  }
}

/** Formats a whole table, each column as wide as its longest cell. */
export function formatTable(
  columns: readonly Omit<TableColumn, 'width'>[],
  rows: readonly (readonly (string | number)[])[],
  options: { readonly fit?: number | undefined } = {},
): string {
  const table = new TextTable(
    columns.map((column, index) => ({ ...column, width: widest(rows.map((row) => row[index] ?? '')) })),
    options,
  );
  return [table.header(), ...rows.map((row) => table.row(row))].join('\n');
}

type FullColumn = WithoutUndefined<Required<TableColumn>>;

function shownColumns(columns: readonly FullColumn[], fit: number): number[] {
  const shown = [...columns.keys()];
  const least = (i: number) => {
    const { align, width, title } = columns[i]!;
    return align === 'right' ? width : Math.min(width, leastWidth(title));
  };
  if (lineWidth(shown.map(least)) <= fit) return shown;
  // All of them: half of a box says nothing.
  return shown.filter((i) => !columns[i]!.dispensable);
}

function leastWidth(title: string): number {
  return Math.max(LEAST_WIDTH, displayWidth(title));
}

function fitWidths(columns: readonly FullColumn[], fit: number): number[] {
  const widths = columns.map(({ width }) => width);
  const mayShrink = (i: number) => columns[i]!.align === 'left' && widths[i]! > leastWidth(columns[i]!.title);
  for (let over = lineWidth(widths) - fit; over > 0; over--) {
    let at = -1;
    for (let i = 0; i < widths.length; i++) if (mayShrink(i) && (at < 0 || widths[i]! > widths[at]!)) at = i;
    if (at < 0) break;
    widths[at]!--;
  }
  return widths;
}

// The last column may take what is left of the line, whatever its width was thought to be.
function limitOf(widths: readonly number[], index: number, fit: number): number {
  if (index < widths.length - 1) return widths[index]!;
  return Math.max(widths[index]!, fit - lineWidth(widths.slice(0, -1)) - GAP.length);
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/** Columns of the longest of some cells. */
export function widest(cells: readonly (string | number)[]): number {
  return cells.reduce<number>((width, cell) => Math.max(width, displayWidth(printable(String(cell)))), 0);
}
