import { invalidArgument } from '../errors.ts';
import { assertImage, type Image } from './image.ts';

/** How {@link toGray} weighs the three channels. */
export type GrayMethod = 'luma' | 'mean';

/** Options of {@link toGray}. */
export interface ToGrayOptions {
  /**
   * 'luma': 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded as OpenCV's cvtColor(RGB2GRAY) does;
   * 'mean': floor((R + G + B) / 3), as dlib turns color into gray.
   *
   * @defaultValue 'luma'
   */
  readonly method?: GrayMethod | undefined;
}

// 0.299, 0.587 and 0.114 times 2^15; they add up to 2^15. Source: OpenCV, color_rgb.simd.hpp (RY15, GY15, BY15).
const RED = 9798;
const GREEN = 19235;
const BLUE = 3735;

/**
 * Turns an image gray.
 *
 * @returns an image of one channel; the very same object when it is gray already
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
 */
export function toGray(image: Image, options: ToGrayOptions = {}): Image {
  assertImage(image);
  const method = options.method ?? 'luma';
  if (method !== 'luma' && method !== 'mean')
    throw invalidArgument("'luma' or 'mean'", 'options.method', method);
  if (image.channels === 1) return image;
  const { data: rgb, width, height } = image;
  const data = new Uint8Array(width * height);
  if (method === 'luma') {
    for (let i = 0, p = 0; i < data.length; i++, p += 3) {
      data[i] = (RED * rgb[p]! + GREEN * rgb[p + 1]! + BLUE * rgb[p + 2]! + 16_384) >> 15;
    }
  } else {
    for (let i = 0, p = 0; i < data.length; i++, p += 3) {
      data[i] = ((rgb[p]! + rgb[p + 1]! + rgb[p + 2]!) / 3) | 0;
    }
  }
  return { data, width, height, channels: 1 };
}

/**
 * Gives an image three channels; gray is copied into all of them.
 *
 * @returns an RGB image; the very same object when it has three channels already
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`
 */
export function toRgb(image: Image): Image {
  assertImage(image);
  if (image.channels === 3) return image;
  const { data: gray, width, height } = image;
  const data = new Uint8Array(gray.length * 3);
  for (let i = 0, p = 0; i < gray.length; i++, p += 3) {
    const value = gray[i]!;
    data[p] = value;
    data[p + 1] = value;
    data[p + 2] = value;
  }
  return { data, width, height, channels: 3 };
}
