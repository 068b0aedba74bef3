import type { Detection } from '../../../core/detect/face-detector.ts';
import type { Box } from '../../../core/geometry/box.ts';
import { toRgb } from '../../../core/image/convert-color.ts';
import type { Image } from '../../../core/image/image.ts';
import { resizeImage } from '../../../core/image/resize-image.ts';
import type { RuntimeSession } from '../../../core/runtime/runtime.ts';
import { BlockPlane } from './block-plane.ts';
import { FloatPlane } from './float-plane.ts';
import { COARSE_LADDER, levelSize, nearestLevel } from './level-ladder.ts';
import type { LevelPlane } from './level-plane.ts';
import { mapSize } from './mmod-facts.ts';
import { BLOCK_DETECTOR_INPUT, DETECTOR_INPUT, DETECTOR_OUTPUT, type MmodFacts } from './mmod-format.ts';
import { planStrips, type Strip, totalStride } from './plan-strips.ts';
import { shrinkBilinear } from './shrink-bilinear.ts';
import type { ScanOptions, WindowScanner } from './window-scanner.ts';

/** A level of which the window sees less than half cannot show a face that the level before did not. */
const LEAST_SHARE_OF_WINDOW = 0.5;
/**
 * Background around each level, so that faces which the border cuts are found too. dlib's plane has 10 pixels between
 * levels, but also much empty space beside the smaller ones.
 */
const BORDER = 24;

/** What a network takes: bytes in blocks, or floats. */
export type LevelInput = 'blocks' | 'floats';

export interface LevelScannerOptions {
  readonly facts: MmodFacts;
  readonly stripPixels: number;
  readonly input: LevelInput;
}

/**
 * Scans every second level of the pyramid, each by itself: what a level shows does not depend on which others are
 * looked at.
 */
export class LevelScanner implements WindowScanner {
  readonly #session: RuntimeSession;
  readonly #facts: MmodFacts;
  readonly #stripPixels: number;
  readonly #input: LevelInput;
  /** Where a window's middle lies for cell 0 of the score map, and how far the next cell's is. */
  readonly #firstMiddle: number;
  readonly #stride: number;
  #pool: Pool | null = null;

  constructor(session: RuntimeSession, { facts, stripPixels, input }: LevelScannerOptions) {
    this.#session = session;
    this.#facts = facts;
    this.#stripPixels = stripPixels;
    this.#input = input;
    this.#firstMiddle = facts.convs.reduceRight(
      (middle, { kernel, stride, padding }) => middle * stride - padding + Math.floor(kernel / 2),
      0,
    );
    this.#stride = totalStride(facts.convs);
  }

  /** @param options.lastLevel - of the ladder. @defaultValue as far as a window can see something */
  async scan(
    image: Image,
    {
      scale,
      lastLevel = Number.POSITIVE_INFINITY,
      minScore,
    }: ScanOptions & { readonly lastLevel?: number | undefined },
  ): Promise<Detection[]> {
    const firstLevel = nearestLevel(scale, COARSE_LADDER);
    // A second scan at the same time has no buffers to take and makes its own.
    const pooled = this.#pool;
    this.#pool = null;
    const wanted = { width: image.width, height: image.height, firstLevel, lastLevel };
    const pool = pooled && fits(pooled, wanted) ? pooled : { ...wanted, levels: this.#makeLevels(wanted) };
    const found: Detection[] = [];
    let picture = image;
    for (const level of pool.levels) {
      picture = level.picture ? shrinkBilinear(picture, level.picture) : toRgb(resizeImage(image, level));
      level.plane.fill(picture);
      await this.#scanLevel(level, { minScore, found });
    }
    this.#pool = pool;
    return found.sort((a, b) => b.score - a.score);
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  #makeLevels({ firstLevel, lastLevel, ...image }: Wanted): Level[] {
    const { window, averages } = this.#facts;
    const Plane = this.#input === 'blocks' ? BlockPlane : FloatPlane;
    const levels: Level[] = [];
    for (let index = firstLevel; index <= lastLevel; index++) {
      const { width, height } = levelSize(image, index, COARSE_LADDER);
      if (Math.min(width, height) < LEAST_SHARE_OF_WINDOW * window.width) break;
      // The first level, the image itself and enlarged ones are made of the image, others of the level before.
      const isStep = index > Math.max(0, firstLevel);
      const picture: Image | null = isStep
        ? { data: new Uint8Array(width * height * 3), width, height, channels: 3 }
        : null;
      const plane = new Plane({ width, height, border: BORDER, background: averages });
      const scales = { x: image.width / width, y: image.height / height };
      levels.push({ width, height, picture, plane, scales });
    }
    return levels;
  }

  async #scanLevel(
    level: Level,
    result: { readonly minScore: number; readonly found: Detection[] },
  ): Promise<void> {
    const { plane } = level;
    const map = mapSize(plane, this.#facts);
    if (map.width < 1 || map.height < 1) return;
    const { convs } = this.#facts;
    const strips = planStrips({ plane, mapHeight: map.height, convs, stripPixels: this.#stripPixels });
    for (const strip of strips) this.#collect(level, strip, await this.#score(plane, strip), result);
  }

  async #score(plane: LevelPlane, strip: Strip): Promise<ScoreMap> {
    const name = this.#input === 'blocks' ? BLOCK_DETECTOR_INPUT : DETECTOR_INPUT;
    const feeds = { [name]: plane.rows(strip.firstRow, strip.lastRow) };
    const output = (await this.#session.run(feeds))[DETECTOR_OUTPUT]!;
    return { data: output.data as Float32Array, width: output.dims[3]! };
  }

  #collect(
    level: Level,
    strip: Strip,
    scores: ScoreMap,
    { minScore, found }: { readonly minScore: number; readonly found: Detection[] },
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

interface ScoreMap {
  readonly data: Float32Array;
  readonly width: number;
}

/** Which levels of an image of which size. */
interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly firstLevel: number;
  readonly lastLevel: number;
}

/** The buffers of the last scan, for the next image of its size. */
interface Pool extends Wanted {
  readonly levels: readonly Level[];
}

interface Level {
  readonly width: number;
  readonly height: number;
  /** Receives the level before, shrunk; `null` where the level is made of the image. */
  readonly picture: Image | null;
  readonly plane: LevelPlane;
  /** Pixels of the image for one of the level. */
  readonly scales: { readonly x: number; readonly y: number };
}

function fits(pool: Pool, wanted: Wanted): boolean {
  return (
    pool.width === wanted.width &&
    pool.height === wanted.height &&
    pool.firstLevel === wanted.firstLevel &&
    pool.lastLevel === wanted.lastLevel
  );
}
