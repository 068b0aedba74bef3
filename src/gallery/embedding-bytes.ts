import { endianness } from 'node:os';

const SWAP = endianness() === 'BE';

/** The numbers as little-endian float32, the form in which they are stored and exported. */
export function bytesFromEmbedding(embedding: Float32Array): Uint8Array {
  const bytes = Buffer.from(embedding.slice().buffer);
  return SWAP ? bytes.swap32() : bytes;
}

/** Reads {@link bytesFromEmbedding}. @returns a copy of the whole numbers in the bytes */
export function embeddingFromBytes(bytes: Uint8Array): Float32Array {
  // The copy also aligns: a view of a database row may start at any byte.
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  if (SWAP) copy.swap32();
  return new Float32Array(new Uint8Array(copy).buffer);
}
