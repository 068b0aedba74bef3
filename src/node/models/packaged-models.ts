import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { embedderProfileOf } from '../../models/embedder-part.ts';
import type { EmbedderPart, ModelPrecision } from '../../models/model-pack.ts';
import { readPack } from './read-pack.ts';

/**
 * What is known of the embedder that a classifier, model folder or gallery was made with.
 *
 * @param identity - its hash, as they keep it
 * @returns undefined where the embedder is not one of the packs that come with face-trigger
 */
export async function profileOfEmbedder(identity: string): Promise<EmbedderProfile | undefined> {
  const part = await findEmbedder(({ identity: own }) => own === identity);
  return part && embedderProfileOf(part);
}

/**
 * With which numbers the packaged embedder of a hash computes.
 *
 * @param identity - as classifiers, model folders and galleries keep it
 * @returns undefined where the embedder is not the package's
 */
export async function precisionOfEmbedder(identity: string): Promise<ModelPrecision | undefined> {
  return (await findEmbedder(({ identity: own }) => own === identity))?.precision;
}

/** The embedder that the default pack has in a precision. */
export async function packageEmbedder(precision: ModelPrecision = 'fp32'): Promise<EmbedderProfile> {
  const part = await findEmbedder((one) => one.precision === precision);
  if (part) return embedderProfileOf(part);
  throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `The package has no embedder in ${precision}`);
}

async function findEmbedder(fits: (part: EmbedderPart) => boolean): Promise<EmbedderPart | undefined> {
  const { pack } = await readPack();
  return pack.parts.filter((part) => part.kind === 'embedder').find(fits);
}
