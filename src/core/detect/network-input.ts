import type { Size } from '../geometry/quarter-turn.ts';
import type { Image } from '../image/image.ts';
import type { TensorValue } from '../runtime/runtime.ts';

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
  const { data: from, width, height, channels } = picture;
  const area = frame.width * frame.height;
  const data = new Float32Array(3 * area);
  const isPlanar = form.order === 'nchw';
  const step = isPlanar ? 1 : 3;
  const isFilled = width === frame.width && height === frame.height;
  for (let color = 0; color < 3; color++) {
    const first = isPlanar ? color * area : color;
    const mean = form.mean[color]!;
    const values = Float32Array.from({ length: 256 }, (_, value) => (value - mean) / form.deviation);
    if (!isFilled && values[0] !== 0) {
      for (let i = 0, target = first; i < area; i++, target += step) data[target] = values[0]!;
    }
    const channel = channels === 1 ? 0 : form.colors === 'rgb' ? color : 2 - color;
    for (let y = 0; y < height; y++) {
      let source = y * width * channels + channel;
      let target = first + y * frame.width * step;
      for (let x = 0; x < width; x++, source += channels, target += step)
        data[target] = values[from[source]!]!;
    }
  }
  const dims = isPlanar ? [1, 3, frame.height, frame.width] : [1, frame.height, frame.width, 3];
  return { type: 'float32', dims, data };
}

/** A side made longer to a whole multiple, for networks whose strides must end at the edge. */
export function roundUp(side: number, multiple: number): number {
  return Math.ceil(side / multiple) * multiple;
}
