import type { Detection } from '../../../core/detect/face-detector.ts';
import { type Box, boxFromCorners, scaleBox } from '../../../core/geometry/box.ts';
import type { Image } from '../../../core/image/image.ts';
import { resizeImage } from '../../../core/image/resize-image.ts';
import type { RuntimeSession } from '../../../core/runtime/runtime.ts';
import { FINE_LADDER, levelSize, nearestLevel } from './level-ladder.ts';
import { mapSize } from './mmod-facts.ts';
import { DETECTOR_INPUT, DETECTOR_OUTPUT, type MmodFacts } from './mmod-format.ts';
import { planStrips, type Strip, totalStride } from './plan-strips.ts';
import { fillPyramid, layoutPyramid, type Tile, type TiledLayout } from './tiled-pyramid.ts';
import type { ScanOptions, WindowScanner } from './window-scanner.ts';

/** dlib maps a point one level up with v * 6/5 + 0.3 (`pyramid_down<6>::point_up`). */
const LEVEL_UP_RATIO = 6 / 5;
const LEVEL_UP_OFFSET = 0.3;

/**
 * Scans as dlib does: every level of the pyramid, each 5/6 of the one before, in one plane of floats. It may begin at a
 * shrunk level but never enlarges.
 */
export class PlaneScanner implements WindowScanner {
  readonly #session: RuntimeSession;
  readonly #facts: MmodFacts;
  readonly #stripPixels: number;
  readonly #plane = new PlanePool();

  constructor(session: RuntimeSession, facts: MmodFacts, stripPixels: number) {
    this.#session = session;
    this.#facts = facts;
    this.#stripPixels = stripPixels;
  }

  async scan(image: Image, { scale, minScore }: ScanOptions): Promise<Detection[]> {
    const level = nearestLevel(scale, FINE_LADDER);
    if (level <= 0) return this.#scanWhole(image, minScore);
    const shrunk = resizeImage(image, levelSize(image, level, FINE_LADDER));
    const back = { x: image.width / shrunk.width, y: image.height / shrunk.height };
    const found = await this.#scanWhole(shrunk, minScore);
    return found.map(({ box, score }) => ({ box: scaleBox(box, back), score }));
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async #scanWhole(image: Image, minScore: number): Promise<Detection[]> {
    const layout = layoutPyramid(image.width, image.height);
    const map = mapSize(layout, this.#facts);
    if (map.width < 1 || map.height < 1) return [];
    const plane = this.#plane.take(layout);
    try {
      fillPyramid(plane, layout, { image, averages: this.#facts.averages });
      const found: Detection[] = [];
      const { convs } = this.#facts;
      const strips = planStrips({
        plane: layout,
        mapHeight: map.height,
        convs,
        stripPixels: this.#stripPixels,
      });
      for (const strip of strips) {
        const scores = await this.#score(plane, layout, strip);
        this.#collect(scores, strip, layout, minScore, found);
      }
      return found.sort((a, b) => b.score - a.score);
    } finally {
      this.#plane.give(layout, plane);
    }
  }

  async #score(plane: Float32Array, layout: TiledLayout, strip: Strip): Promise<ScoreMap> {
    const rows = strip.lastRow - strip.firstRow + 1;
    const isWhole = rows === layout.height;
    const data = isWhole ? plane : copyRows(plane, layout, strip);
    const feeds = { [DETECTOR_INPUT]: { type: 'float32' as const, dims: [1, 3, rows, layout.width], data } };
    const output = (await this.#session.run(feeds))[DETECTOR_OUTPUT]!;
    return { data: output.data as Float32Array, width: output.dims[3]!, height: output.dims[2]! };
  }

  #collect(scores: ScoreMap, strip: Strip, layout: TiledLayout, minScore: number, found: Detection[]): void {
    const stride = totalStride(this.#facts.convs);
    const firstCell = strip.firstRow / stride;
    for (let row = strip.firstCell; row <= strip.lastCell; row++) {
      const offset = (row - firstCell) * scores.width;
      for (let column = 0; column < scores.width; column++) {
        const score = scores.data[offset + column]!;
        if (score > minScore) found.push({ box: this.#windowBox(column, row, layout), score });
      }
    }
  }

  /** The box of a cell of the score map, in pixels of the image, rounded as dlib rounds. */
  #windowBox(column: number, row: number, layout: TiledLayout): Box {
    let x = column;
    let y = row;
    for (let i = this.#facts.convs.length - 1; i >= 0; i--) {
      const { kernel, stride, padding } = this.#facts.convs[i]!;
      x = x * stride - padding + Math.floor(kernel / 2);
      y = y * stride - padding + Math.floor(kernel / 2);
    }
    const level = nearestTile(layout.tiles, x, y);
    const tile = layout.tiles[level]!;
    const halfWidth = (this.#facts.window.width - 1) / 2;
    const halfHeight = (this.#facts.window.height - 1) / 2;
    return boxFromCorners(
      roundAwayFromZero(levelsUp(x - halfWidth - tile.left, level)),
      roundAwayFromZero(levelsUp(y - halfHeight - tile.top, level)),
      roundAwayFromZero(levelsUp(x + halfWidth - tile.left, level)),
      roundAwayFromZero(levelsUp(y + halfHeight - tile.top, level)),
    );
  }
}

interface ScoreMap {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

function copyRows(plane: Float32Array, layout: TiledLayout, strip: Strip): Float32Array {
  const rows = strip.lastRow - strip.firstRow + 1;
  const area = layout.width * layout.height;
  const size = rows * layout.width;
  const copy = new Float32Array(3 * size);
  for (let channel = 0; channel < 3; channel++) {
    const start = channel * area + strip.firstRow * layout.width;
    copy.set(plane.subarray(start, start + size), channel * size);
  }
  return copy;
}

function nearestTile(tiles: readonly Tile[], x: number, y: number): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tiles.length; i++) {
    const tile = tiles[i]!;
    const dx = Math.max(tile.left - x, 0, x - (tile.left + tile.width - 1));
    const dy = Math.max(tile.top - y, 0, y - (tile.top + tile.height - 1));
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  return nearest;
}

function levelsUp(value: number, levels: number): number {
  for (let i = 0; i < levels; i++) value = value * LEVEL_UP_RATIO + LEVEL_UP_OFFSET;
  return value;
}

function roundAwayFromZero(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}

/**
 * Keeps the last plane for the next image of the same size: what lies outside the tiles stays zero, and a stream
 * of frames allocates nothing.
 */
class PlanePool {
  #width = 0;
  #height = 0;
  #plane: Float32Array | null = null;

  take(layout: TiledLayout): Float32Array {
    const plane = this.#plane;
    this.#plane = null;
    if (plane !== null && this.#width === layout.width && this.#height === layout.height) return plane;
    return new Float32Array(3 * layout.width * layout.height);
  }

  give(layout: TiledLayout, plane: Float32Array): void {
    this.#width = layout.width;
    this.#height = layout.height;
    this.#plane = plane;
  }
}
