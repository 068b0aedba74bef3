import type { ModelPart } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { readPack } from './read-pack.ts';
import { readPart } from './read-part.ts';

/**
 * The models of a folder.
 *
 * @param models - name of a pack that comes with face-trigger, or path of a folder. @defaultValue `dlib`
 */
export function folderSource(models?: string): ModelSource {
  return {
    readPack: async () => (await readPack(models)).pack,
    readPart: async (part: ModelPart) => readPart(part, (await readPack(models)).folder),
  };
}
