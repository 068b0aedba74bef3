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
  const values = [0, 1, 2].map((color) => {
    const mean = form.mean[color]!;
    return Float32Array.from({ length: 256 }, (_, value) => (value - mean) / form.deviation);
  }) as [Float32Array, Float32Array, Float32Array];
  const [first, second, third] = values;
  if (width < frame.width || height < frame.height) {
    const black = [first[0]!, second[0]!, third[0]!] as const;
    fillBeside(data, { picture, frame, isPlanar, black });
  }
  // Where the network's colors stand in a pixel of the picture.
  const places = channels === 1 ? GRAY : form.colors === 'rgb' ? RGB : BGR;
  const write = isPlanar ? writePlanes : writePixels;
  forEachRow(picture, (y, row) => {
    write(data, y * frame.width, { row, channels, places, area, values });
  });
  const dims = isPlanar ? [1, 3, frame.height, frame.width] : [1, frame.height, frame.width, 3];
  return { type: 'float32', dims, data };
}

type Three<T> = readonly [T, T, T];
const GRAY: Three<number> = [0, 0, 0];
const RGB: Three<number> = [0, 1, 2];
const BGR: Three<number> = [2, 1, 0];

/** Pixels of a row, and what each byte of a color becomes. */
interface Row {
  readonly row: Uint8Array;
  readonly channels: number;
  readonly places: Three<number>;
  readonly values: Three<Float32Array>;
  /** Numbers of a plane. */
  readonly area: number;
}

// Two loops instead of one with steps: what they do a million times is compiled to what it is.
function writePlanes(data: Float32Array, start: number, { row, channels, places, area, values }: Row): void {
  const [a, b, c] = places;
  const [first, second, third] = values;
  const count = row.length / channels;
  for (let i = 0, from = 0, to = start; i < count; i++, from += channels, to++) {
    data[to] = first[row[from + a]!]!;
    data[area + to] = second[row[from + b]!]!;
    data[2 * area + to] = third[row[from + c]!]!;
  }
}

function writePixels(data: Float32Array, start: number, { row, channels, places, values }: Row): void {
  const [a, b, c] = places;
  const [first, second, third] = values;
  for (let from = 0, to = 3 * start; from < row.length; from += channels, to += 3) {
    data[to] = first[row[from + a]!]!;
    data[to + 1] = second[row[from + b]!]!;
    data[to + 2] = third[row[from + c]!]!;
  }
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
