import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { SOURCE_HASH_KEY, sha256 } from '../../convert/convert-model.ts';
import { convertTflite } from '../../convert/tflite/convert-tflite.ts';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';
import { readPack } from './read-pack.ts';
import { readModelFile, readPart } from './read-part.ts';

/** A folder that describes itself, or files that are to be understood. */
export type CollectedModels =
  | { readonly kind: 'pack'; readonly pack: ModelPack; readonly files: ReadonlyMap<string, Uint8Array> }
  | {
      readonly kind: 'files';
      readonly files: readonly ModelFile[];
      /** A name for a pack of them. */
      readonly name: string;
      /** What else lies there, by its name, and why it is left out. */
      readonly others: readonly { readonly file: string; readonly why: string }[];
    };

const MODEL_EXTENSION = '.onnx';
/** Is converted. */
const TFLITE_EXTENSION = '.tflite';
const NPM = 'npm:';
/** As npm allows them, which leaves no way out of node_modules. */
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Reads the models of a place.
 *
 * @param place - a folder, a file, or `npm:NAME` for a package that is installed where the command runs
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_INVALID_ARGUMENT`
 */
export async function collectModels(place: string, cwd: string = process.cwd()): Promise<CollectedModels> {
  const path = place.startsWith(NPM) ? packageFolder(place.slice(NPM.length), cwd) : resolve(cwd, place);
  const stats = await stat(path).catch((cause: unknown) => {
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `There is no ${path}`, { cause });
  });
  if (existsSync(join(path, MODEL_PACK_FILE))) return readWholePack(path);
  if (!stats.isDirectory()) {
    const name = packName(basename(path, extname(path)));
    return { kind: 'files', files: [await readOne(path)], name, others: [] };
  }
  const names = (await readdir(path)).sort();
  const models = names.filter((name) => isTflite(name) || name.toLowerCase().endsWith(MODEL_EXTENSION));
  if (models.length === 0) {
    const expected = `a folder with a ${MODEL_PACK_FILE} or with ${MODEL_EXTENSION} or ${TFLITE_EXTENSION} files`;
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', expectation(expected, place, `one with none: ${path}`));
  }
  const files: ModelFile[] = [];
  const others = names
    .filter((name) => !models.includes(name))
    .map((file) => ({ file, why: 'neither an ONNX nor a TFLite file' }));
  for (const name of models) {
    try {
      files.push(await readOne(join(path, name)));
    } catch (error) {
      // One of several that can't be converted does not keep the others from being used.
      if (!(isTflite(name) && error instanceof FaceTriggerError)) throw error;
      others.push({ file: name, why: error.message });
    }
  }
  return { kind: 'files', files, name: packName(basename(path)), others };
}

async function readWholePack(folder: string): Promise<CollectedModels> {
  const { pack } = await readPack(folder);
  const files = new Map<string, Uint8Array>();
  for (const part of pack.parts) files.set(part.file, await readPart(part, folder));
  return { kind: 'pack', pack, files };
}

async function readOne(path: string): Promise<ModelFile> {
  const read = await readModelFile(path);
  const name = fileName(basename(path));
  if (!isTflite(name)) return { name, bytes: read, sha256: sha256(read) };
  const source = { name, sha256: sha256(read) };
  const bytes = convertTflite(read, { [SOURCE_HASH_KEY]: source.sha256 });
  const converted = `${name.slice(0, -TFLITE_EXTENSION.length)}${MODEL_EXTENSION}`;
  return { name: converted, bytes, sha256: sha256(bytes), source };
}

function isTflite(name: string): boolean {
  return name.toLowerCase().endsWith(TFLITE_EXTENSION);
}

function packageFolder(name: string, cwd: string): string {
  if (!PACKAGE_NAME.test(name)) {
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      expectation('npm: and the name of a package', 'the place', name),
    );
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (dirname(folder) === folder) break;
  }
  const message = `The package "${name}" is not installed in ${cwd} or above it: run "npm install ${name}" there first`;
  throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', message);
}

/** What a pack of a folder or file of this name can be called. */
function packName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return plain === '' ? 'models' : plain;
}

/** What a file of a pack can be called. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^[.]+/, '');
}
