import { z } from 'zod';
import { MODEL_KINDS, type ModelPack, PACK_NAMES } from '../models/model-pack.ts';

/** Schema of a {@link GalleryPack}. */
export const GALLERY_PACK = z.object({
  name: z.string().regex(PACK_NAMES),
  parts: z
    .array(z.object({ kind: z.enum(MODEL_KINDS), id: z.string(), sha256: z.string() }).readonly())
    .readonly(),
});

/**
 * The pack of models that a gallery's faces were found and embedded with: its name, and of each part the id and the
 * hash that tells it from others.
 */
export type GalleryPack = Readonly<z.infer<typeof GALLERY_PACK>>;

/** What a gallery keeps of a pack: the models that a pipeline with this embedder opens. */
export function galleryPackOf(
  { name, parts }: Pick<ModelPack, 'name' | 'parts'>,
  embedder: string,
): GalleryPack {
  const find = parts.filter(({ kind, precision, identity }) =>
    kind === 'embedder' ? identity === embedder : precision === 'fp32',
  );
  return { name, parts: find.map(({ kind, id, identity }) => ({ kind, id, sha256: identity })) };
}
