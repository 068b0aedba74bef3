import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../convert/convert-model.ts';
import { FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { assertCommercial } from '../../models/licence-terms.ts';
import { areSeveral, MODEL_PACK_FILE, type ModelPack, type ModelPart } from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { readFileWithin } from '../files/read-file-within.ts';
import { folderSource } from './folder-source.ts';
import { DEFAULT_PACK } from './pack-folders.ts';

/** Which numbers the networks that pages fetch compute with. */
export type WebPrecision = 'int8' | 'fp32' | 'both';

export interface WebFolderOptions {
  /** A pack, by its name or the path of its folder. @defaultValue `dlib` */
  readonly models?: string | undefined;
  /** 'int8': each network quantized where there is such a one, which is the least to download. @defaultValue 'int8' */
  readonly precision?: WebPrecision | undefined;
  /** Refuse models whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
}

/** A file that was written. */
export interface WebFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Of onnxruntime-web: the part of it that computes in WebAssembly alone. */
const RUNTIME_FILES = [
  'ort.wasm.min.mjs',
  'ort-wasm-simd-threaded.mjs',
  'ort-wasm-simd-threaded.wasm',
  // Of service workers, which may not load modules while they run.
  'ort.wasm.bundle.min.mjs',
] as const;
const MAX_FILE_BYTES = 512 * 1024 * 1024;

/** A file of the folder, which is read when it is asked for. */
export interface WebFolderFile {
  readonly file: string;
  read(): Promise<Uint8Array>;
}

/**
 * Writes the folder that pages with `face-trigger/web` fetch: the models, their description, the worker and
 * onnxruntime's WebAssembly.
 *
 * @param folder - is made; what it holds of the same names is replaced
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, also where onnxruntime-web is not installed; `ERR_MODEL_FORMAT`,
 * `ERR_MODEL_LICENCE`, `ERR_FILE_WRITE`
 */
export async function writeWebFolder(folder: string, options: WebFolderOptions = {}): Promise<WebFile[]> {
  const files = await webFolderFiles(options);
  await makeFolder(folder);
  const written: WebFile[] = [];
  for (const { file, read } of files) {
    const bytes = await read();
    await writeFileAtomic(join(folder, file), bytes);
    written.push({ file, bytes: bytes.length, sha256: sha256(bytes) });
  }
  return written;
}

/**
 * What is in such a folder, without writing it.
 *
 * @returns the description last: a page that finds it finds everything
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_LICENCE`
 */
export async function webFolderFiles({
  models = DEFAULT_PACK,
  precision = 'int8',
  commercial = false,
}: WebFolderOptions = {}): Promise<WebFolderFile[]> {
  if (areSeveral(models)) {
    throw invalidArgument('one pack: pages do not combine embedders yet', 'models', models);
  }
  const source = folderSource(models);
  const { base: _, ...pack } = await source.readPack();
  const parts = pack.parts.filter((part) => isWanted(part, pack, precision));
  if (commercial) parts.forEach(assertCommercial);
  const runtime = findRuntime();
  const description = `${JSON.stringify({ ...pack, parts }, null, 2)}\n`;
  return [
    ...parts.map((part) => ({ file: part.file, read: () => source.readPart(part) })),
    ...RUNTIME_FILES.map((file) => ({ file, read: () => readFixed(join(runtime, file)) })),
    { file: 'face-trigger-worker.js', read: () => readFixed(WORKER) },
    { file: MODEL_PACK_FILE, read: async () => new TextEncoder().encode(description) },
  ];
}

const WORKER = fileURLToPath(new URL('../../../dist/web/face-trigger-worker.js', import.meta.url));

/** Landmarks have one file; of networks there is the wanted one, or the other where there is only that. */
function isWanted(part: ModelPart, { parts }: ModelPack, precision: WebPrecision): boolean {
  if (precision === 'both' || part.precision === precision) return true;
  return !parts.some((other) => other.kind === part.kind && other.precision === precision);
}

function readFixed(path: string): Promise<Uint8Array> {
  return readFileWithin(path, {
    maxBytes: MAX_FILE_BYTES,
    missing: 'ERR_MODEL_NOT_FOUND',
    unfit: 'ERR_MODEL_FORMAT',
  });
}

/** The folder of onnxruntime-web's files: beside face-trigger, or of the project that the command runs in. */
function findRuntime(): string {
  for (const from of [import.meta.url, resolve('package.json')]) {
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {
      // The next place.
    }
  }
  const message = `Pages compute with onnxruntime-web, which is not installed: npm install onnxruntime-web@${RUNTIME_VERSION}`;
  throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
}

/** As package.json's peer dependency says. */
const RUNTIME_VERSION = '1.30.0';
