import type { Size } from '../geometry/quarter-turn.ts';
import type { Image } from '../image/image.ts';
import { forEachScaledRow } from '../image/scaled-rows.ts';
import type { TensorValue } from '../runtime/runtime.ts';
import { ShownView } from './shown-view.ts';

/** The form in which a network takes a picture. */
export interface InputForm {
  /** Channels first ('nchw') or last. */
  readonly order: 'nchw' | 'nhwc';
  readonly colors: 'rgb' | 'bgr';
  /** A value becomes (value - mean) / deviation; one mean for each of the network's colors, in its order. */
  readonly mean: readonly [number, number, number];
  readonly deviation: number;
}

/**
 * Puts a picture into the upper left corner of a network's frame, which is black beside and below it.
 *
 * @param picture - gray or RGB, not larger than the frame
 * @returns float32 [1, 3, height, width] or [1, height, width, 3]
 */
export function networkInput(picture: Image, frame: Size, form: InputForm): TensorValue {
  const { width, height, channels } = picture;
  const isPlanar = form.order === 'nchw';
  const area = frame.width * frame.height;
  const data = picture instanceof ShownView ? picture.buffer(3 * area) : new Float32Array(3 * area);
  const [first, second, third] = [0, 1, 2].map((color) => {
    const mean = form.mean[color]!;
    return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / form.deviation);
  }) as [Float32Array, Float32Array, Float32Array];
  if (width < frame.width || height < frame.height) {
    const black = [first[0]!, second[0]!, third[0]!] as const;
    fillBeside(data, { picture, frame, isPlanar, black });
  }
  // Where the network's colors stand in a pixel of the picture.
  const [a, b, c] = channels === 1 ? [0, 0, 0] : form.colors === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  const [step, next] = isPlanar ? [1, area] : [3, 1];
  forEachRow(picture, (y, row) => {
    let target = y * frame.width * step;
    for (let from = 0; from < row.length; from += channels, target += step) {
      data[target] = first[row[from + a]!]!;
      data[target + next] = second[row[from + b]!]!;
      data[target + 2 * next] = third[row[from + c]!]!;
    }
  });
  const dims = isPlanar ? [1, 3, frame.height, frame.width] : [1, frame.height, frame.width, 3];
  return { type: 'float32', dims, data };
}

function forEachRow(picture: Image, take: (y: number, row: Uint8Array) => void): void {
  const { width, height } = picture;
  if (picture instanceof ShownView) picture.forEachRow(take);
  else forEachScaledRow(picture, { left: 0, top: 0, width, height }, picture, take);
}

/** Makes what is beside and below a picture black. */
function fillBeside(
  data: Float32Array,
  {
    picture,
    frame,
    isPlanar,
    black,
  }: {
    readonly picture: Size;
    readonly frame: Size;
    readonly isPlanar: boolean;
    readonly black: readonly [number, number, number];
  },
): void {
  const area = frame.width * frame.height;
  for (let y = 0; y < frame.height; y++) {
    const from = y * frame.width + (y < picture.height ? picture.width : 0);
    const to = (y + 1) * frame.width;
    for (let color = 0; color < 3; color++) {
      if (isPlanar) data.fill(black[color]!, color * area + from, color * area + to);
      else for (let i = from; i < to; i++) data[3 * i + color] = black[color]!;
    }
  }
}

/** A side made longer to a whole multiple, for networks whose strides must end at the edge. */
export function roundUp(side: number, multiple: number): number {
  return Math.ceil(side / multiple) * multiple;
}
