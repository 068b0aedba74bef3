import type { Detection } from '../../core/detect/face-detector.ts';
import { type InputForm, networkInput, roundUp } from '../../core/detect/network-input.ts';
import { networkOutputs, pointsFrom } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import type { Size } from '../../core/geometry/quarter-turn.ts';
import type { Image } from '../../core/image/image.ts';
import { ARCFACE_FIVE_POINTS } from '../../core/landmark/arcface-five-points.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { RETINAFACE_FACTS } from './retinaface-facts.ts';

/** Strides and the sides of their two priors. */
const LEVELS = [
  { stride: 8, sides: [10, 20] },
  { stride: 16, sides: [32, 64] },
  { stride: 32, sides: [128, 256] },
] as const;
const VARIANCES = { center: 0.1, size: 0.2 };
const MULTIPLE = 32;
const FORM: InputForm = { order: 'nchw', colors: 'bgr', mean: [104, 117, 123], deviation: 1 };

/**
 * Opens a RetinaFace detector on MobileNet 0.25 whose scores are already softmaxed.
 *
 * @param profile - over the family's own facts
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: github.com/biubug6/Face-Detector-1MB-with-landmark, layers/functions/prior_box.py and
 * utils/box_utils.py; Deng et al., "RetinaFace", arXiv 1905.00641.
 */
export async function openRetinaface(
  model: ViewModel,
  options: { readonly runtime: Runtime; readonly threads?: number | undefined },
): Promise<ViewDetector> {
  const { window } = readPictureNetwork(model.bytes);
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const frame = window ?? {
      width: roundUp(picture.width, MULTIPLE),
      height: roundUp(picture.height, MULTIPLE),
    };
    const priors = priorsOf(frame);
    const count = priors.length / 3;
    const lengths = new Map(Object.entries({ conf: 2 * count, loc: 4 * count, landm: 10 * count }));
    const [conf, loc, landm] = (await networkOutputs(
      session,
      networkInput(picture, frame, FORM),
      lengths,
    )) as [Float32Array, Float32Array, Float32Array];
    const found: Detection[] = [];
    for (let i = 0; i < count; i++) {
      const score = conf[2 * i + 1]!;
      if (!(score > minScore)) continue;
      const [x, y, side] = [priors[3 * i]!, priors[3 * i + 1]!, priors[3 * i + 2]!];
      const step = VARIANCES.center * side;
      const width = side * Math.exp(VARIANCES.size * loc[4 * i + 2]!);
      const height = side * Math.exp(VARIANCES.size * loc[4 * i + 3]!);
      found.push({
        box: {
          left: x + step * loc[4 * i]! - width / 2,
          top: y + step * loc[4 * i + 1]! - height / 2,
          width,
          height,
        },
        score,
        landmarks: {
          layout: ARCFACE_FIVE_POINTS,
          points: pointsFrom(5, (p) => [
            x + step * landm[10 * i + 2 * p]!,
            y + step * landm[10 * i + 2 * p + 1]!,
          ]),
        },
      });
    }
    return found;
  };
  const views = {
    window,
    usual: 'as it is',
  } as const;
  return ViewDetector.open(model, { facts: RETINAFACE_FACTS, views, maxIou: 0.4, look }, options);
}

/** Centers and side of each prior, three numbers each; two at every cell's center. */
function priorsOf({ width, height }: Size): Float64Array {
  const count = LEVELS.reduce(
    (sum, { stride, sides }) => sum + Math.ceil(width / stride) * Math.ceil(height / stride) * sides.length,
    0,
  );
  const priors = new Float64Array(3 * count);
  let at = 0;
  for (const { stride, sides } of LEVELS) {
    for (let row = 0; row < Math.ceil(height / stride); row++) {
      for (let column = 0; column < Math.ceil(width / stride); column++) {
        for (const side of sides) {
          priors[at++] = (column + 0.5) * stride;
          priors[at++] = (row + 0.5) * stride;
          priors[at++] = side;
        }
      }
    }
  }
  return priors;
}
