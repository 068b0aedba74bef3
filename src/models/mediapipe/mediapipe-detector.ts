import type { Detection } from '../../core/detect/face-detector.ts';
import { type InputForm, networkInput, roundUp } from '../../core/detect/network-input.ts';
import { networkOutputs, pointsFrom } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry/quarter-turn.ts';
import type { Image } from '../../core/image/image.ts';
import { MEDIAPIPE_SIX_POINTS } from '../../core/landmark/mediapipe-six-points.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { MEDIAPIPE_FACTS } from './mediapipe-facts.ts';

/** One anchor a cell, at its center. */
const STRIDE = 4;
/** Numbers of an anchor: center, sides, six points. */
const PER_ANCHOR = 16;
const POINTS = 6;
/** Its coarsest map has one pixel of so many. */
const MULTIPLE = 32;
/** What its makers show it. */
const USUAL_SIDES = { width: 192, height: 192 } as const;
/** A pixel costs it four times the time and memory that it costs YuNet. */
const COSTS = { cheapPixels: 0, mostPixels: 1_000_000 } as const;
const COLORS = { colors: 'rgb', mean: [127.5, 127.5, 127.5], deviation: 127.5 } as const;

/**
 * Opens MediaPipe's full-range face detector (BlazeFace with one anchor a cell), as converted from its TFLite file.
 *
 * @param profile - over the family's own facts
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: mediapipe, modules/face_detection/face_detection_full_range.pbtxt and
 * calculators/tflite/ssd_anchors_calculator.cc; Bazarevsky et al., "BlazeFace", arXiv 1907.05047.
 */
export async function openMediapipe(
  model: ViewModel,
  options: { readonly runtime: Runtime; readonly threads?: number | undefined },
): Promise<ViewDetector> {
  const { window, outputs, order } = readPictureNetwork(model.bytes);
  const boxes = outputs.find(({ shape }) => shape.at(-1) === PER_ANCHOR)?.name;
  const scores = outputs.find(({ shape }) => shape.at(-1) === 1)?.name;
  if (boxes === undefined || scores === undefined) {
    const expected = `${PER_ANCHOR} numbers and a score for each anchor`;
    const received = outputs.map(({ name, shape }) => `"${name}" [${shape.join(', ')}]`).join(', ');
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the MediaPipe model', received));
  }
  const form: InputForm = { order, ...COLORS };
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const frame = window ?? frameOf(picture);
    const columns = Math.floor(frame.width / STRIDE);
    const count = columns * Math.floor(frame.height / STRIDE);
    const lengths = new Map([
      [scores, count],
      [boxes, PER_ANCHOR * count],
    ]);
    const [logits, numbers] = (await networkOutputs(
      session,
      networkInput(picture, frame, form),
      lengths,
    )) as [Float32Array, Float32Array];
    const found: Detection[] = [];
    // Whose logit is below it need not be told how far.
    const least = logitOf(minScore);
    for (let i = 0; i < count; i++) {
      if (logits[i]! < least) continue;
      const score = 1 / (1 + Math.exp(-logits[i]!));
      if (!(score > minScore)) continue;
      const x = ((i % columns) + 0.5) * STRIDE;
      const y = (Math.floor(i / columns) + 0.5) * STRIDE;
      const at = (k: number) => numbers[PER_ANCHOR * i + k]!;
      const [width, height] = [at(2), at(3)];
      found.push({
        box: { left: x + at(0) - width / 2, top: y + at(1) - height / 2, width, height },
        score,
        landmarks: {
          layout: MEDIAPIPE_SIX_POINTS,
          points: pointsFrom(POINTS, (p) => [x + at(4 + 2 * p), y + at(5 + 2 * p)]),
        },
      });
    }
    return found;
  };
  const views = { window, usual: 'fitted', usualSides: USUAL_SIDES, ...COSTS } as const;
  return ViewDetector.open(model, { facts: MEDIAPIPE_FACTS, views, maxIou: 0.3, look }, options);
}

/** Sides of what a network of any size is given: as its makers do it where it is shown what they show it. */
function frameOf({ width, height }: Size): Size {
  if (Math.max(width, height) === USUAL_SIDES.width) return USUAL_SIDES;
  return { width: roundUp(width, MULTIPLE), height: roundUp(height, MULTIPLE) };
}

/** A little below what the sigmoid turns into a score. */
function logitOf(score: number): number {
  if (score <= 0) return Number.NEGATIVE_INFINITY;
  return score >= 1 ? Number.POSITIVE_INFINITY : Math.log(score / (1 - score)) - 1e-6;
}
