import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import type { ModelFile } from '../../models/describe-model.ts';
import { MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';
import { findKnownModels, type LeftOut } from './find-known-models.ts';
import { measureModels } from './measure-models.ts';
import { isModelName, MODEL_ENDINGS, type PublishedModel, readModelOf } from './read-model-of.ts';
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
      readonly others: readonly LeftOut[];
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
  const collected = await collect(place, cwd);
  return collected.kind === 'pack'
    ? collected
    : { ...collected, files: await measureModels(collected.files) };
}

async function collect(place: string, cwd: string): Promise<CollectedModels> {
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
  const { models, others } = await findKnownModels(folder);
  if (models.length === 0) {
    const expected = `a folder with a ${MODEL_PACK_FILE}, with models (${MODEL_ENDINGS.join(', ')}), or with published ones below it`;
    const told = others.slice(0, MAX_TOLD).map(({ file, why }) => `\n  ${file}: ${why}`);
    const more = others.length > MAX_TOLD ? `\n  and ${others.length - MAX_TOLD} more` : '';
    const message = expectation(expected, place, `one with none that is known: ${folder}`);
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `${message}${told.join('')}${more}`, {
      details: { leftOut: others },
    });
  }
  return { kind: 'files', ...convertAll(models, others), name };
}

/** Reasons that stand in a message. */
const MAX_TOLD = 20;
/** Largest sum of the models of a folder, which are in memory at once. */
const MAX_TOGETHER = 2 * 1024 * 1024 * 1024;

async function readAll(
  folder: string,
  names: readonly string[],
): Promise<{ readonly models: PublishedModel[]; readonly others: LeftOut[] }> {
  const models: PublishedModel[] = [];
  const others: LeftOut[] = [];
  let bytes = 0;
  for (const name of names) {
    // One of several that can't be read does not keep the others from being used.
    const model = await readModelOf(join(folder, name)).catch((error: unknown) => {
      if (!(error instanceof FaceTriggerError)) throw error;
      others.push({ file: name, why: error.message });
    });
    if (model === null) others.push({ file: name, why: 'no model' });
    if (!model) continue;
    bytes += model.bytes;
    if (bytes <= MAX_TOGETHER) models.push(model);
    else {
      bytes -= model.bytes;
      const why = `the models of a folder may have ${MAX_TOGETHER} bytes together: name the files that you want`;
      others.push({ file: name, why });
    }
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
