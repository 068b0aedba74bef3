import { createHash } from 'node:crypto';
import { bytesFromEmbedding } from '../embedding-bytes.ts';
import type { Face, NegativeExample } from '../gallery-types.ts';
import type { MergedRows, MergeRow, PersonRow } from '../stores/gallery-store.ts';

const BYTES = 32;

/**
 * One number for all rows of a gallery: the SHA-256 of each, combined by exclusive or.
 *
 * @remarks Two galleries have the same where their rows are the same, whatever their order and the stores' own numbers.
 */
export class GalleryDigest {
  readonly #sum = Buffer.alloc(BYTES);

  addPerson({ id, name, createdAt, expiresAt, consent }: PersonRow): void {
    this.#add(['person', id, name, createdAt.getTime(), expiresAt?.getTime() ?? null, consent]);
  }

  /** @param face - with its embedding */
  addFace(face: Face, thumbnail: Uint8Array | null): void {
    const { id, personId, embedder, quality, source, createdAt, embedding } = face;
    const text = [id, personId, embedder.id, embedder.sha256, quality, source, createdAt.getTime()];
    this.#add(['face', ...text], bytesFromEmbedding(embedding!), thumbnail);
  }

  /** @param example - with its embedding */
  addNegative({ id, personId, source, createdAt, embedding }: NegativeExample): void {
    this.#add(['negative', id, personId, source, createdAt.getTime()], bytesFromEmbedding(embedding!), null);
  }

  addMerge({ id, person, intoId, mergedAt, faces, negatives }: MergeRow & MergedRows): void {
    const { id: personId, name, createdAt, expiresAt, consent } = person;
    const merged = [personId, name, createdAt, expiresAt, consent];
    const remembered = [faces.toSorted(), negatives.toSorted()];
    this.#add(['merge', id, ...merged, intoId, mergedAt, ...remembered]);
  }

  /** 64 hexadecimal digits. */
  get hex(): string {
    return this.#sum.toString('hex');
  }

  #add(text: readonly unknown[], ...bytes: readonly (Uint8Array | null)[]): void {
    const hash = createHash('sha256').update(JSON.stringify(text));
    // The length of each part before it: no two rows are the same bytes in a row.
    for (const part of bytes) hash.update(`${part?.length ?? -1};`).update(part ?? '');
    const digest = hash.digest();
    for (let i = 0; i < BYTES; i++) this.#sum[i]! ^= digest[i]!;
  }
}
