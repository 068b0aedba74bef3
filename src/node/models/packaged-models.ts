import { createHash } from 'node:crypto';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { embedderProfileOf } from '../../models/embedder-part.ts';
import type { EmbedderPart, ModelPrecision } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { modelSource } from './folder-source.ts';

/**
 * What is known of the embedder that a classifier, model folder or gallery was made with.
 *
 * @param identity - its hash, as they keep it
 * @param models - the pack that is asked, by name or path, or what gives it. @defaultValue the default pack
 * @returns undefined where the pack does not have the embedder
 */
export async function profileOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<EmbedderProfile | undefined> {
  const part = await findEmbedder(models, ({ identity: own }) => own === identity);
  return part && embedderProfileOf(part);
}

/**
 * With which numbers a pack's embedder of a hash computes.
 *
 * @param identity - as classifiers, model folders and galleries keep it
 * @param models - the pack that is asked, by name or path, or what gives it. @defaultValue the default pack
 * @returns undefined where the pack does not have the embedder
 */
export async function precisionOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<ModelPrecision | undefined> {
  return (await findEmbedder(models, ({ identity: own }) => own === identity))?.precision;
}

/**
 * The embedder that a pack has in a precision.
 *
 * @param models - the pack, by name or path, or what gives it. @defaultValue the default pack
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`
 */
export async function packageEmbedder(
  precision: ModelPrecision = 'fp32',
  models?: string | ModelSource,
): Promise<EmbedderProfile> {
  const part = await findEmbedder(models, (one) => one.precision === precision);
  if (part) return embedderProfileOf(part);
  throw new FaceTriggerError(
    'ERR_MODEL_NOT_FOUND',
    `The models "${(await modelSource(models).readPack()).name}" have no embedder in ${precision}`,
  );
}

/**
 * Everything in a pack that faces and embeddings depend on, as a key for what is kept between runs: another file and
 * another fact make another key.
 *
 * @param models - the pack, by name or path, or what gives it. @defaultValue the default pack
 */
export async function modelsKey(models?: string | ModelSource): Promise<readonly string[]> {
  const { parts } = await modelSource(models).readPack();
  return parts.map((part) => createHash('sha256').update(JSON.stringify(part)).digest('hex'));
}

async function findEmbedder(
  models: string | ModelSource | undefined,
  fits: (part: EmbedderPart) => boolean,
): Promise<EmbedderPart | undefined> {
  const { parts } = await modelSource(models).readPack();
  return parts.filter((part) => part.kind === 'embedder').find(fits);
}
