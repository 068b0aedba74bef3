import type { Detection } from '../../core/detect/face-detector.ts';
import { networkInput, roundUp } from '../../core/detect/network-input.ts';
import { networkOutputs, pointsFrom } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry/quarter-turn.ts';
import type { Image } from '../../core/image/image.ts';
import { ARCFACE_FIVE_POINTS } from '../../core/landmark/arcface-five-points.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { RETINAFACE_ANCHORS, type RetinafaceAnchors, type RetinafaceLevel } from './retinaface-anchors.ts';
import { RETINAFACE_FACTS } from './retinaface-facts.ts';
import { RETINAFACE_FORM, RETINAFACE_VARIANCES } from './retinaface-form.ts';
import { retinafaceOutputs } from './retinaface-outputs.ts';

const MULTIPLE = 32;

/**
 * Opens a RetinaFace detector on MobileNet 0.25 whose scores are already softmaxed.
 *
 * @param profile - over the family's own facts
 * @param options.anchors - those that the file was trained with
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: github.com/biubug6/Face-Detector-1MB-with-landmark, layers/functions/prior_box.py and
 * utils/box_utils.py; Deng et al., "RetinaFace", arXiv 1905.00641.
 */
export async function openRetinaface(
  model: ViewModel,
  options: {
    readonly runtime: Runtime;
    readonly threads?: number | undefined;
    readonly anchors: RetinafaceAnchors;
  },
): Promise<ViewDetector> {
  const { window, outputs } = readPictureNetwork(model.bytes);
  const names = retinafaceOutputs(outputs);
  if (names === null) {
    const expected = 'three outputs: boxes, scores and points of all anchors';
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, 'the RetinaFace model', outputs));
  }
  const levels = RETINAFACE_ANCHORS[options.anchors];
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const frame = window ?? {
      width: roundUp(picture.width, MULTIPLE),
      height: roundUp(picture.height, MULTIPLE),
    };
    const priors = priorsOf(frame, levels);
    const count = priors.length / 3;
    const lengths = new Map([
      [names.conf, 2 * count],
      [names.loc, 4 * count],
      [names.landm, 10 * count],
    ]);
    const [conf, loc, landm] = (await networkOutputs(
      session,
      networkInput(picture, frame, RETINAFACE_FORM),
      lengths,
    )) as [Float32Array, Float32Array, Float32Array];
    const found: Detection[] = [];
    for (let i = 0; i < count; i++) {
      const score = conf[2 * i + 1]!;
      if (!(score > minScore)) continue;
      const [x, y, side] = [priors[3 * i]!, priors[3 * i + 1]!, priors[3 * i + 2]!];
      const step = RETINAFACE_VARIANCES.center * side;
      const width = side * Math.exp(RETINAFACE_VARIANCES.size * loc[4 * i + 2]!);
      const height = side * Math.exp(RETINAFACE_VARIANCES.size * loc[4 * i + 3]!);
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
function priorsOf({ width, height }: Size, levels: readonly RetinafaceLevel[]): Float64Array {
  const count = levels.reduce(
    (sum, { stride, sides }) => sum + Math.ceil(width / stride) * Math.ceil(height / stride) * sides.length,
    0,
  );
  const priors = new Float64Array(3 * count);
  let at = 0;
  for (const { stride, sides } of levels) {
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
