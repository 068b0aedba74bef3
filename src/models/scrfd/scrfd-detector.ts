import type { Detection } from '../../core/detect/face-detector.ts';
import { type InputForm, networkInput, roundUp } from '../../core/detect/network-input.ts';
import { networkOutputs, pointsFrom } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { ARCFACE_FIVE_POINTS } from '../../core/landmark/arcface-five-points.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { SCRFD_FACTS } from './scrfd-facts.ts';

const STRIDES = [8, 16, 32];
const ANCHORS = 2;
/** Numbers of an anchor: its score, the box, five points. */
const PER_ANCHOR = [1, 4, 10];
/** What InsightFace scales pictures to. */
const USUAL_SIDES = { width: 640, height: 640 };
/** Sides are whole multiples of the largest stride. */
const MULTIPLE = 32;
const FORM: InputForm = {
  order: 'nchw',
  colors: 'rgb',
  mean: [127.5, 127.5, 127.5],
  deviation: 128,
};

/**
 * Opens an SCRFD detector with five points, such as InsightFace's det_500m and det_10g.
 *
 * @param profile - over the family's own facts
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: insightface, python-package/insightface/model_zoo/scrfd.py; Guo et al., "Sample and Computation
 * Redistribution for Efficient Face Detection", arXiv 2105.04714.
 */
export async function openScrfd(
  model: ViewModel,
  options: { readonly runtime: Runtime; readonly threads?: number | undefined },
): Promise<ViewDetector> {
  const { window, outputs } = readPictureNetwork(model.bytes);
  if (outputs.length !== 9) {
    const message = expectation(
      'nine outputs: scores, boxes and points of three strides',
      'the SCRFD model',
      outputs.length,
    );
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const names = outputs.map(({ name }) => name);
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const frame = window ?? {
      width: roundUp(picture.width, MULTIPLE),
      height: roundUp(picture.height, MULTIPLE),
    };
    const cells = STRIDES.map((stride) => Math.ceil(frame.width / stride) * Math.ceil(frame.height / stride));
    // Names are numbers of the exporter: the order says what they are.
    const lengths = new Map(
      names.map((name, i) => [name, cells[i % 3]! * ANCHORS * PER_ANCHOR[Math.floor(i / 3)]!]),
    );
    const values = await networkOutputs(session, networkInput(picture, frame, FORM), lengths);
    return STRIDES.flatMap((stride, level) => {
      const [scores, boxes, points] = [values[level]!, values[level + 3]!, values[level + 6]!];
      const columns = Math.ceil(frame.width / stride);
      const found: Detection[] = [];
      for (let i = 0; i < scores.length; i++) {
        const score = scores[i]!;
        if (!(score > minScore)) continue;
        const cell = Math.floor(i / ANCHORS);
        const x = (cell % columns) * stride;
        const y = Math.floor(cell / columns) * stride;
        const distance = (side: number) => boxes[4 * i + side]! * stride;
        found.push({
          box: {
            left: x - distance(0),
            top: y - distance(1),
            width: distance(0) + distance(2),
            height: distance(1) + distance(3),
          },
          score,
          landmarks: {
            layout: ARCFACE_FIVE_POINTS,
            points: pointsFrom(5, (p) => [
              x + points[10 * i + 2 * p]! * stride,
              y + points[10 * i + 2 * p + 1]! * stride,
            ]),
          },
        });
      }
      return found;
    });
  };
  const views = {
    window,
    usual: 'fitted',
    usualSides: USUAL_SIDES,
  } as const;
  return ViewDetector.open(model, { facts: SCRFD_FACTS, views, maxIou: 0.4, look }, options);
}
