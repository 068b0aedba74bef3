import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChipRanges } from '../../convert/chip/chip-ranges.ts';
import { CONVERTER_VERSION } from '../../convert/convert-model.ts';
import { quantizePart } from '../../convert/quantize-part.ts';
import { describeModel } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack, type ModelPart } from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { DEFAULT_PACK } from './pack-folders.ts';
import { readModelOf } from './read-model-of.ts';

/**
 * Converts published files of MobileFaceNet and of MediaPipe's full-range detector into the pack that ships with the
 * package, the embedder also quantized.
 *
 * @param options.embedder - path of `MobileFaceNet.tflite`
 * @param options.detector - path of `face_detection_full_range.tflite`
 * @param options.outputFolder - gets the networks and `face-trigger.json`, written last
 * @throws Error if a file or the calibration is not that of the published one
 */
export async function buildMobilefacenet(options: {
  readonly embedder: string;
  readonly detector: string;
  readonly outputFolder: string;
  /** Of the embedder's values on real faces, as `scripts/calibrate.mjs` writes them. */
  readonly calibration: { readonly source: string; readonly ranges: ChipRanges };
}): Promise<ModelPack> {
  const { embedder, detector, outputFolder, calibration } = options;
  await mkdir(outputFolder, { recursive: true });
  const parts: ModelPart[] = [];
  for (const [path, file] of [
    [detector, 'face-detector.onnx'],
    [embedder, 'face-embedder.onnx'],
  ] as const) {
    const model = await readModelOf(path);
    if (model === null || !Object.hasOwn(KNOWN_MODELS, model.sha256)) {
      throw new Error(`${path} is not the published file: its SHA-256 differs`);
    }
    const converted = model.toModelFile();
    const verdict = describeModel({ ...converted, name: file });
    if (!verdict.use) throw new Error(`${path}: ${verdict.why}`);
    await writeFileAtomic(join(outputFolder, file), converted.bytes);
    parts.push(verdict.part);
    if (verdict.part.kind !== 'embedder') continue;
    if (calibration.source !== verdict.part.identity) {
      throw new Error(`The ranges of MobileFaceNet's values are not those of ${path}`);
    }
    const small = quantizePart({ part: verdict.part, bytes: converted.bytes }, calibration.ranges);
    await writeFileAtomic(join(outputFolder, small.part.file), small.bytes);
    parts.push(small.part);
  }
  const pack = MODEL_PACK.parse({
    format: 'face-trigger-models',
    version: 1,
    name: 'mobilefacenet',
    title: "MobileFaceNet of 2018 with 192 numbers, MediaPipe's full-range detector",
    base: DEFAULT_PACK,
    converterVersion: CONVERTER_VERSION,
    parts,
  });
  await writeFileAtomic(join(outputFolder, MODEL_PACK_FILE), `${JSON.stringify(pack, null, 2)}\n`);
  return pack;
}
