import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelKind } from '../../convert/convert-model.ts';
import { FaceTriggerError } from '../../core/errors.ts';

/** One model of the package, as `models/manifest.json` lists it. */
export interface ManifestEntry {
  readonly kind: ModelKind;
  readonly precision: ModelPrecision;
  /** Name that stands in classifiers and galleries made with the model. */
  readonly id: string;
  /** Hash that tells embeddings of this model from those of others, however the file is written. */
  readonly identity: string;
  /** File name inside the models folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly source: { readonly file: string; readonly sha256: string; readonly origin: string };
  readonly licence: string;
}

/** Numbers that a model computes with: 32-bit floats as dlib does, or bytes. */
export type ModelPrecision = 'fp32' | 'int8';

export interface Manifest {
  readonly version: 1;
  readonly converterVersion: number;
  readonly models: readonly ManifestEntry[];
}

export const MANIFEST_FILE = 'manifest.json';

/** The folder of models that comes with the package. */
export function modelsFolder(): string {
  return fileURLToPath(new URL('../../../models', import.meta.url));
}

/**
 * Reads the list of models of a folder.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND` if the package was not built, `ERR_MODEL_FORMAT` if it is damaged
 */
export async function readManifest(folder = modelsFolder()): Promise<Manifest> {
  const path = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `No models at ${folder}. In a checkout run "node scripts/bootstrap.mjs"; otherwise install face-trigger again`;
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message, { cause });
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.version === 1 && Array.isArray(manifest.models) && manifest.models.every(isEntry))
      return manifest;
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is not JSON`, { cause });
  }
  throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is not a list of models of version 1`);
}

/**
 * With which numbers the package's embedder of a hash computes.
 *
 * @param identity - as classifiers, model folders and galleries keep it
 * @returns undefined where the embedder is not the package's
 */
export async function precisionOfEmbedder(identity: string): Promise<ModelPrecision | undefined> {
  const { models } = await readManifest();
  return models.find((model) => model.kind === 'embedder' && model.identity === identity)?.precision;
}

/** Who makes the embeddings of the package's embedder in a precision, as classifiers and galleries keep it. */
export async function packageEmbedder(
  precision: ModelPrecision = 'fp32',
): Promise<{ id: string; sha256: string }> {
  const { models } = await readManifest();
  const entry = models.find((model) => model.kind === 'embedder' && model.precision === precision);
  if (!entry)
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `The list of models has no embedder in ${precision}`);
  return { id: entry.id, sha256: entry.identity };
}

function isEntry(entry: ManifestEntry): boolean {
  return (
    typeof entry?.id === 'string' &&
    typeof entry.sha256 === 'string' &&
    typeof entry.file === 'string' &&
    // A plain name: a manifest must not lead out of its folder.
    /^[\w-][\w.-]*$/.test(entry.file) &&
    typeof entry.source?.sha256 === 'string' &&
    typeof entry.identity === 'string' &&
    ['fp32', 'int8'].includes(entry.precision) &&
    ['detector', 'landmarks', 'embedder'].includes(entry.kind)
  );
}
