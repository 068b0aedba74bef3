import { invalidArgument } from '../../core/errors.ts';
import { assertPort } from '../../core/options/assert-port.ts';
import { assertCommercial } from '../../models/licence-terms.ts';
import { areSeveral, lentParts, type ModelPart } from '../../models/model-pack.ts';
import type { ModelSource } from '../../models/model-source.ts';
import { fusePacks, type WholePack } from './fuse-packs.ts';
import { DEFAULT_PACK } from './pack-folders.ts';
import { type PackFolder, readPack } from './read-pack.ts';
import { readPart } from './read-part.ts';

/**
 * The models of a folder, and of the pack's base the kinds that it does not have itself.
 *
 * @param models - name of a pack, path of a folder, or names with "+" between them, whose embedders work as one.
 * @defaultValue `dlib`
 */
export function folderSource(models?: string): ModelSource {
  let reading: Promise<Whole> | undefined;
  // Each part that is opened asks what there is: the description is read and checked once.
  const read = () => {
    reading ??= readWhole(models);
    return reading;
  };
  return {
    readPack: async () => (await read()).whole,
    readPart: async (part: ModelPart) => readPart(part, folderOf(part, await read())),
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
  const source = sourceOf(models);
  if (!commercial) return source;
  return {
    readPack: () => source.readPack(),
    async readPart(part) {
      assertCommercial(part);
      return source.readPart(part);
    },
  };
}

function sourceOf(models: string | ModelSource | undefined): ModelSource {
  if (models === undefined || typeof models === 'string') return folderSource(models);
  if (typeof models !== 'object' || models === null) {
    const expected = 'the name of a pack, the path of its folder, or a ModelSource';
    throw invalidArgument(expected, 'options.models', models);
  }
  const port = 'a ModelSource';
  assertPort(models, 'options.models', { port, methods: ['readPack', 'readPart'] });
  return models;
}

interface Whole extends WholePack {
  /** The folders that its parts lie in. */
  readonly places: readonly { readonly parts: readonly ModelPart[]; readonly folder: string }[];
}

/** @param reader - packs that are named together often lie on the same base, which is read once */
async function readWhole(models: string | undefined, reader = readOnce()): Promise<Whole> {
  if (models !== undefined && areSeveral(models)) {
    const packs = await Promise.all(models.split('+').map((name) => readWhole(name, reader)));
    const pack = fusePacks(packs);
    return { own: pack, whole: pack, places: packs.flatMap(({ places }) => places) };
  }
  const { pack, folder } = await reader(models);
  const place = { parts: pack.parts, folder };
  if (pack.base === undefined) return { own: pack, whole: pack, places: [place] };
  const below = await reader(pack.base);
  const lent = lentParts(pack, below.pack);
  const whole = { ...pack, parts: [...pack.parts, ...lent] };
  return { own: pack, whole, places: [place, { parts: lent, folder: below.folder }] };
}

/** Reads each description once, also one that is asked for again while it is read. */
function readOnce(): (models: string | undefined) => Promise<PackFolder> {
  const known = new Map<string, Promise<PackFolder>>();
  return (models = DEFAULT_PACK) => {
    const reading = known.get(models) ?? readPack(models);
    known.set(models, reading);
    return reading;
  };
}

function folderOf({ sha256, file }: ModelPart, { places }: Whole): string {
  const holds = ({ parts }: Whole['places'][number]) =>
    parts.some((part) => part.sha256 === sha256 && part.file === file);
  return (places.find(holds) ?? places[0]!).folder;
}
