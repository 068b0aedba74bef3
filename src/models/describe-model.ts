import { expectation, FaceTriggerError } from '../core/errors.ts';
import { type ModelInfo, readModelInfo } from '../onnx/read-model-info.ts';
import { FAMILIES, type Family } from './families.ts';
import { KNOWN_MODELS, type KnownModel } from './known-models.ts';
import { MINIFASNET_FACTS } from './minifasnet/minifasnet-facts.ts';
import type { LivenessPart, ModelPart } from './model-pack.ts';
import { recognizeGraph } from './recognize-graph.ts';

type LivenessFamily = Extract<Family, { readonly kind: 'liveness' }>;

/** A file that may become a part of a pack. */
export interface ModelFile {
  /** Name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** The file that this one was converted from. */
  readonly source?: { readonly name: string; readonly sha256: string } | undefined;
}

/** What the user says of files that are not known. */
export interface ModelHints {
  /** A name of {@link FAMILIES}: what the graph of an embedder can't tell. */
  readonly family?: string | undefined;
  /** Of a liveness network: how much around a face it is shown, in sides of the face's box, 1 - 10. */
  readonly cropScale?: number | undefined;
  /** SPDX expression of files that are not known by their hash. */
  readonly licence?: string | undefined;
}

/** What was understood of a file. */
export type ModelVerdict =
  | {
      readonly use: true;
      readonly part: ModelPart;
      /** How it was recognized, for the user to check. */
      readonly because: string;
    }
  | { readonly use: false; readonly why: string };

/**
 * Understands a model file: by its hash where it is a published one, else by its graph.
 *
 * @param hints.family - must be given for embedders that only their graph tells of
 * @returns what it is, or why it is of no use
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a family that there is not
 */
export function describeModel(file: ModelFile, hints: ModelHints = {}): ModelVerdict {
  if (hints.family !== undefined && !Object.hasOwn(FAMILIES, hints.family)) {
    const message = expectation(`one of ${Object.keys(FAMILIES).join(', ')}`, 'the family', hints.family);
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  const original = file.source?.sha256 ?? file.sha256;
  const known = Object.hasOwn(KNOWN_MODELS, original) ? KNOWN_MODELS[original] : undefined;
  if (known?.family === null) return { use: false, why: `${known.id}: nothing here uses it` };
  let info: ModelInfo;
  try {
    info = readModelInfo(file.bytes);
  } catch (error) {
    if (!(error instanceof FaceTriggerError)) throw error;
    return { use: false, why: error.message };
  }
  if (known?.family) return verdictOf(file, known, { because: 'known by its SHA-256', hints });
  return byGraph(file, info, hints);
}

function byGraph(file: ModelFile, info: ModelInfo, hints: ModelHints): ModelVerdict {
  const graph = recognizeGraph(info);
  if (graph === null) return { use: false, why: 'its inputs and outputs are of no family that is known' };
  const [first] = graph.families;
  const family = graph.kind === 'embedder' ? hints.family : first;
  if (family === undefined) {
    const families = graph.families.join(', ');
    const why = `an embedder (${graph.because}), but its graph does not say how colors are to be given: tell by --family which it is (${families})`;
    return { use: false, why };
  }
  if (!graph.families.includes(family)) {
    // A pack has a detector beside its embedder: the word is about the latter.
    return {
      use: false,
      why: `looks like ${graph.families.join(' or ')} (${graph.because}), not like ${family}`,
    };
  }
  const what: KnownModel = {
    id: `${family}-${file.sha256.slice(0, 12)}`,
    family,
    origin: 'added by the user; not a file that is known',
    licence: { code: hints.licence ?? 'unknown', weights: hints.licence ?? 'unknown', data: 'unknown' },
  };
  return verdictOf(file, what, { because: graph.because, hints });
}

function verdictOf(
  file: ModelFile,
  known: KnownModel,
  { because, hints }: { readonly because: string; readonly hints: ModelHints },
): ModelVerdict {
  const name = known.family ?? '';
  if (!Object.hasOwn(FAMILIES, name)) {
    return { use: false, why: `${because}, a model of the family ${name}, which this version does not run` };
  }
  const family = FAMILIES[name]!;
  try {
    if (family.kind === 'liveness') return livenessVerdict(file, { known, because, hints, family });
    return { use: true, part: partOf(file, known, family), because };
  } catch (error) {
    if (!(error instanceof FaceTriggerError)) throw error;
    return { use: false, why: error.message };
  }
}

/** How much around a face a network is shown must be known: what is not told makes other answers, not an error. */
function livenessVerdict(
  file: ModelFile,
  what: {
    readonly known: KnownModel;
    readonly because: string;
    readonly hints: ModelHints;
    readonly family: LivenessFamily;
  },
): ModelVerdict {
  const { known, because, family } = what;
  const told = what.hints.cropScale;
  const read = family.facts(file);
  const use = (facts: LivenessPart['facts'], how: string): ModelVerdict => ({
    use: true,
    part: { ...commonOf(file, known, family), kind: 'liveness', facts },
    because: `${because}${how}`,
  });
  if (known.cropScale !== undefined) return use({ cropScale: known.cropScale }, '');
  if (told !== undefined) return use({ cropScale: told }, `, shown ${told} times the face as you say`);
  if (read !== null) return use(read.facts, `, ${read.because}`);
  const { v2, v1se } = MINIFASNET_FACTS.cropScales;
  const why = `a liveness network (${because}), but neither its name nor its graph says how much around a face it is to be shown: tell by --crop-scale (${v2} for MiniFASNetV2, ${v1se} for MiniFASNetV1SE)`;
  return { use: false, why };
}

function partOf(file: ModelFile, known: KnownModel, family: Exclude<Family, LivenessFamily>): ModelPart {
  const common = commonOf(file, known, family);
  if (family.kind === 'embedder') return { ...common, kind: 'embedder', facts: family.facts(file.bytes) };
  return { ...common, kind: family.kind };
}

function commonOf(file: ModelFile, known: KnownModel, family: Family) {
  const source = file.source ?? file;
  return {
    id: known.id,
    identity: known.identity ?? source.sha256,
    precision: 'fp32' as const,
    adapter: family.adapter,
    file: file.name,
    bytes: file.bytes.length,
    sha256: file.sha256,
    source: { file: source.name, sha256: source.sha256, origin: known.origin },
    licence: known.licence,
  };
}
