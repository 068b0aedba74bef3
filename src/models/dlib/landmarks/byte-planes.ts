type Numbers = Float32Array | Uint32Array | Uint16Array | Int16Array;

/**
 * The bytes of numbers, little-endian, those of equal weight together: gzip finds less to save in numbers whose high
 * bytes, which are alike, stand between low ones, which are not.
 *
 * @returns all first bytes, then all second ones, and so on
 */
export function splitPlanes(numbers: Numbers): Uint8Array {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const { BYTES_PER_ELEMENT: size, length } = numbers;
  const planes = new Uint8Array(bytes.length);
  for (let plane = 0, next = 0; plane < size; plane++) {
    for (let i = 0; i < length; i++) planes[next++] = bytes[i * size + plane]!;
  }
  return planes;
}

/**
 * Undoes {@link splitPlanes}.
 *
 * @param target - gets the numbers; as many bytes as the planes
 */
export function joinPlanes<T extends Numbers>(planes: Uint8Array, target: T): T {
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  const { BYTES_PER_ELEMENT: size, length } = target;
  for (let plane = 0, next = 0; plane < size; plane++) {
    for (let i = 0; i < length; i++) bytes[i * size + plane] = planes[next++]!;
  }
  return target;
}
