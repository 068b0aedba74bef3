import type { ModelPart } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { type PackFolder, readPack } from './read-pack.ts';
import { readPart } from './read-part.ts';

/**
 * The models of a folder.
 *
 * @param models - name of a pack that comes with face-trigger, or path of a folder. @defaultValue `dlib`
 */
export function folderSource(models?: string): ModelSource {
  let reading: Promise<PackFolder> | undefined;
  // Each part that is opened asks what there is: the description is read and checked once.
  const read = () => {
    reading ??= readPack(models);
    return reading;
  };
  return {
    readPack: async () => (await read()).pack,
    readPart: async (part: ModelPart) => readPart(part, (await read()).folder),
  };
}

/** What gives the models that an option names: a pack by its name or path, or a source of the caller's. */
export function modelSource(models: string | ModelSource | undefined): ModelSource {
  return typeof models === 'object' ? models : folderSource(models);
}
