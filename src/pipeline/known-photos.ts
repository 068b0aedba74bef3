import { isWithinDistance, SAME_PHOTO_DISTANCE } from '../core/embed/distance.ts';
import { VARIATION_LIMITS } from '../dataset/find-problems.ts';
import { hashDifference, perceptualHash } from '../dataset/perceptual-hash.ts';
import { readImage } from '../node/image/read-image.ts';

/** A photo of somebody with the embedding of its face. */
export interface KnownPhoto {
  readonly label: string;
  readonly photo: string;
  readonly embedding: Float32Array;
}

/** Photos that were looked at so far, to find the same ones again. */
export class KnownPhotos {
  readonly #photos: KnownPhoto[] = [];

  add(photo: KnownPhoto): void {
    this.#photos.push(photo);
  }

  /** The same photo of the same person, saved under another name or in another format. */
  sameOfPerson({ label, embedding }: KnownPhoto): KnownPhoto | null {
    const same = (other: KnownPhoto) =>
      other.label === label && isWithinDistance(embedding, other.embedding, SAME_PHOTO_DISTANCE);
    return this.#photos.find(same) ?? null;
  }

  /**
   * The same photo, or a variation of it (resized, cropped, in other colors), under another person's name.
   *
   * @remarks As `findProblems` tells it. Only for faces as near as variations are, both pictures are read again.
   */
  async sameOfAnother({ label, photo, embedding }: KnownPhoto): Promise<KnownPhoto | null> {
    for (const other of this.#photos) {
      if (other.label === label || !isWithinDistance(embedding, other.embedding, VARIATION_LIMITS.distance))
        continue;
      if (isWithinDistance(embedding, other.embedding, SAME_PHOTO_DISTANCE)) return other;
      const [a, b] = await Promise.all([photo, other.photo].map(hashOf));
      if (hashDifference(a!, b!) <= VARIATION_LIMITS.hashDifference) return other;
    }
    return null;
  }
}

async function hashOf(photo: string): Promise<bigint> {
  return perceptualHash(await readImage(photo));
}
