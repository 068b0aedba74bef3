import * as z from 'zod/mini';
import { type ModelPack, PACK_NAMES } from '../models/model-pack.ts';

/** The models that a face and its embedding depend on. */
export const FACE_MODELS = ['detector', 'landmarks', 'embedder'] as const;

/** Schema of a {@link GalleryPack}. */
export const GALLERY_PACK = z.object({
  name: z.string().check(z.regex(PACK_NAMES)),
  parts: z.readonly(
    z.array(z.readonly(z.object({ kind: z.enum(FACE_MODELS), id: z.string(), sha256: z.string() }))),
  ),
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
  const used = FACE_MODELS.flatMap((kind) => {
    const isUsed = (part: ModelPack['parts'][number]): boolean =>
      part.kind === kind && (kind === 'embedder' ? part.identity === embedder : part.precision === 'fp32');
    const part = parts.find(isUsed);
    return part ? [{ kind, id: part.id, sha256: part.identity }] : [];
  });
  return { name, parts: used };
}
