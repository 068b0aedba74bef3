import { readFileSync } from 'node:fs';
import type { Image } from '../../../src/core/image/image.ts';

interface PackedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: string;
}

/** What OpenCV 4.14.0 answers; made by test/fixtures/image/opencv.py. */
export interface OpencvGolden {
  readonly rgb: Image;
  readonly gray: Image;
  readonly equalize: readonly { readonly image: Image; readonly result: Image }[];
  readonly shrink: readonly Image[];
  readonly grow: readonly Image[];
  readonly files: OpencvFiles;
}

/** One small picture as OpenCV writes it, each file in base64. */
export interface OpencvFiles {
  readonly pixels: Image;
  readonly grayPixels: Image;
  readonly bmp24: string;
  readonly bmp8: string;
  readonly bmp32: string;
  readonly ppm: string;
  readonly pgm: string;
  readonly plainPpm: string;
  readonly pgm16: string;
  /** Samples of pgm16. */
  readonly wide: readonly number[];
}

export function readOpencvGolden(): OpencvGolden {
  const text = readFileSync(new URL('../../fixtures/image/opencv.json', import.meta.url), 'utf8');
  return JSON.parse(text, (_, value) => (isPacked(value) ? unpack(value) : value)) as OpencvGolden;
}

function isPacked(value: unknown): value is PackedImage {
  return typeof value === 'object' && value !== null && 'channels' in value && 'data' in value;
}

function unpack(packed: PackedImage): Image {
  return { ...packed, data: new Uint8Array(Buffer.from(packed.data, 'base64')) };
}
