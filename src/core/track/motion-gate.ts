import type { Image } from '../image/image.ts';

/** Options of `MotionGate`. */
export interface MotionGateOptions {
  /** Gray levels by which a cell must differ from what it was, 1 .. 255. @defaultValue 10 */
  readonly minDifference?: number | undefined;
  /** Part of the cells that must differ, 0 .. 1. @defaultValue 0.004 (12 of 64 x 48) */
  readonly minAreaRatio?: number | undefined;
  /** Parts of the picture whose motion does not count: takes a point in shares of it, 0 .. 1. @defaultValue none */
  readonly ignores?: ((x: number, y: number) => boolean) | undefined;
}

// Cells across and down: a face of 80 pixels in 640 x 480 covers 8 x 8 of them.
const COLUMNS = 64;
const ROWS = 48;

// How fast the remembered picture follows the new one: slow enough that someone who walks does not melt into it.
const FOLLOW = 0.1;

/**
 * Tells whether anything moves, so that nothing has to be detected in a still picture.
 *
 * @remarks Compares mean gray levels of 64 x 48 cells with a slowly following memory of them. A change of the whole
 * picture's brightness, as of a camera that adjusts itself, is taken out. Costs about 20,000 pixel reads a frame.
 */
export class MotionGate {
  readonly #minDifference: number;
  readonly #minCells: number;
  readonly #cells = new Float32Array(COLUMNS * ROWS);
  readonly #memory = new Float32Array(COLUMNS * ROWS);
  readonly #ignored: readonly boolean[];
  #size = '';

  constructor(options: MotionGateOptions = {}) {
    this.#minDifference = options.minDifference ?? 10;
    this.#minCells = Math.max(1, (options.minAreaRatio ?? 0.004) * COLUMNS * ROWS);
    const { ignores = () => false } = options;
    this.#ignored = Array.from({ length: COLUMNS * ROWS }, (_, cell) =>
      ignores(((cell % COLUMNS) + 0.5) / COLUMNS, (Math.floor(cell / COLUMNS) + 0.5) / ROWS),
    );
  }

  /** Takes the next frame. @returns whether something moves; true for the first frame and after a change of size */
  update(image: Image): boolean {
    readCells(image, this.#cells);
    const size = `${image.width}x${image.height}`;
    if (size !== this.#size) {
      this.#size = size;
      this.#memory.set(this.#cells);
      return true;
    }
    let shift = 0;
    for (let i = 0; i < this.#cells.length; i++) shift += this.#cells[i]! - this.#memory[i]!;
    shift /= this.#cells.length;
    let moving = 0;
    for (let i = 0; i < this.#cells.length; i++) {
      const difference = this.#cells[i]! - this.#memory[i]!;
      if (Math.abs(difference - shift) > this.#minDifference && !this.#ignored[i]) moving++;
      this.#memory[i]! += FOLLOW * difference;
    }
    return moving >= this.#minCells;
  }
}

// At most 3 x 3 samples of a cell: enough to average sensor noise, and the cost does not grow with the picture.
function readCells(image: Image, cells: Float32Array): void {
  const { data, width, height, channels } = image;
  // Green carries most of the brightness, and reading one channel is a third of the work.
  const offset = channels === 3 ? 1 : 0;
  for (let row = 0, cell = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++, cell++) {
      let sum = 0;
      for (let j = 0; j < 3; j++) {
        const y = Math.floor(((row + (j + 0.5) / 3) * height) / ROWS);
        for (let i = 0; i < 3; i++) {
          const x = Math.floor(((column + (i + 0.5) / 3) * width) / COLUMNS);
          sum += data[(y * width + x) * channels + offset]!;
        }
      }
      cells[cell] = sum / 9;
    }
  }
}
