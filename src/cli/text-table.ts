import { printable } from '../text/printable.ts';
import { displayWidth, padTo } from './display-width.ts';

/** One column of a {@link TextTable}. */
export interface TableColumn {
  readonly title: string;
  /** Least width; the title's is used if that is more. */
  readonly width?: number;
  /** @defaultValue 'left' */
  readonly align?: 'left' | 'right';
}

/** Formats the rows of a table one by one, so that they can be printed while others are still worked on. */
export class TextTable {
  readonly #columns: readonly Required<TableColumn>[];

  constructor(columns: readonly TableColumn[]) {
    this.#columns = columns.map(({ title, width = 0, align = 'left' }) => ({
      title,
      width: Math.max(width, displayWidth(title)),
      align,
    }));
  }

  /** The line with the columns' titles. */
  header(): string {
    return this.row(this.#columns.map(({ title }) => title));
  }

  /** One line; cells that are missing at the end stay empty. */
  row(cells: readonly (string | number)[]): string {
    const padded = cells.map((cell, index) => {
      const { width, align } = this.#columns[index]!;
      return padTo(printable(String(cell)), width, align);
    });
    return padded.join('  ').trimEnd();
  }
}

/** Formats a whole table, each column as wide as its longest cell. */
export function formatTable(
  columns: readonly Omit<TableColumn, 'width'>[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = new TextTable(
    columns.map((column, index) => ({ ...column, width: widest(rows.map((row) => row[index] ?? '')) })),
  );
  return [table.header(), ...rows.map((row) => table.row(row))].join('\n');
}

/** Columns of the longest of some cells. */
export function widest(cells: readonly (string | number)[]): number {
  return cells.reduce<number>((width, cell) => Math.max(width, displayWidth(printable(String(cell)))), 0);
}
