import { counted } from './counted.ts';

/** What a run over pictures came to. */
export interface SearchCounts {
  readonly pictures: number;
  readonly faces: number;
  /** Inputs that gave an error. */
  readonly failed: number;
  /** Files that are no pictures to read. */
  readonly skipped: number;
  /** Sides of the smallest faces that were looked for, in pixels of each picture. */
  readonly sizes: ReadonlySet<number>;
  /** The folder that the pictures were drawn into. */
  readonly annotate?: string | undefined;
}

/** One line about a whole run: who finds too few faces shall know that there may be smaller ones. */
export function searchSummary({ pictures, faces, failed, skipped, sizes, annotate }: SearchCounts): string {
  const parts = [counted(pictures, 'picture'), counted(faces, 'face')];
  if (failed > 0) parts.push(`${failed} failed`);
  if (skipped > 0) parts.push(`${skipped} left out`);
  if (annotate !== undefined) parts.push(`drawn into ${annotate}`);
  return parts.join(', ') + searched([...sizes]);
}

function searched(sizes: readonly number[]): string {
  if (sizes.length === 0) return '';
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const size = least === most ? `${least}` : `${least} to ${most}, by the picture's size,`;
  return `; looked for faces from ${size} pixels on`;
}
