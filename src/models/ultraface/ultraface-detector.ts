import type { Detection } from '../../core/detect/face-detector.ts';
import { type InputForm, networkInput } from '../../core/detect/network-input.ts';
import { networkOutputs } from '../../core/detect/network-outputs.ts';
import { ViewDetector, type ViewModel } from '../../core/detect/view-detector.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import type { Runtime, RuntimeSession } from '../../core/runtime/runtime.ts';
import { readPictureNetwork } from '../../onnx/picture-input.ts';
import { ULTRAFACE_FACTS } from './ultraface-facts.ts';

const FORM: InputForm = {
  order: 'nchw',
  colors: 'rgb',
  mean: [127, 127, 127],
  deviation: 128,
};

/**
 * Opens an UltraFace detector (`version-RFB-320` and its kin), which gives no points.
 *
 * @param profile - over the family's own facts
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 * @remarks Source: github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB,
 * run_video_face_detect_onnx.py.
 */
export async function openUltraface(
  model: ViewModel,
  options: { readonly runtime: Runtime; readonly threads?: number | undefined },
): Promise<ViewDetector> {
  const { window, outputs } = readPictureNetwork(model.bytes);
  const count = outputs.find(({ name }) => name === 'boxes')?.shape[1];
  if (window === null || typeof count !== 'number') {
    const message = expectation(
      'an input of a fixed size and an output "boxes" [1, n, 4]',
      'the UltraFace model',
      outputs,
    );
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  }
  const lengths = new Map(Object.entries({ scores: 2 * count, boxes: 4 * count }));
  const look = async (session: RuntimeSession, picture: Image, minScore: number): Promise<Detection[]> => {
    const [scores, boxes] = (await networkOutputs(session, networkInput(picture, window, FORM), lengths)) as [
      Float32Array,
      Float32Array,
    ];
    const found: Detection[] = [];
    for (let i = 0; i < count; i++) {
      const score = scores[2 * i + 1]!;
      if (!(score > minScore)) continue;
      const left = boxes[4 * i]! * window.width;
      const top = boxes[4 * i + 1]! * window.height;
      const width = boxes[4 * i + 2]! * window.width - left;
      const height = boxes[4 * i + 3]! * window.height - top;
      found.push({ box: { left, top, width, height }, score });
    }
    return found;
  };
  const views = {
    window,
    usual: 'stretched',
  } as const;
  return ViewDetector.open(model, { facts: ULTRAFACE_FACTS, views, maxIou: 0.3, look }, options);
}
