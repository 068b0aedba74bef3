import { sha256 } from '../../convert/convert-model.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { describeModel, type ModelHints } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import type { ModelPack, ModelPart } from '../../models/model-pack.ts';
import type { CollectedModels } from './collect-models.ts';
import { DEFAULT_PACK } from './pack-folders.ts';

/** A pack to be installed, and what became of each file. */
export interface AssembledPack {
  readonly pack: ModelPack;
  /** Bytes of the parts by the names of their files. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How each part was recognized; empty for a folder that describes itself. */
  readonly understood: readonly { readonly part: ModelPart; readonly because: string }[];
  readonly leftOut: readonly { readonly file: string; readonly why: string }[];
}

/**
 * Puts models of one or several places together to one pack.
 *
 * @param hints - about the files that are not known
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if nothing in the places is of use, `ERR_INVALID_ARGUMENT` for a folder
 * that describes itself beside another place
 */
export function assemblePack(collected: readonly CollectedModels[], hints: ModelHints = {}): AssembledPack {
  const [first] = collected;
  if (first?.kind === 'pack') {
    if (collected.length === 1) return { ...first, understood: [], leftOut: [] };
    refuseSecondPack();
  }
  const places = collected.map((place) => (place.kind === 'files' ? place : refuseSecondPack()));
  const understood: { part: ModelPart; because: string }[] = [];
  const leftOut = places.flatMap(({ others }) => [...others]);
  const files = new Map<string, Uint8Array>();
  for (const file of places.flatMap((place) => place.files)) {
    const verdict = describeModel(file, hints);
    const why = verdict.use ? doubled(verdict.part, understood) : verdict.why;
    if (!verdict.use || why !== null) {
      leftOut.push({ file: file.name, why: why ?? '' });
      continue;
    }
    const own = withOwnIdentity(verdict.part);
    // Files of different folders are often called the same, such as model.onnx.
    const part = { ...own, file: freeName(own, files) };
    understood.push({ ...verdict, part });
    files.set(part.file, file.bytes);
  }
  if (understood.length === 0) {
    const told = leftOut.map(({ file, why }) => `\n  ${file}: ${why}`).join('');
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `Nothing of use was found:${told}`, {
      details: { leftOut },
    });
  }
  const parts = understood.map(({ part }) => part);
  const pack: ModelPack = {
    format: 'face-trigger-models',
    version: 1,
    name: places[0]!.name,
    title: parts.map(({ kind, id }) => `${kind} ${id}`).join(', '),
    base: DEFAULT_PACK,
    parts,
  };
  return { pack, files, understood, leftOut };
}

/**
 * An embedder that users say the family of is another one with another family: other colors and another chip make other
 * embeddings of the same weights.
 */
function withOwnIdentity(part: ModelPart): ModelPart {
  if (part.kind !== 'embedder' || Object.hasOwn(KNOWN_MODELS, part.source.sha256)) return part;
  const { chip, input } = part.facts;
  const identity = sha256(new TextEncoder().encode(JSON.stringify([part.identity, chip, input])));
  return { ...part, identity };
}

function refuseSecondPack(): never {
  const message = 'A folder that describes itself (face-trigger.json) is a pack of its own: add it alone';
  throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
}

function freeName({ kind, file }: ModelPart, taken: ReadonlyMap<string, unknown>): string {
  const names = [file, `${kind}-${file}`];
  for (let i = 2; taken.has(names.at(-1)!); i++) names.push(`${kind}-${i}-${file}`);
  return names.find((name) => !taken.has(name))!;
}

/** Why a part can't stand beside those that there are already. */
function doubled(part: ModelPart, others: readonly { readonly part: ModelPart }[]): string | null {
  const same = others.find(({ part: other }) => other.kind === part.kind && !sideBySide(part, other));
  if (same === undefined) return null;
  return `${same.part.file} is the ${part.kind} of this pack already: add this one under another --name`;
}

/** Liveness networks that see more or less around a face are asked together, and their answers are averaged. */
function sideBySide(part: ModelPart, other: ModelPart): boolean {
  return (
    part.kind === 'liveness' && other.kind === 'liveness' && part.facts.cropScale !== other.facts.cropScale
  );
}
