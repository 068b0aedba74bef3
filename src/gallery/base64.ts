/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Reads {@link toBase64}. @param text - valid base64 @returns bytes in memory that others may share */
export function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
