import type { Detection } from '../../core/detect/face-detector.ts';
import { type InputForm, networkInput, roundUp } from '../../core/detect/network-input.ts';
import { networkOutputs, pointsFrom } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import type { Image } from '../../core/image/image.ts';
import { ARCFACE_FIVE_POINTS } from '../../core/landmark/arcface-five-points.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { YUNET_FACTS } from './yunet-facts.ts';

const STRIDES = [8, 16, 32];
/** Sides are whole multiples of the largest stride. */
const MULTIPLE = 32;
const FORM: InputForm = { order: 'nchw', colors: 'bgr', mean: [0, 0, 0], deviation: 1 };

/**
 * Opens a YuNet detector of 2023 (`face_detection_yunet_2023mar.onnx` and its kin).
 *
 * @param profile - over the family's own facts
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: OpenCV, modules/objdetect/src/face_detect.cpp; Wu et al., "YuNet: A Tiny Millisecond-level Face
 * Detector", 2023.
 */
export async function openYunet(
  model: ViewModel,
  options: { readonly runtime: Runtime; readonly threads?: number | undefined },
): Promise<ViewDetector> {
  const { window } = readPictureNetwork(model.bytes);
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const frame = window ?? {
      width: roundUp(picture.width, MULTIPLE),
      height: roundUp(picture.height, MULTIPLE),
    };
    const cells = STRIDES.map((stride) => (frame.width / stride) * (frame.height / stride));
    const lengths = new Map(
      STRIDES.flatMap((stride, level) =>
        Object.entries({ cls: 1, obj: 1, bbox: 4, kps: 10 }).map(
          ([name, size]) => [`${name}_${stride}`, cells[level]! * size] as const,
        ),
      ),
    );
    const values = await networkOutputs(session, networkInput(picture, frame, FORM), lengths);
    // The root is drawn of the few only that are above it.
    const least = minScore < 0 ? -1 : minScore * minScore;
    return STRIDES.flatMap((stride, level) => {
      const [cls, obj, boxes, points] = values.slice(4 * level, 4 * level + 4) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const columns = frame.width / stride;
      const found: Detection[] = [];
      for (let i = 0; i < cls.length; i++) {
        const product = unit(cls[i]!) * unit(obj[i]!);
        if (!(product > least)) continue;
        const score = Math.sqrt(product);
        const column = i % columns;
        const row = Math.floor(i / columns);
        const width = Math.exp(boxes[4 * i + 2]!) * stride;
        const height = Math.exp(boxes[4 * i + 3]!) * stride;
        const left = (column + boxes[4 * i]!) * stride - width / 2;
        const top = (row + boxes[4 * i + 1]!) * stride - height / 2;
        found.push({
          box: { left, top, width, height },
          score,
          landmarks: {
            layout: ARCFACE_FIVE_POINTS,
            points: pointsFrom(5, (p) => [
              (points[10 * i + 2 * p]! + column) * stride,
              (points[10 * i + 2 * p + 1]! + row) * stride,
            ]),
          },
        });
      }
      return found;
    });
  };
  const views = {
    window,
    usual: 'as it is',
  } as const;
  return ViewDetector.open(model, { facts: YUNET_FACTS, views, maxIou: 0.3, look }, options);
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
