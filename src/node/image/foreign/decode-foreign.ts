import { Worker } from 'node:worker_threads';
import { FaceTriggerError } from '../../../core/errors.ts';
import type { Image } from '../../../core/image/image.ts';
import { throwIfAborted } from '../../../core/throw-if-aborted.ts';
import { type ExifOrientation, orientImage } from '../exif-orientation.ts';
import {
  FOREIGN_PACKAGES,
  type ForeignAnswer,
  type ForeignFormat,
  type ForeignJob,
} from './foreign-codec.ts';

/** A decoder that takes longer is taken for caught in an endless loop; a large photo takes some seconds. */
const TIMEOUT_MS = 60_000;
/**
 * Memory of a decoder: what it needs for itself, and for each pixel. Measured for 12 megapixels: 403 MB for JPEG XL,
 * 34 bytes a pixel; libheif takes less.
 */
const BASE_BYTES = 2 ** 27;
const BYTES_PER_PIXEL = 48;
const PAGE_BYTES = 2 ** 16;
/** A WebAssembly memory of 32 bits has no more pages. */
const MOST_PAGES = 2 ** 16;
const NAMES: Readonly<Record<ForeignFormat, string>> = { heic: 'a HEIC photo', jxl: 'a JPEG XL picture' };

/**
 * Decodes a HEIC photo or JPEG XL picture in a thread of its own, bounded in time and memory.
 *
 * @param header - the size that the file claims; a decoded picture of another size is refused
 * @returns upright, on white where it is transparent, sRGB
 * @throws FaceTriggerError `ERR_IMAGE_DECODE`, also where the optional package that decodes is not installed or the
 * time is over; `ERR_IMAGE_TOO_LARGE`; `ERR_ABORTED`
 */
export async function decodeForeign(
  bytes: Uint8Array,
  header: { readonly width: number; readonly height: number; readonly orientation: ExifOrientation },
  options: {
    readonly format: ForeignFormat;
    readonly maxPixels: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Image> {
  const { format, maxPixels, signal } = options;
  const { width, height, orientation } = header;
  const maxPages = Math.min(
    MOST_PAGES,
    Math.ceil((BASE_BYTES + width * height * BYTES_PER_PIXEL) / PAGE_BYTES),
  );
  const answer = await runWorker({ format, bytes, maxPixels, maxPages }, signal);
  throwIfAborted(signal, 'Reading the image');
  if ('problem' in answer) throw problem(answer, format);
  const image = orientImage(onWhite(answer), orientation);
  if (image.width === width && image.height === height) return image;
  const message = `its pixels (${image.width} x ${image.height}) contradict its header (${width} x ${height})`;
  throw problem({ problem: 'damaged', message }, format);
}

/** The error of a file that looks like a HEIC photo or JPEG XL picture and is none that can be read. */
export function foreignError(format: ForeignFormat, why: string, cause?: unknown): FaceTriggerError {
  const message = `The content looks like ${NAMES[format]}, which cannot be decoded: ${oneLine(why)}. Convert it to JPEG`;
  return new FaceTriggerError('ERR_IMAGE_DECODE', message, { cause });
}

function problem(
  answer: Extract<ForeignAnswer, { problem: string }>,
  format: ForeignFormat,
): FaceTriggerError {
  if (answer.problem === 'missing') {
    const name = FOREIGN_PACKAGES[format];
    return foreignError(format, `the optional package ${name} is not installed (npm install ${name})`);
  }
  if (answer.problem === 'damaged') return foreignError(format, answer.message);
  const message = `The content looks like ${NAMES[format]}, which is too large: ${oneLine(answer.message)}`;
  return new FaceTriggerError('ERR_IMAGE_TOO_LARGE', message);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}

function runWorker(job: ForeignJob, signal: AbortSignal | undefined): Promise<ForeignAnswer> {
  // Decoders print what they do not like; nobody asked.
  const worker = new Worker(workerFile(), { workerData: job, stdout: true, stderr: true, execArgv: [] });
  return new Promise<ForeignAnswer>((resolve, reject) => {
    let hasEnded = false;
    const end = (answer: ForeignAnswer): void => {
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      worker.terminate().then(() => resolve(answer), reject);
    };
    const damaged = (message: string) => end({ problem: 'damaged', message });
    const timer = setTimeout(() => damaged(`it takes longer than ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
    const onAbort = () => damaged('reading was canceled');
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.once('message', (answer: ForeignAnswer) => end(answer));
    worker.once('error', (error) => damaged(error.message));
    worker.once('exit', () => damaged('the decoder ended without an answer'));
  });
}

function onWhite({ width, height, data }: Extract<ForeignAnswer, { data: Uint8Array }>): Image {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const value = data[from + c]!;
      rgb[to + c] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { data: rgb, width, height, channels: 3 };
}

/** Node 20 cannot run TypeScript in a worker: from the sources, as tests do, the compiled worker is used. */
function workerFile(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(
    isSource ? '../../../../dist/node/image/foreign/foreign-worker.js' : './foreign-worker.js',
    import.meta.url,
  );
}
