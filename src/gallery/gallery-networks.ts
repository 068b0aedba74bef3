import { FaceTriggerError } from '../core/errors.ts';
import { printableLines } from '../core/text/printable.ts';
import type { ModelKind, ModelPrecision } from '../models/model-pack.ts';
import { DEFAULT_PACK, packNames } from '../node/models/pack-folders.ts';
import {
  type EmbedderNetworks,
  networksOfEmbedder,
  recordOfEmbedder,
} from '../node/models/packaged-models.ts';
import { describeEmbedder } from './check-embedding.ts';
import type { Gallery } from './gallery.ts';
import { FACE_MODELS, type GalleryPack, galleryPackOf } from './gallery-pack.ts';

/** The networks that somebody asks for. */
export interface WantedNetworks {
  /** A pack of models, by name or path. */
  readonly models?: string | undefined;
  readonly precision?: ModelPrecision | undefined;
}

/** Networks, and how they embed, for faces that are to be like a gallery's. */
export interface GalleryNetworks {
  readonly models: string | undefined;
  readonly precision: ModelPrecision;
  readonly evenLength: boolean | undefined;
}

/**
 * The networks that a gallery's embeddings are compared with: whichever command asks it opens these.
 *
 * @param wanted - what the command line asks for. @defaultValue the pack and the precision of the gallery's faces
 * @param say - told where faces are looked for with other networks than the gallery's. @defaultValue standard error
 * @returns options of a pipeline, a recognizer or a server's workers
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a gallery of an embedder that no pack has, or not the one named
 */
export async function galleryNetworks(
  gallery: Pick<Gallery, 'embedder' | 'evenLength' | 'pack'>,
  wanted: WantedNetworks = {},
  say: (message: string) => void = (message) => void process.stderr.write(`${printableLines(message)}\n`),
): Promise<GalleryNetworks> {
  const { embedder, pack } = gallery;
  const own = wanted.models === undefined ? await ownNetworks(gallery) : undefined;
  const found = own ?? (await networksOfEmbedder(embedder.sha256, wanted.models));
  const models = wanted.models ?? (typeof found?.models === 'string' ? found.models : undefined);
  const precision = wanted.precision ?? found?.precision;
  // Without the option a face is embedded as the quality says.
  const evenLength = gallery.evenLength ? undefined : false;
  if (precision === undefined) throw await notThere(gallery, wanted.models);
  if (pack) {
    const used = await recordOfEmbedder(embedder.sha256, models ?? DEFAULT_PACK);
    const difference = used && differenceOf(pack, galleryPackOf(used.pack, embedder.sha256));
    if (difference) {
      const missing = own === null ? `, which is not installed here (${INSTALL})` : '';
      say(
        `The faces of the gallery were found with the models "${pack.name}"${missing}; now "${used.pack.name}" is ` +
          `used, with the same embedder but another ${difference}, so distances may differ a little`,
      );
    }
  }
  return { models, precision, evenLength };
}

const INSTALL = '"face-trigger models add" installs it, or give its folder as --models';

/** The gallery's own pack. @returns `null` where it is not installed any more; undefined where nobody knows it */
async function ownNetworks({
  embedder,
  pack,
}: Pick<Gallery, 'embedder' | 'pack'>): Promise<EmbedderNetworks | null | undefined> {
  if (!pack) return undefined;
  // One that is damaged is not there; "models verify" tells of it.
  const found = await networksOfEmbedder(embedder.sha256, pack.name).catch(() => undefined);
  return found ?? null;
}

/** What kinds of models differ but for the embedder, such as "detector and landmarks"; '' where none does. */
function differenceOf(own: GalleryPack, used: GalleryPack): string {
  const hash = ({ parts }: GalleryPack, kind: ModelKind) => parts.find((part) => part.kind === kind)?.sha256;
  return FACE_MODELS.filter((kind) => hash(own, kind) !== hash(used, kind)).join(' and ');
}

async function notThere(
  { embedder, pack }: Pick<Gallery, 'embedder' | 'pack'>,
  models: string | undefined,
): Promise<FaceTriggerError> {
  const asked = models === undefined ? await packNames() : [models];
  const remedy = pack
    ? `it was made with the models "${pack.name}": ${INSTALL}`
    : 'name the models that it was made with by --models';
  return new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `The gallery is made for ${describeEmbedder(embedder)}, which is not one of the embedders of the models ` +
      `"${asked.join('", "')}"; ${remedy}`,
  );
}
