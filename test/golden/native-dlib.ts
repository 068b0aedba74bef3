import { readFileSync } from 'node:fs';
import { type Box, boxFromCorners } from '../../src/core/geometry/box.ts';
import type { Landmarks } from '../../src/core/landmark/landmarks.ts';

/** A face as native dlib 19.24 found and described it. */
export interface GoldenFace {
  /** left, top, right, bottom, inclusive */
  readonly box: readonly [number, number, number, number];
  readonly score: number;
  readonly landmarks: Landmarks;
  readonly chip: { readonly rect: readonly [number, number, number, number]; readonly angle: number };
  readonly descriptor: readonly number[];
  readonly descriptor_gray: readonly number[];
}

/** A line of golden/group.jsonl. */
export interface GoldenGroupPhoto {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly hog0: readonly GoldenFace[];
  readonly hog1: readonly GoldenFace[];
  readonly mmod0: readonly GoldenFace[];
  readonly mmod1: readonly GoldenFace[];
  readonly mmod0_gray: readonly Pick<GoldenFace, 'box' | 'score'>[];
}

/** A line of golden/lfw-dev.jsonl. */
export interface GoldenLfwPhoto {
  readonly image: string;
  /** `n`: boxes found in all; the one here is the nearest to the center. */
  readonly mmod: Omit<GoldenFace, 'descriptor' | 'descriptor_gray'> & { readonly n: number };
  readonly mmod_embedding?: readonly number[];
  readonly mmod_embedding_gray_chip?: readonly number[];
  readonly mmod_embedding_mirror_chip?: readonly number[];
}

export function readJsonLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export function goldenBox([left, top, right, bottom]: GoldenFace['box']): Box {
  return boxFromCorners(left, top, right, bottom);
}

/** Largest difference of two vectors in any number. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/**
 * Compares a box with native dlib's.
 *
 * @returns 'equal'; 'half' if coordinates differ by one pixel and the value before rounding is at .5, where the
 * native build's fused multiply-add lands on the other side; else 'different'
 */
export function compareBoxes(box: Box, golden: GoldenFace['box']): 'equal' | 'half' | 'different' {
  const ours = [box.left, box.top, box.left + box.width - 1, box.top + box.height - 1];
  if (ours.every((value, i) => value === golden[i])) return 'equal';
  const isHalf = ours.every(
    (value, i) =>
      value === golden[i] ||
      (Math.abs(value - golden[i]!) === 1 && isReachable((value + golden[i]!) / 2, box)),
  );
  return isHalf ? 'half' : 'different';
}

/** Whether a pyramid level as high as the box's has a window edge at this place: edges lie at half pixels there. */
function isReachable(edge: number, box: Box): boolean {
  const level = Math.round(Math.log(Math.max(box.width, box.height) / 80) / Math.log(6 / 5));
  let value = edge;
  for (let i = 0; i < level; i++) value = (value - 0.3) / (6 / 5);
  return Math.abs(value * 2 - Math.round(value * 2)) < 1e-6;
}
