/** Whether this machine writes the largest byte of a number first. */
const SWAP = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** The numbers as little-endian float32, the form in which they are stored and exported. */
export function bytesFromEmbedding(embedding: Float32Array): Uint8Array {
  const bytes = new Uint8Array(embedding.slice().buffer);
  return SWAP ? swapped(bytes) : bytes;
}

/**
 * As {@link bytesFromEmbedding}, for very many: the memory of the numbers themselves where it is in that form, to be read
 * at once and not kept.
 */
export function bytesOfEmbedding(embedding: Float32Array): Uint8Array {
  if (SWAP) return bytesFromEmbedding(embedding);
  return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
}

/** Reads {@link bytesFromEmbedding}. @returns a copy of the whole numbers in the bytes */
export function embeddingFromBytes(bytes: Uint8Array): Float32Array {
  // The copy also aligns: a view of a database row may start at any byte.
  const copy = new Uint8Array(bytes.length - (bytes.length % 4));
  copy.set(bytes.subarray(0, copy.length));
  return new Float32Array((SWAP ? swapped(copy) : copy).buffer);
}

/** As {@link embeddingFromBytes}, in the memory of the bytes where that is possible. */
export function embeddingOfBytes(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes;
  if (SWAP || byteOffset % 4 !== 0) return embeddingFromBytes(bytes);
  return new Float32Array(buffer, byteOffset, Math.floor(length / 4));
}

function swapped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 4) view.setUint32(at, view.getUint32(at), true);
  return bytes;
}
