import type { Box } from '../../core/geometry/box.ts';
import type { TableColumn } from './text-table.ts';

/** Columns of a box in pixels. */
export const BOX_COLUMNS: readonly TableColumn[] = ['LEFT', 'TOP', 'WIDTH', 'HEIGHT'].map((title) => ({
  title,
  width: 5,
  align: 'right',
  dispensable: true,
}));

/** Cells of {@link BOX_COLUMNS}. */
export function boxCells({ left, top, width, height }: Box): number[] {
  return [left, top, width, height].map((value) => Math.round(value));
}
