import { createHash } from 'node:crypto';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { embedderProfileOf } from '../../models/embedder-part.ts';
import { type LedgerEntry, ledgerEntry } from '../../models/licence-ledger.ts';
import type { EmbedderPart, ModelPrecision } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { modelSource } from './folder-source.ts';
import { DEFAULT_PACK, packNames } from './pack-folders.ts';

/**
 * What is known of the embedder that a classifier, model folder or gallery was made with.
 *
 * @param identity - its hash, as they keep it
 * @param models - the pack that is asked, by name or path, or what gives it. @defaultValue every pack that has a name
 * @returns undefined where no pack that is asked has the embedder
 */
export async function profileOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<EmbedderProfile | undefined> {
  const found = await packOfEmbedder(identity, models);
  return found && embedderProfileOf(found.part);
}

/** Which networks to open. */
export interface EmbedderNetworks {
  /** A pack by its name or path, or what gives it. Absent: the default pack. */
  readonly models: string | ModelSource | undefined;
  /** Numbers that its embedder computes with. */
  readonly precision: ModelPrecision;
}

/**
 * The networks to open for embeddings that compare with those of a classifier, model folder or gallery.
 *
 * @param identity - hash of the embedder, as they keep it
 * @param models - the pack that is asked, by name or path, or what gives it. @defaultValue every pack that has a name
 * @returns undefined where no pack that is asked has the embedder
 */
export async function networksOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<EmbedderNetworks | undefined> {
  const found = await packOfEmbedder(identity, models);
  return found && { models: found.models, precision: found.part.precision };
}

/**
 * What is known of the licences of an embedder, for what its embeddings are kept in.
 *
 * @param identity - hash of the embedder
 * @param models - the pack that is asked. @defaultValue every pack that has a name
 * @returns undefined where no pack that is asked has the embedder
 */
export async function ledgerOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<readonly LedgerEntry[] | undefined> {
  const found = await packOfEmbedder(identity, models);
  return found && [ledgerEntry(found.part)];
}

async function packOfEmbedder(
  identity: string,
  models: string | ModelSource | undefined,
): Promise<{ models: string | ModelSource | undefined; part: EmbedderPart } | undefined> {
  const isIt = (part: EmbedderPart) => part.identity === identity;
  const part = await findEmbedder(models, isIt);
  if (part) return { models, part };
  if (models !== undefined) return undefined;
  for (const name of await packNames()) {
    if (name === DEFAULT_PACK) continue;
    // A pack that was damaged meanwhile must not keep others from being found; "models verify" tells of it.
    const other = await findEmbedder(name, isIt).catch(() => undefined);
    if (other) return { models: name, part: other };
  }
  return undefined;
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
