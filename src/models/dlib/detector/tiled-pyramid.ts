import type { Image } from '../../../core/image/image.ts';

/** Place of one pyramid level in the plane. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How an image and its pyramid lie in one plane. */
export interface TiledLayout {
  readonly width: number;
  readonly height: number;
  /** The image itself first, then every level 5/6 of the one before. */
  readonly tiles: readonly Tile[];
}

/** Source: dlib 19.24, `input_rgb_image_pyramid` (padding 10, outer padding 11) and `pyramid_down<6>`. */
const PADDING = 10;
const OUTER_PADDING = 11;
const RATE = 5 / 6;
const MIN_LEVEL_HEIGHT = 5;

/**
 * Lays out the pyramid as dlib does: levels go down the left side, then up the right side until they would touch
 * the image.
 *
 * @remarks dlib compares signed with unsigned 64-bit numbers here, so that negative differences count as huge; the
 * same boxes need the same layout.
 */
export function layoutPyramid(imageWidth: number, imageHeight: number): TiledLayout {
  const sizes = levelSizes(imageWidth, imageHeight);
  const columnHeight = firstColumnHeight(sizes, imageWidth, imageHeight);
  const tiles: Tile[] = [];
  let y = OUTER_PADDING;
  let level = 0;
  for (; level < sizes.length && y < columnHeight + OUTER_PADDING; level++) {
    const { width, height } = sizes[level]!;
    tiles.push({ left: OUTER_PADDING, top: y, width, height });
    y += height + PADDING;
  }
  y -= PADDING;
  for (; level < sizes.length; level++) {
    const { width, height } = sizes[level]!;
    const tile = { left: OUTER_PADDING + imageWidth - width, top: y - height, width, height };
    if (tile.top < OUTER_PADDING + imageHeight) break;
    tiles.push(tile);
    y -= height + PADDING;
  }
  return { width: imageWidth + 2 * OUTER_PADDING, height: columnHeight + 2 * OUTER_PADDING, tiles };
}

/**
 * Fills the plane of a layout with normalized pixels.
 *
 * @param plane - float32 [3, layout.height, layout.width], zero outside the tiles
 * @param averages - of red, green and blue; a pixel becomes (value - average) / 256
 */
export function fillPyramid(
  plane: Float32Array,
  layout: TiledLayout,
  source: { readonly image: Image; readonly averages: readonly [number, number, number] },
): void {
  normalizeInto(plane, layout, source);
  for (let level = 1; level < layout.tiles.length; level++) {
    shrinkInto(plane, layout, layout.tiles[level - 1]!, layout.tiles[level]!);
  }
}

function levelSizes(imageWidth: number, imageHeight: number): { width: number; height: number }[] {
  const sizes = [{ width: imageWidth, height: imageHeight }];
  for (;;) {
    const last = sizes.at(-1)!;
    const width = Math.floor(RATE * last.width);
    const height = Math.floor(RATE * last.height);
    if (width === 0 || height < MIN_LEVEL_HEIGHT) return sizes;
    sizes.push({ width, height });
  }
}

function firstColumnHeight(
  sizes: readonly { width: number; height: number }[],
  imageWidth: number,
  imageHeight: number,
): number {
  const total = sizes.reduce((sum, { height }) => sum + height + PADDING, 0) - 2 * PADDING;
  let height = 0;
  let previousWidth = 0;
  for (const size of sizes) {
    const fitsBeside = unsigned(size.width) <= unsigned(imageWidth - previousWidth - PADDING);
    const isHalfDone = unsigned((height - imageHeight) * 2) >= unsigned(total - imageHeight);
    if (fitsBeside && isHalfDone) break;
    height += size.height + PADDING;
    previousWidth = size.width;
  }
  return height - PADDING;
}

function unsigned(value: number): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

function normalizeInto(
  plane: Float32Array,
  layout: TiledLayout,
  { image, averages }: { readonly image: Image; readonly averages: readonly [number, number, number] },
): void {
  const { data, width, height, channels } = image;
  const [red, green, blue] = averages;
  const area = layout.width * layout.height;
  const tile = layout.tiles[0]!;
  // The same value three times for gray.
  const toGreen = channels === 3 ? 1 : 0;
  const toBlue = 2 * toGreen;
  for (let y = 0, from = 0; y < height; y++) {
    let to = (tile.top + y) * layout.width + tile.left;
    for (let x = 0; x < width; x++, from += channels, to++) {
      plane[to] = (data[from]! - red) / 256;
      plane[to + area] = (data[from + toGreen]! - green) / 256;
      plane[to + 2 * area] = (data[from + toBlue]! - blue) / 256;
    }
  }
}

/** Bilinear resize of one tile into the next, all three channels, corners on corners. */
function shrinkInto(plane: Float32Array, layout: TiledLayout, from: Tile, to: Tile): void {
  const { fround } = Math;
  const area = layout.width * layout.height;
  const lefts = new Int32Array(to.width);
  const fractions = new Float32Array(to.width);
  const scaleX = fround((from.width - 1) / Math.max(to.width - 1, 1));
  const scaleY = fround((from.height - 1) / Math.max(to.height - 1, 1));
  for (let x = 0; x < to.width; x++) {
    const position = fround(x * scaleX);
    // The last column is mixed of the last two, wholly of the second.
    lefts[x] = Math.min(Math.floor(position), Math.max(from.width - 2, 0));
    fractions[x] = Math.min(position - lefts[x]!, 1);
  }
  for (let y = 0; y < to.height; y++) {
    const position = fround(y * scaleY);
    const top = Math.min(Math.floor(position), from.height - 1);
    const below = top + 1 < from.height ? layout.width : 0;
    const down = position - top;
    const row = (from.top + top) * layout.width + from.left;
    let target = (to.top + y) * layout.width + to.left;
    for (let x = 0; x < to.width; x++, target++) {
      const right = fractions[x]!;
      const red = row + lefts[x]!;
      plane[target] = mix(plane, red, below, right, down);
      plane[target + area] = mix(plane, red + area, below, right, down);
      plane[target + 2 * area] = mix(plane, red + 2 * area, below, right, down);
    }
  }
}

/** The mean of four neighbors; `at` is the upper left one. */
function mix(plane: Float32Array, at: number, below: number, right: number, down: number): number {
  const upperLeft = plane[at]!;
  const upperRight = plane[at + 1]!;
  const left = upperLeft + down * (plane[at + below]! - upperLeft);
  return left + right * (upperRight + down * (plane[at + below + 1]! - upperRight) - left);
}
