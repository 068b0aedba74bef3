import type { LengthRule } from '../core/embed/embedder-profile.ts';
import type { GalleryReads } from './stores/gallery-store.ts';

/** How far rounding may bring an embedding off the length that it was scaled to, as a share of it. */
const TOLERANCE = 1e-5;
/** Faces that are looked at. */
const SAMPLE = 100;

/** Whether an embedding was brought to the even length of its embedder. */
export function isEven(embedding: Float32Array, { length }: LengthRule): boolean {
  let squares = 0;
  for (const value of embedding) squares += value * value;
  return Math.abs(Math.sqrt(squares) / length - 1) <= TOLERANCE;
}

/**
 * Whether a gallery's embeddings were brought to even length, read off the embeddings themselves: galleries of version
 * 0.1 do not say, and that version left quantized embeddings as long as they came.
 *
 * @returns `null` where there is nothing to choose: an empty gallery, or an embedder whose length is always the same
 */
export async function holdsEvenLengths(
  store: GalleryReads,
  rule: LengthRule | null,
): Promise<boolean | null> {
  if (rule?.applies !== 'when even') return null;
  const faces = await store.listFaces({ after: 0, limit: SAMPLE, livingAt: null, withEmbeddings: true });
  if (faces.length === 0) return null;
  const even = faces.filter(({ embedding }) => embedding && isEven(embedding, rule));
  return even.length * 2 >= faces.length;
}

/** The warning where embeddings of both kinds meet. */
export function mixedLengths(hasEven: boolean): string {
  const what = hasEven
    ? 'are scaled to one length, and one came that is not'
    : 'keep the length that they came with, and one came that was scaled';
  return (
    `The embeddings of this gallery ${what}: distances between them are a little off. ` +
    `Embed with { evenLength: ${hasEven} }, as gallery.evenLength says`
  );
}
