import { meanEmbedding, normalizeEmbedding } from '../metric/metric.ts';

/**
 * Makes one embedding a face from the embeddings of its views.
 *
 * @param views - as many for each face, one face after another
 * @param options.length - of every result; `null`: whatever the mean has. One view without a length is left as it is
 */
export function combineViews(
  views: readonly Float32Array[],
  { faces, length }: { readonly faces: number; readonly length: number | null },
): Float32Array[] {
  const perFace = views.length / faces;
  return Array.from({ length: faces }, (_, i) => {
    const own = views.slice(i * perFace, (i + 1) * perFace);
    const mean = own.length === 1 ? own[0]! : meanEmbedding(own);
    return length === null ? mean : normalizeEmbedding(mean, length);
  });
}
