import { sha256 } from '../../convert/convert-model.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { assertHints, describeModel, MODEL_HINTS, type ModelHints } from '../../models/describe-model.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { MODEL_PACK_FILE, type ModelKind, type ModelPack, type ModelPart } from '../../models/model-pack.ts';
import type { CollectedModels } from './collect-models.ts';
import type { LeftOut } from './find-known-models.ts';
import { DEFAULT_PACK } from './pack-folders.ts';

/** A pack to be installed, and what became of each file. */
export interface AssembledPack {
  readonly pack: ModelPack;
  /** Bytes of the parts by the names of their files. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** How each part was recognized; empty for a folder that describes itself. */
  readonly understood: readonly { readonly part: ModelPart; readonly because: string }[];
  readonly leftOut: readonly LeftOut[];
  /** What the user said that nothing was made of, and why. */
  readonly notes: readonly string[];
}

/**
 * Puts models of one or several places together to one pack.
 *
 * @param hints - about the files that are not known
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if nothing in the places is of use, `ERR_INVALID_ARGUMENT` for a folder
 * that describes itself beside another place
 */
export function assemblePack(collected: readonly CollectedModels[], hints: ModelHints = {}): AssembledPack {
  assertHints(hints);
  const [first] = collected;
  if (first?.kind === 'pack') {
    if (collected.length > 1) refuseSecondPack();
    const why = `"${first.pack.name}" describes itself (${MODEL_PACK_FILE})`;
    return { ...first, understood: [], leftOut: [], notes: namesOf(hints).map((hint) => unused(hint, why)) };
  }
  const places = collected.map((place) => (place.kind === 'files' ? place : refuseSecondPack()));
  const understood: { part: ModelPart; because: string }[] = [];
  const heeded = new Set<keyof ModelHints>();
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
    understood.push({ because: verdict.because, part });
    for (const hint of verdict.heeded) heeded.add(hint);
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
  const notes = namesOf(hints)
    .filter((hint) => !heeded.has(hint))
    .map((hint) => unused(hint, whyUnused(hint, understood)));
  return { pack, files, understood, leftOut, notes };
}

function namesOf(hints: ModelHints): (keyof ModelHints)[] {
  return MODEL_HINTS.filter((hint) => hints[hint] !== undefined);
}

/** What the command line calls a hint, and what it is about. */
const HINTS = {
  family: {
    ...{ option: '--family', kind: 'embedder' },
    nothing: 'none of the files is an embedder whose family has to be told',
  },
  cropScale: {
    ...{ option: '--crop-scale', kind: 'liveness' },
    nothing: 'none of the files is a liveness network whose crop has to be told',
  },
  licence: { option: '--license', kind: null, nothing: 'the licenses of all files are known' },
  anchors: { option: '--anchors', kind: 'detector', nothing: 'none of the files is a RetinaFace' },
} as const satisfies Record<keyof ModelHints, { option: string; kind: ModelKind | null; nothing: string }>;

function unused(hint: keyof ModelHints, why: string): string {
  return `${HINTS[hint].option} is not used: ${why}`;
}

function whyUnused(hint: keyof ModelHints, understood: AssembledPack['understood']): string {
  const { kind } = HINTS[hint];
  const concerned = understood.filter(
    ({ part }) => Object.hasOwn(KNOWN_MODELS, part.source.sha256) && (kind === null || part.kind === kind),
  );
  if (concerned.length === 0) return HINTS[hint].nothing;
  const told = concerned.map(({ part }) => {
    const { family } = KNOWN_MODELS[part.source.sha256]!;
    return `${part.file} is known by its SHA-256 (${hint === 'licence' ? part.licence.weights : family})`;
  });
  return told.join(', ');
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
