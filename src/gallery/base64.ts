/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  const { Buffer } = globalThis as OfNode;
  if (Buffer) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

/** Reads {@link toBase64}. @param text - valid base64 @returns bytes in memory that others may share */
export function fromBase64(text: string): Uint8Array {
  const { Buffer } = globalThis as OfNode;
  if (Buffer) return Buffer.from(text, 'base64');
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Arguments that a call may have in every browser. */
const PIECE = 8192;

/** Node's way, which is many times as fast; browsers have not got it. */
interface OfNode {
  readonly Buffer?: NodeBuffer | undefined;
}

interface NodeBuffer {
  from(buffer: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
  from(text: string, encoding: 'base64'): Uint8Array;
}
