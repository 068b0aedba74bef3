import { assertCommercial } from '../../models/licence-terms.ts';
import { lentParts, type ModelPack, type ModelPart } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { readPack } from './read-pack.ts';
import { readPart } from './read-part.ts';

/**
 * The models of a folder, and of the pack's base the kinds that it does not have itself.
 *
 * @param models - name of a pack, or path of a folder. @defaultValue `dlib`
 */
export function folderSource(models?: string): ModelSource {
  let reading: Promise<Whole> | undefined;
  // Each part that is opened asks what there is: the description is read and checked once.
  const read = () => {
    reading ??= readWhole(models);
    return reading;
  };
  return {
    readPack: async () => (await read()).pack,
    readPart: async (part: ModelPart) => {
      const { folder, base } = await read();
      const isOfBase = base?.parts.some(({ sha256, file }) => sha256 === part.sha256 && file === part.file);
      return readPart(part, base && isOfBase ? base.folder : folder);
    },
  };
}

/**
 * What gives the models that an option names: a pack by its name or path, or a source of the caller's.
 *
 * @param options.commercial - models that are not known to be free for commercial use are refused
 */
export function modelSource(
  models: string | ModelSource | undefined,
  { commercial = false }: { readonly commercial?: boolean | undefined } = {},
): ModelSource {
  const source = typeof models === 'object' ? models : folderSource(models);
  if (!commercial) return source;
  return {
    readPack: () => source.readPack(),
    async readPart(part) {
      assertCommercial(part);
      return source.readPart(part);
    },
  };
}

interface Whole {
  readonly pack: ModelPack;
  readonly folder: string;
  /** What the base gives. */
  readonly base?: { readonly parts: readonly ModelPart[]; readonly folder: string };
}

async function readWhole(models: string | undefined): Promise<Whole> {
  const own = await readPack(models);
  const { base, parts } = own.pack;
  if (base === undefined) return own;
  const below = await readPack(base);
  const lent = lentParts(own.pack, below.pack);
  return {
    pack: { ...own.pack, parts: [...parts, ...lent] },
    folder: own.folder,
    base: { parts: lent, folder: below.folder },
  };
}
