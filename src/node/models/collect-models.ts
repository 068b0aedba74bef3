import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';
import { MODEL_ENDINGS, type PublishedModel, readModelOf } from './read-model-of.ts';
import { readPack } from './read-pack.ts';
import { readPart } from './read-part.ts';

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

const NPM = 'npm:';
/** As npm allows them, which leaves no way out of node_modules. */
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Reads the models of a place.
 *
 * @param place - a folder, a file (ONNX, TFLite or the model.json of TensorFlow.js), or `npm:NAME` for a package that is installed where the command runs
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_INVALID_ARGUMENT`
 */
export async function collectModels(place: string, cwd: string = process.cwd()): Promise<CollectedModels> {
  const path = place.startsWith(NPM) ? packageFolder(place.slice(NPM.length), cwd) : resolve(cwd, place);
  const stats = await stat(path).catch((cause: unknown) => {
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `There is no ${path}`, { cause });
  });
  if (existsSync(join(path, MODEL_PACK_FILE))) return readWholePack(path);
  const name = packName(basename(path, stats.isDirectory() ? '' : extname(path)));
  if (!stats.isDirectory()) {
    const model = await readModelOf(path);
    if (model === null) throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is not a model`);
    return { kind: 'files', files: [model.toModelFile()], name, others: [] };
  }
  const names = (await readdir(path)).sort();
  const here = await readAll(path, names.filter(isModelName));
  if (here.models.length > 0) {
    const others = names.filter((each) => !isModelName(each)).map((file) => ({ file, why: 'no model' }));
    return { kind: 'files', ...convertAll(here.models, [...others, ...here.others]), name };
  }
  return findKnown(place, path, name);
}

/** Of a folder without models of its own, those below it that are published ones. */
async function findKnown(place: string, folder: string, name: string): Promise<CollectedModels> {
  const names = (await readdir(folder, { recursive: true })).sort().filter(isModelName);
  const { models } = await readAll(folder, names.slice(0, MAX_SEARCHED));
  const known = models.filter(({ sha256 }) => Object.hasOwn(KNOWN_MODELS, sha256));
  if (known.length === 0) {
    const expected = `a folder with a ${MODEL_PACK_FILE}, with models (${MODEL_ENDINGS.join(', ')}), or with published ones below it`;
    throw new FaceTriggerError(
      'ERR_MODEL_NOT_FOUND',
      expectation(expected, place, `one with none of ${names.length} that is known: ${folder}`),
    );
  }
  const rest = names.length - known.length;
  const others = rest > 0 ? [{ file: `${rest} other files`, why: 'none of those is a published model' }] : [];
  return { kind: 'files', ...convertAll(known, others), name };
}

/** Files that are looked at in a folder without models of its own. */
const MAX_SEARCHED = 1000;

interface LeftOut {
  readonly file: string;
  readonly why: string;
}

async function readAll(
  folder: string,
  names: readonly string[],
): Promise<{ readonly models: PublishedModel[]; readonly others: LeftOut[] }> {
  const models: PublishedModel[] = [];
  const others: LeftOut[] = [];
  for (const name of names) {
    // One of several that can't be read does not keep the others from being used.
    const model = await readModelOf(join(folder, name)).catch((error: unknown) => {
      if (!(error instanceof FaceTriggerError)) throw error;
      others.push({ file: name, why: error.message });
    });
    if (model) models.push(model);
    else if (model === null) others.push({ file: name, why: 'no model' });
  }
  return { models, others };
}

function convertAll(
  models: readonly PublishedModel[],
  left: readonly LeftOut[],
): { readonly files: ModelFile[]; readonly others: LeftOut[] } {
  const files: ModelFile[] = [];
  const others = [...left];
  for (const model of models) {
    try {
      files.push(model.toModelFile());
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      others.push({ file: model.name, why: error.message });
    }
  }
  return { files, others };
}

function isModelName(name: string): boolean {
  return MODEL_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

async function readWholePack(folder: string): Promise<CollectedModels> {
  const { pack } = await readPack(folder);
  const files = new Map<string, Uint8Array>();
  for (const part of pack.parts) files.set(part.file, await readPart(part, folder));
  return { kind: 'pack', pack, files };
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
