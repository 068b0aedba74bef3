import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import { metricOf } from '../core/metric/metric.ts';
import { hashDifference, MAX_HASH_DIFFERENCE, perceptualHash } from '../dataset/perceptual-hash.ts';
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
  readonly #facts: DistanceFacts;

  /** @param facts - what distances between the embeddings mean */
  constructor(facts: DistanceFacts) {
    this.#facts = facts;
  }

  add(photo: KnownPhoto): void {
    this.#photos.push(photo);
  }

  /** The same photo of the same person, saved under another name or in another format. */
  sameOfPerson({ label, embedding }: KnownPhoto): KnownPhoto | null {
    const same = (other: KnownPhoto) =>
      other.label === label && this.#isWithin(embedding, other, 'samePhoto');
    return this.#photos.find(same) ?? null;
  }

  /**
   * The same photo, or a variation of it (resized, cropped, in other colors), under another person's name.
   *
   * @remarks As `findProblems` tells it. Only for faces as near as variations are, both pictures are read again.
   */
  async sameOfAnother({ label, photo, embedding }: KnownPhoto): Promise<KnownPhoto | null> {
    for (const other of this.#photos) {
      if (other.label === label || !this.#isWithin(embedding, other, 'variation')) continue;
      if (this.#isWithin(embedding, other, 'samePhoto')) return other;
      const [a, b] = await Promise.all([photo, other.photo].map(hashOf));
      if (hashDifference(a!, b!) <= MAX_HASH_DIFFERENCE) return other;
    }
    return null;
  }

  #isWithin(embedding: Float32Array, other: KnownPhoto, threshold: 'samePhoto' | 'variation'): boolean {
    const { metric, thresholds } = this.#facts;
    return metricOf(metric).isWithin(embedding, other.embedding, thresholds[threshold]);
  }
}

async function hashOf(photo: string): Promise<bigint> {
  return perceptualHash(await readImage(photo));
}
