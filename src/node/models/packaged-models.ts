import { createHash } from 'node:crypto';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { embedderProfileOf } from '../../models/embedder-part.ts';
import { type LedgerEntry, ledgerEntries } from '../../models/licence-ledger.ts';
import { assertCommercial } from '../../models/licence-terms.ts';
import type { EmbedderPart, ModelPack, ModelPrecision } from '../../models/model-pack.ts';
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

/** All that is to be remembered of an embedder with what its embeddings are kept in. */
export interface EmbedderRecord {
  readonly profile: EmbedderProfile;
  /** What is known of its licenses. */
  readonly ledger: readonly LedgerEntry[];
  /** The pack that it was found in. */
  readonly pack: ModelPack;
}

/**
 * What the packs say of an embedder, read once for all who ask.
 *
 * @param identity - hash of the embedder
 * @param models - the pack that is asked. @defaultValue every pack that has a name
 * @returns undefined where no pack that is asked has the embedder
 */
export async function recordOfEmbedder(
  identity: string,
  models?: string | ModelSource,
): Promise<EmbedderRecord | undefined> {
  const found = await packOfEmbedder(identity, models);
  if (!found) return undefined;
  const { part, pack } = found;
  return { profile: embedderProfileOf(part), ledger: ledgerEntries(part), pack };
}

interface FoundEmbedder {
  readonly part: EmbedderPart;
  readonly pack: ModelPack;
}

async function packOfEmbedder(
  identity: string,
  models: string | ModelSource | undefined,
): Promise<(FoundEmbedder & { models: string | ModelSource | undefined }) | undefined> {
  const isIt = (part: EmbedderPart) => part.identity === identity;
  const found = await findEmbedder(models, isIt);
  if (found) return { models, ...found };
  if (models !== undefined) return undefined;
  const names = await packNames();
  const together = names.flatMap((one, i) => names.slice(i + 1).map((other) => `${one}+${other}`));
  for (const name of [...names, ...together]) {
    if (name === DEFAULT_PACK) continue;
    // A pack that was damaged meanwhile must not keep others from being found; "models verify" tells of it.
    const other = await findEmbedder(name, isIt).catch(() => undefined);
    if (other) return { models: name, ...other };
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
  { commercial = false }: { readonly commercial?: boolean | undefined } = {},
): Promise<EmbedderProfile> {
  const found = await findEmbedder(models, (one) => one.precision === precision);
  if (found && commercial) assertCommercial(found.part);
  if (found) return embedderProfileOf(found.part);
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
): Promise<FoundEmbedder | undefined> {
  const pack = await modelSource(models).readPack();
  const part = pack.parts.filter((one) => one.kind === 'embedder').find(fits);
  return part && { part, pack };
}
