/** Rows firstRow .. lastRow of the plane, which decide the rows firstCell .. lastCell of the score map. */
import type { MmodFacts } from './mmod-format.ts';
export interface Strip {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly firstCell: number;
  readonly lastCell: number;
}

export interface StripPlan {
  /** Size of the plane in pixels. */
  readonly plane: { readonly width: number; readonly height: number };
  /** Rows of the score map of the whole plane, at least 1. */
  readonly mapHeight: number;
  /** The network's convolutions, from the first to the last. */
  readonly convs: MmodFacts['convs'];
  /** Pixels of a strip, exceeded only where a strip would be mostly overlap. */
  readonly stripPixels: number;
}

/**
 * Cuts a large plane into strips that overlap by what a cell of the map can see, so that every cell gets exactly
 * the score that the whole plane would give it.
 *
 * @returns from top to bottom; every cell is in one strip
 */
export function planStrips({ plane, mapHeight, convs, stripPixels }: StripPlan): Strip[] {
  const stride = totalStride(convs);
  const reach = receptiveField(convs);
  const margin = Math.ceil(reach / stride);
  const cells = Math.max(4 * margin, Math.floor(stripPixels / plane.width / stride) - 2 * margin);
  if (cells >= mapHeight) {
    return [{ firstRow: 0, lastRow: plane.height - 1, firstCell: 0, lastCell: mapHeight - 1 }];
  }
  const strips: Strip[] = [];
  for (let firstCell = 0; firstCell < mapHeight; firstCell += cells) {
    const lastCell = Math.min(firstCell + cells, mapHeight) - 1;
    const firstRow = Math.max(0, firstCell - margin) * stride;
    const lastRow = lastCell === mapHeight - 1 ? plane.height - 1 : (lastCell + margin + 1) * stride + reach;
    strips.push({ firstRow, lastRow: Math.min(lastRow, plane.height - 1), firstCell, lastCell });
  }
  return strips;
}

/** Rows of the plane from one row of the score map to the next. */
export function totalStride(convs: MmodFacts['convs']): number {
  return convs.reduce((product, { stride }) => product * stride, 1);
}

/** Rows of the plane that a cell can see. */
export function receptiveField(convs: MmodFacts['convs']): number {
  let step = 1;
  let field = 1;
  for (const { kernel, stride } of convs) {
    field += (kernel - 1) * step;
    step *= stride;
  }
  return field;
}
