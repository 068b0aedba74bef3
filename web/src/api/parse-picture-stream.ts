/** A live picture of a camera. */
export interface LivePicture {
  readonly camera: string;
  readonly picture: Blob;
}

/** Longest head of a part, in bytes: more is no stream of this server. */
const MOST_HEAD = 4096;
const HEAD_END = [13, 10, 13, 10];

/**
 * Reads live pictures from the body of an answer of `/cameras/live`.
 *
 * @remarks Each part has a content-length, as the server writes them; the format: RFC 2046, section 5.1.
 */
export async function* parsePictureStream(body: ReadableStream<Uint8Array>): AsyncGenerator<LivePicture> {
  const reader = body.getReader();
  let bytes = new Uint8Array();
  /** @returns whether more came */
  const readMore = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (done) return false;
    const joined = new Uint8Array(bytes.length + value.length);
    joined.set(bytes);
    joined.set(value, bytes.length);
    bytes = joined;
    return true;
  };
  try {
    for (;;) {
      let end = indexOf(bytes, HEAD_END);
      while (end < 0) {
        if (bytes.length > MOST_HEAD) throw new Error('The server sent no live pictures.');
        if (!(await readMore())) return;
        end = indexOf(bytes, HEAD_END);
      }
      const head = new TextDecoder().decode(bytes.subarray(0, end));
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
      const camera = decodeURIComponent(/^x-camera: (.*?)\r?$/im.exec(head)?.[1] ?? '');
      const start = end + HEAD_END.length;
      while (bytes.length < start + length) if (!(await readMore())) return;
      yield { camera, picture: new Blob([bytes.slice(start, start + length)], { type: 'image/jpeg' }) };
      bytes = bytes.slice(start + length);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function indexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  const last = Math.min(bytes.length, MOST_HEAD + wanted.length) - wanted.length;
  for (let i = 0; i <= last; i++) if (wanted.every((byte, k) => bytes[i + k] === byte)) return i;
  return -1;
}
