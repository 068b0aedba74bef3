import type { ChipTemplate } from '../core/align/chip-template.ts';
import type { Point } from '../core/geometry/point.ts';
import { ARCFACE_FIVE_POINTS } from '../core/landmark/arcface-five-points.ts';
import { arcfaceChip } from './arcface-chip.ts';
import { cosineFacts, type MeasuredFacts } from './cosine-facts.ts';
import type { EmbedderPart } from './model-pack.ts';

type Facts = EmbedderPart['facts'];

/** What is known of a family of embedders beside what its files say. */
export interface EmbedderFamily {
  readonly colors: 'rgb' | 'bgr';
  /** (value - mean) / deviation, where the file does not begin with that itself; `null`: takes 0 .. 255. */
  readonly normalization: { readonly mean: readonly number[]; readonly deviation: readonly number[] } | null;
  /** Distance below which two photos are one person. */
  readonly verify: number;
  /** Of networks of 512 numbers and more, where they have a limit of their own. */
  readonly verifyOf512?: number | undefined;
  /** What was measured besides; see {@link cosineFacts} for the rest. */
  readonly measured?: MeasuredFacts | undefined;
  readonly chip: (size: number) => ChipTemplate;
}

/** Every color alike. */
const gray = (mean: number, deviation: number) => ({ mean: [mean], deviation: [deviation] });

/**
 * FaceNet's crop is the box of a face; here it is laid by the points, where they lie on average in such a crop of a
 * square of the longer side of the box.
 */
const FACENET_PLACES: readonly Point[] = [
  [0.3333, 0.3864],
  [0.6615, 0.3824],
  [0.4995, 0.5817],
  [0.3613, 0.7382],
  [0.6457, 0.7354],
];

/**
 * Where the points of dlib's 5-point model lie in it: their places in ArcFace's chip (arcface-chip.ts), brought over by
 * the similarity that lays ArcFace's own five points upon those above, 0.018 apart at most.
 */
const FACENET_DLIB_PLACES: readonly Point[] = [
  [0.7128, 0.393],
  [0.5889, 0.3978],
  [0.2752, 0.4004],
  [0.3993, 0.4006],
  [0.4976, 0.6342],
];

/**
 * Measured on npm's mobilefacenet-192 with dlib's detector and points, on half of the people of Labeled Faces in the
 * Wild, View 2, folds 1 and 2: `node bench/accuracy/embedder-limits.mjs` (one false accept in a thousand pairs at 0.533,
 * copies of a photo up to 0.015, mirrored and gray ones up to 0.089, cut and brightened ones up to 0.049) and
 * `probability-reliability.mjs --fit`.
 */
const MOBILEFACENET_192: MeasuredFacts = {
  thresholds: { identify: 0.53, samePhoto: 0.018, variation: 0.09, copy: 0.095, farthest: 1.4 },
  evidence: {
    fast: { midpoint: 0.637, scale: 31.7, perReference: 2.01 },
    balanced: { midpoint: 0.633, scale: 31.5, perReference: 1.97 },
    best: { midpoint: 0.629, scale: 31.7, perReference: 2.02 },
  },
  impostors: { mean: 0.0163, deviation: 0.146 },
};

/**
 * Families of embedders by the names that users give.
 *
 * @remarks Sources: insightface, python-package/insightface/model_zoo/arcface_onnx.py (arcface); AdaFace's README
 * (adaface: BGR); OpenCV, modules/objdetect/src/face_recognize.cpp, and its limit of 0.363 for the cosine (sface);
 * deepface, deepface/config/threshold.py: 0.55 of "Buffalo_L", which is InsightFace's w600k_r50 (its own "ArcFace", another
 * network, has 0.68) and which AdaFace's is taken for, 0.40 of FaceNet with 128 numbers, 0.30 with 512;
 * sirius-ai/MobileFaceNet_TF (mobilefacenet); foamliu/MobileFaceNet, config.py (mobilefacenet-foamliu).
 */
export const EMBEDDER_FAMILIES: Readonly<Record<string, EmbedderFamily>> = {
  arcface: { colors: 'rgb', normalization: gray(127.5, 127.5), verify: 0.55, chip: arcfaceChip },
  adaface: { colors: 'bgr', normalization: gray(127.5, 127.5), verify: 0.55, chip: arcfaceChip },
  sface: { colors: 'rgb', normalization: null, verify: 0.637, chip: arcfaceChip },
  mobilefacenet: {
    colors: 'rgb',
    normalization: gray(127.5, 128),
    verify: 0.62,
    measured: MOBILEFACENET_192,
    chip: arcfaceChip,
  },
  'mobilefacenet-foamliu': {
    colors: 'rgb',
    // ImageNet's.
    normalization: {
      mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
      deviation: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    },
    verify: 0.75,
    chip: arcfaceChip,
  },
  // As deepface runs it by default: detection.extract_faces gives RGB over 255, which representation.represent turns
  // round ("rgb to bgr") before resizing; `normalization="base"` leaves it so.
  facenet: {
    colors: 'bgr',
    normalization: gray(0, 255),
    verify: 0.4,
    verifyOf512: 0.3,
    chip: facenetChip,
  },
  // The models of 2018 as they were trained: davidsandberg/facenet reads RGB (deepface's "Facenet2018" gives BGR).
  'facenet-2018': { colors: 'rgb', normalization: gray(127.5, 127.5), verify: 0.3, chip: facenetChip },
};

function facenetChip(size: number): ChipTemplate {
  return {
    size,
    layout: ARCFACE_FIVE_POINTS,
    points: FACENET_PLACES,
    fit: 'affine',
    others: [{ layout: 'dlib-5', points: FACENET_DLIB_PLACES }],
  };
}

/** Facts of a file of a family. */
export function embedderFacts(
  { colors, normalization, verify, verifyOf512 = verify, measured, chip }: EmbedderFamily,
  shape: { readonly size: number; readonly dimension: number; readonly normalizes: boolean },
): Facts {
  return {
    dimension: shape.dimension,
    chip: chip(shape.size),
    input: { colors, normalization: shape.normalizes ? null : normalization },
    lengthRule: { length: 1, applies: 'always' },
    ...cosineFacts(shape.dimension >= 512 ? verifyOf512 : verify, measured),
  };
}
