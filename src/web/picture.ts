import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { assertImage, type Image } from '../core/image/image.ts';

/** What a browser has pictures in, and pixels as the other doors of face-trigger take them. */
export type PictureSource =
  | Blob
  | HTMLCanvasElement
  | HTMLImageElement
  | HTMLVideoElement
  | Image
  | ImageBitmap
  | ImageData
  | OffscreenCanvas
  | VideoFrame;

/** A picture as it goes to a worker: pixels that are copied, or a picture of the browser's that is handed over. */
export type SentPicture = Image | ImageBitmap | ImageData;

/** Default limit of pictures that are read: 100 megapixels, as of Node's readImage. */
const MAX_PIXELS = 100_000_000;

/**
 * Makes of a picture what a worker can be sent. What the caller gave stays as it is.
 *
 * @returns an ImageBitmap is the callee's, to be transferred
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_SHAPE_MISMATCH`, `ERR_IMAGE_DECODE`
 */
export async function toSentPicture(source: PictureSource): Promise<SentPicture> {
  if (isImageData(source)) return source;
  if (isPixels(source)) {
    assertImage(source);
    return source;
  }
  if (typeof source !== 'object' || source === null) throw notAPicture(source);
  try {
    return await createImageBitmap(source);
  } catch (cause) {
    if (cause instanceof TypeError) throw notAPicture(source);
    const why = cause instanceof DOMException ? cause.message : String(cause);
    throw new FaceTriggerError('ERR_IMAGE_DECODE', `The browser cannot read the picture: ${why}`, { cause });
  }
}

/** Reads the pixels of pictures, over one canvas for pictures of one size. */
export class PixelReader {
  #context: OffscreenCanvasRenderingContext2D | null = null;

  /**
   * The pixels, in sRGB; what is transparent lies on white, as on the server.
   *
   * @param picture - an ImageBitmap is closed
   * @throws FaceTriggerError `ERR_IMAGE_TOO_LARGE`
   */
  read(picture: SentPicture): Image {
    if (isPixels(picture)) return picture;
    const { width, height } = picture;
    if (width * height > MAX_PIXELS) {
      const message = `The image has ${width} x ${height} pixels, more than the limit of ${MAX_PIXELS}`;
      throw new FaceTriggerError('ERR_IMAGE_TOO_LARGE', message);
    }
    if (isImageData(picture)) return withoutAlpha(picture);
    const context = this.#contextFor(width, height);
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0);
    picture.close();
    return withoutAlpha(context.getImageData(0, 0, width, height, { colorSpace: 'srgb' }));
  }

  #contextFor(width: number, height: number): OffscreenCanvasRenderingContext2D {
    const canvas = this.#context?.canvas;
    if (canvas?.width !== width || canvas.height !== height) {
      this.#context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    }
    return this.#context!;
  }
}

function withoutAlpha({ data, width, height }: ImageData): Image {
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    if (alpha === 255) {
      pixels[to] = data[from]!;
      pixels[to + 1] = data[from + 1]!;
      pixels[to + 2] = data[from + 2]!;
    } else {
      const white = 255 * (255 - alpha);
      for (let i = 0; i < 3; i++) pixels[to + i] = Math.round((data[from + i]! * alpha + white) / 255);
    }
  }
  return { data: pixels, width, height, channels: 3 };
}

function isImageData(value: unknown): value is ImageData {
  return typeof ImageData !== 'undefined' && value instanceof ImageData;
}

function isPixels(value: unknown): value is Image {
  return typeof value === 'object' && value !== null && 'channels' in value && 'data' in value;
}

function notAPicture(source: unknown): FaceTriggerError {
  const expected =
    'an ImageBitmap, an image, video or canvas element, a VideoFrame, a Blob, an ImageData, an OffscreenCanvas or an image of pixels';
  return invalidArgument(expected, 'source', source);
}
