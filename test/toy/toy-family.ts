import {
  type Detection,
  type DetectLargestOptions,
  type DetectOptions,
  type FaceDetector,
  largestDetection,
} from '../../src/core/detect/face-detector.ts';
import type { EmbedderProfile } from '../../src/core/embed/embedder-profile.ts';
import type { FaceEmbedder } from '../../src/core/embed/face-embedder.ts';
import { assertImage, type Image } from '../../src/core/image/image.ts';
import type { LandmarkLayout } from '../../src/core/landmark/landmarks.ts';

// A family of networks that is none: "faces" are colored squares on black, and an embedding is the mean color. It has a
// layout, a chip, a metric and a length of its own, and no line of src/ knows it.

/** Both eyes and the nose, in another order than dlib's. */
export const TOY_LAYOUT: LandmarkLayout = {
  name: 'toy-3',
  points: ['nose', 'right eye', 'left eye'],
  leftEye: [2],
  rightEye: [1],
  nose: 0,
  noseDrop: 0.5,
};

const EVIDENCE = { midpoint: 0.05, scale: 200, perReference: 1 };

export const TOY_PROFILE: EmbedderProfile = {
  id: 'toy',
  sha256: '70'.repeat(32),
  licence: 'CC0-1.0',
  dimension: 3,
  chip: {
    size: 32,
    layout: TOY_LAYOUT,
    points: [
      [0.5, 0.6],
      [0.25, 0.35],
      [0.75, 0.35],
    ],
  },
  input: { colors: 'rgb', normalization: null },
  metric: 'cosine',
  lengthRule: null,
  thresholds: {
    verify: 0.05,
    identify: 0.04,
    samePhoto: 1e-6,
    variation: 1e-5,
    copy: 1e-4,
    farthest: 1,
  },
  evidence: { fast: EVIDENCE, balanced: EVIDENCE, best: EVIDENCE },
  calibration: { midpoint: 0.05, scale: 200 },
};

/** The mean color of a chip. */
export class ToyEmbedder implements FaceEmbedder {
  readonly profile = TOY_PROFILE;
  disposals = 0;

  async embed(chips: readonly Image[]): Promise<Float32Array[]> {
    return chips.map(({ data, channels }) => {
      const sum = new Float32Array(3);
      for (let i = 0; i < data.length; i++) {
        if (channels === 3) sum[i % 3]! += data[i]!;
        else for (let c = 0; c < 3; c++) sum[c]! += data[i]!;
      }
      return sum;
    });
  }

  async dispose(): Promise<void> {
    this.disposals++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Finds what is not black, and gives landmarks with it. */
export class ToyDetector implements FaceDetector {
  readonly profile = { id: 'toy', uprightScore: 0.9, steadyScore: 0.5, clearScore: 0.5, roughBelow: 0 };

  async detect(image: Image, options: DetectOptions = {}): Promise<Detection[]> {
    assertImage(image);
    const { minFaceSize = 1, minScore = 0, maxFaces = Number.POSITIVE_INFINITY } = options;
    const found: Detection[] = [];
    for (const box of squares(image)) {
      if (box.width < minFaceSize || !(1 > minScore)) continue;
      const at = (x: number, y: number) => [box.left + x * box.width, box.top + y * box.height] as const;
      const points = TOY_PROFILE.chip.points.map(([x, y]) => at(x, y));
      found.push({ box, score: 1, landmarks: { layout: TOY_LAYOUT, points } });
    }
    return found.slice(0, maxFaces);
  }

  async detectLargest(image: Image, options: DetectLargestOptions = {}): Promise<Detection | null> {
    return largestDetection(await this.detect(image, options), image, options.minAreaRatio);
  }

  async dispose(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A picture of people side by side: a checked square in each one's color. */
export function toyPhoto(
  colors: readonly (readonly [number, number, number])[],
  options: { readonly side?: number; readonly shade?: number } = {},
): Image {
  const { side = 96, shade = 1 } = options;
  const gap = side >> 1;
  const width = gap + colors.length * (side + gap);
  const height = side + 2 * gap;
  const data = new Uint8Array(width * height * 3);
  for (const [index, color] of colors.entries()) {
    const left = gap + index * (side + gap);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const light = shade * (((x >> 3) + (y >> 3)) % 2 === 0 ? 1 : 0.5);
        const p = ((gap + y) * width + left + x) * 3;
        for (let c = 0; c < 3; c++) data[p + c] = Math.round(color[c]! * light);
      }
    }
  }
  return { data, width, height, channels: 3 };
}

function* squares({ data, width, height, channels }: Image) {
  const isLit = (x: number, y: number) => {
    for (let c = 0; c < channels; c++) if (data[(y * width + x) * channels + c]! > 8) return true;
    return false;
  };
  const column = (x: number) => Array.from({ length: height }, (_, y) => isLit(x, y));
  for (let left = 0; left < width; left++) {
    if (!column(left).includes(true)) continue;
    let right = left;
    while (right + 1 < width && column(right + 1).includes(true)) right++;
    const lit = column(left);
    const top = lit.indexOf(true);
    yield { left, top, width: right - left + 1, height: lit.lastIndexOf(true) - top + 1 };
    left = right;
  }
}
