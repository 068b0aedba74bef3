import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ForeignAnswer, ForeignJob } from './foreign-codec.ts';

// A thread that decodes one picture and ends: what a hostile file does to its decoder, it does here only.
const job = workerData as ForeignJob;
const require = createRequire(import.meta.url);
// Node's types leave it to those of browsers.
const webAssembly = (globalThis as unknown as { readonly WebAssembly: WasmNames }).WebAssembly;

async function decode(): Promise<ForeignAnswer> {
  return job.format === 'heic' ? decodeHeif() : decodeJxl();
}

/** The functions of libheif that are called here, as the package gives them. */
interface LibHeif {
  heif_context_alloc(): unknown;
  heif_context_read_from_memory(context: unknown, bytes: Uint8Array): HeifError;
  heif_js_context_get_primary_image_handle(context: unknown): unknown;
  heif_image_handle_get_width(handle: unknown): number;
  heif_image_handle_get_height(handle: unknown): number;
  heif_js_decode_image2(
    handle: unknown,
    colorSpace: unknown,
    chroma: unknown,
  ): Partial<HeifError> & { channels?: readonly HeifChannel[] | undefined };
  readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
  readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
  readonly heif_error_code: { readonly heif_error_Ok: unknown };
}
interface HeifError {
  readonly code: unknown;
  readonly message: string;
}
interface HeifChannel {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly data: Uint8Array;
}

async function decodeHeif(): Promise<ForeignAnswer> {
  const heif = require('libheif-js/wasm-bundle') as LibHeif;
  const context = heif.heif_context_alloc();
  const read = heif.heif_context_read_from_memory(context, job.bytes);
  if (read.code !== heif.heif_error_code.heif_error_Ok) throw new Error(read.message);
  const handle = heif.heif_js_context_get_primary_image_handle(context);
  if (!handle || (handle as Partial<HeifError>).code) {
    throw new Error((handle as Partial<HeifError> | null)?.message ?? 'it has no picture');
  }
  const [width, height] = [
    heif.heif_image_handle_get_width(handle),
    heif.heif_image_handle_get_height(handle),
  ];
  if (width * height > job.maxPixels) throw new RangeError(`it has ${width} x ${height} pixels`);
  const { heif_colorspace: spaces, heif_chroma: chromas } = heif;
  const image = heif.heif_js_decode_image2(
    handle,
    spaces.heif_colorspace_RGB,
    chromas.heif_chroma_interleaved_RGBA,
  );
  const channel = image.channels?.[0];
  if (!channel) throw new Error(image.message ?? 'its pixels cannot be decoded');
  return { width: channel.width, height: channel.height, data: withoutStride(channel) };
}

function withoutStride({ width, height, stride, data }: HeifChannel): Uint8Array {
  const row = width * 4;
  const packed = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row);
  return packed;
}

async function decodeJxl(): Promise<ForeignAnswer> {
  // The decoder was made for browsers, and makes one of these.
  Object.assign(globalThis, { ImageData: PlainImageData });
  const module = new webAssembly.Module(readFileSync(require.resolve('@jsquash/jxl/codec/dec/jxl_dec.wasm')));
  const codec = (await import('@jsquash/jxl/decode.js')) as unknown as {
    init(module: unknown): Promise<unknown>;
    default(bytes: ArrayBuffer): Promise<PlainImageData>;
  };
  await codec.init(module);
  const { data, width, height } = await codec.default(Uint8Array.from(job.bytes).buffer);
  return { width, height, data: Uint8Array.from(data) };
}

class PlainImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

interface WasmNames {
  readonly Module: new (bytes: Uint8Array) => unknown;
  readonly Memory: { readonly prototype: WasmMemory };
}
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** Decoders get more memory by this method only; what fails there they take for a full machine. */
function limitMemory(maxPages: number): void {
  const { prototype } = webAssembly.Memory;
  const grow = prototype.grow;
  prototype.grow = function (this: WasmMemory, pages: number): number {
    if (this.buffer.byteLength / 2 ** 16 + pages > maxPages)
      throw new RangeError('the decoder wants too much memory');
    return grow.call(this, pages);
  };
}

function toProblem(error: unknown): ForeignAnswer {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return { problem: 'missing', message };
  return {
    problem: error instanceof RangeError ? 'too-large' : 'damaged',
    message: String(message ?? error),
  };
}

limitMemory(job.maxPages);
const answer = await decode().catch(toProblem);
const transfer = 'data' in answer ? [answer.data.buffer as ArrayBuffer] : [];
parentPort!.postMessage(answer, transfer);
