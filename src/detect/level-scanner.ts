import type { Box } from '../geometry/box.ts';
import { toRgb } from '../image/convert-color.ts';
import type { Image } from '../image/image.ts';
import { DETECTOR_OUTPUT, type MmodFacts } from '../models/detector-layers.ts';
import { BLOCK_DETECTOR_INPUT } from '../models/quantize-detector.ts';
import type { OnnxSession } from '../runtime/session.ts';
import { BlockPlane } from './block-plane.ts';
import type { Detection } from './face-detector.ts';
import { mapSize } from './mmod-facts.ts';
import { planStrips, type Strip, totalStride } from './plan-strips.ts';
import { shrinkBilinear } from './shrink-bilinear.ts';
import type { WindowScanner } from './window-scanner.ts';

/**
 * From one level of the pyramid to the next: two of dlib's steps of 5/6. A window still answers to faces 20 % larger
 * or smaller than itself, and clear faces score ten times what is needed (docs/accuracy.md).
 */
const LEVEL_RATIO = 25 / 36;
/** A level of which the window sees less than half cannot show a face that the level before did not. */
const LEAST_SHARE_OF_WINDOW = 0.5;
/**
 * Background around each level, so that faces which the border cuts are found too. dlib's plane has 10 pixels between
 * levels, but also much empty space beside the smaller ones.
 */
const BORDER = 24;

/** Scans every second level of the pyramid, each by itself, with the network in bytes. */
export class LevelScanner implements WindowScanner {
  readonly #session: OnnxSession;
  readonly #facts: MmodFacts;
  readonly #stripPixels: number;
  /** Where a window's middle lies for cell 0 of the score map, and how far the next cell's is. */
  readonly #firstMiddle: number;
  readonly #stride: number;
  #pool: Level[] | null = null;

  constructor(session: OnnxSession, facts: MmodFacts, stripPixels: number) {
    this.#session = session;
    this.#facts = facts;
    this.#stripPixels = stripPixels;
    this.#firstMiddle = facts.convs.reduceRight(
      (middle, { kernel, stride, padding }) => middle * stride - padding + Math.floor(kernel / 2),
      0,
    );
    this.#stride = totalStride(facts.convs);
  }

  async scan(image: Image, minScore: number): Promise<Detection[]> {
    // A second scan at the same time has no buffers to take and makes its own.
    const pooled = this.#pool;
    this.#pool = null;
    const levels = fits(pooled, image) ? pooled : this.#makeLevels(image);
    const found: Detection[] = [];
    let picture = toRgb(image);
    for (const level of levels) {
      if (level !== levels[0]) picture = shrinkBilinear(picture, level.picture);
      level.plane.fill(picture);
      await this.#scanLevel(level, minScore, found);
    }
    this.#pool = levels;
    return found.sort((a, b) => b.score - a.score);
  }

  #makeLevels(image: Image): Level[] {
    const { window, averages } = this.#facts;
    const levels: Level[] = [];
    let { width, height } = image;
    for (let scale = 1; ; scale *= LEVEL_RATIO) {
      const isFirst = levels.length === 0;
      if (!isFirst) {
        width = Math.round(image.width * scale);
        height = Math.round(image.height * scale);
        if (Math.min(width, height) < LEAST_SHARE_OF_WINDOW * window.width) return levels;
      }
      const plane = new BlockPlane({ width, height, border: BORDER, background: averages });
      const map = mapSize(plane, this.#facts);
      // The first level's picture is the image itself.
      const data = new Uint8Array(isFirst ? 0 : width * height * 3);
      const scales = { x: image.width / width, y: image.height / height };
      levels.push({ picture: { data, width, height, channels: 3 }, plane, map, scales });
    }
  }

  async #scanLevel(level: Level, minScore: number, found: Detection[]): Promise<void> {
    const { plane, map } = level;
    if (map.width < 1 || map.height < 1) return;
    const { convs } = this.#facts;
    const strips = planStrips({ plane, mapHeight: map.height, convs, stripPixels: this.#stripPixels });
    for (const strip of strips) this.#collect(level, strip, await this.#score(plane, strip), minScore, found);
  }

  async #score(plane: BlockPlane, strip: Strip): Promise<{ data: Float32Array; width: number }> {
    const { data, dims } = plane.rows(strip.firstRow, strip.lastRow);
    const output = (await this.#session.run({ [BLOCK_DETECTOR_INPUT]: { type: 'uint8', dims, data } }))[
      DETECTOR_OUTPUT
    ]!;
    return { data: output.data as Float32Array, width: output.dims[3]! };
  }

  #collect(
    level: Level,
    strip: Strip,
    scores: { data: Float32Array; width: number },
    minScore: number,
    found: Detection[],
  ): void {
    const firstCell = strip.firstRow / this.#stride;
    for (let row = strip.firstCell; row <= strip.lastCell; row++) {
      const offset = (row - firstCell) * scores.width;
      for (let column = 0; column < scores.width; column++) {
        const score = scores.data[offset + column]!;
        if (score > minScore) found.push({ box: this.#windowBox(column, row, level), score });
      }
    }
  }

  /** The box of a cell, in pixels of the image; rounded. */
  #windowBox(column: number, row: number, { scales }: Level): Box {
    const { width, height } = this.#facts.window;
    // The middle of pixel 0 lies at 0.5.
    const x = this.#firstMiddle + column * this.#stride - BORDER + 0.5;
    const y = this.#firstMiddle + row * this.#stride - BORDER + 0.5;
    const left = Math.round((x - width / 2) * scales.x);
    const top = Math.round((y - height / 2) * scales.y);
    const right = Math.round((x + width / 2) * scales.x);
    const bottom = Math.round((y + height / 2) * scales.y);
    return { left, top, width: right - left, height: bottom - top };
  }
}

interface Level {
  /** Receives the shrunk image. */
  readonly picture: Image;
  readonly plane: BlockPlane;
  readonly map: { readonly width: number; readonly height: number };
  /** Pixels of the image for one of the level. */
  readonly scales: { readonly x: number; readonly y: number };
}

function fits(levels: readonly Level[] | null, image: Image): levels is Level[] {
  const first = levels?.[0]?.picture;
  return first?.width === image.width && first.height === image.height;
}
