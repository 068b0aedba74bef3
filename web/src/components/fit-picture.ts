/** A picture as it is sent. */
export interface FittedPicture {
  readonly picture: Blob;
  /** Its size before and after, where it was too large for the server. */
  readonly shrunk: { readonly from: PictureSize; readonly to: PictureSize } | null;
}

/** How large a picture is. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

/** What the server takes. */
export interface PictureLimits {
  readonly maxUploadBytes: number;
  readonly maxPixels: number;
}

/** Faces look the same to the networks at this quality, and a picture of 12 megapixels takes about 4 MB. */
const JPEG_QUALITY = 0.92;
/** Each further try has this share of the sides of the one before. */
const STEP = 0.8;

/**
 * Makes a picture small enough for the server, as cameras' files often are not.
 *
 * @returns the file itself where it fits, or where this browser can't read it and its bytes fit; else a JPEG, upright
 * @throws Error that says what to do, where it does not fit and this browser can't read it
 */
export async function fitPicture(file: Blob, limits: PictureLimits): Promise<FittedPicture> {
  const size = await sizeOf(file);
  if (size === null) {
    if (file.size <= limits.maxUploadBytes) return { picture: file, shrunk: null };
    throw new Error(
      `The picture has ${megabytes(file.size)}, the server takes ${megabytes(limits.maxUploadBytes)}, and this browser can't read the picture to make it smaller. Save it as a JPEG first.`,
    );
  }
  const pixels = size.width * size.height;
  if (pixels <= limits.maxPixels && file.size <= limits.maxUploadBytes) {
    return { picture: file, shrunk: null };
  }
  for (let scale = Math.min(1, Math.sqrt(limits.maxPixels / pixels)); ; scale *= STEP) {
    // Rounded down: the server counts every pixel.
    const width = Math.max(1, Math.floor(size.width * scale));
    const height = Math.max(1, Math.floor(size.height * scale));
    const picture = await encode(file, width, height);
    if (picture.size <= limits.maxUploadBytes || width * height === 1) {
      const from = { ...size, bytes: file.size };
      return { picture, shrunk: { from, to: { width, height, bytes: picture.size } } };
    }
  }
}

/** "Shrunk from 8000 x 6000 (14.2 MB) to 6324 x 4743 (9.1 MB) before it was sent." */
export function shrunkInWords({ from, to }: NonNullable<FittedPicture['shrunk']>): string {
  const words = ({ width, height, bytes }: PictureSize) => `${width} × ${height} (${megabytes(bytes)})`;
  return `Shrunk from ${words(from)} to ${words(to)} before it was sent.`;
}

/** Upright width and height; `null` where the browser can't read the picture. */
async function sizeOf(file: Blob): Promise<{ readonly width: number; readonly height: number } | null> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = () => reject(new Error('This browser cannot read pictures of this kind'));
    });
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function encode(file: Blob, width: number, height: number): Promise<Blob> {
  const bitmap = await createImageBitmap(file, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  });
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  // What was transparent is white in a JPEG, as on most pages.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise((resolve, reject) => {
    const take = (blob: Blob | null) =>
      blob ? resolve(blob) : reject(new Error('This browser could not make the picture smaller'));
    canvas.toBlob(take, 'image/jpeg', JPEG_QUALITY);
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
