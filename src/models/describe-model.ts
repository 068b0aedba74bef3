import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { type ModelInfo, readModelInfo } from '../onnx/read-model-info.ts';
import { FAMILIES, type Family } from './families.ts';
import { KNOWN_MODELS, type KnownModel } from './known-models.ts';
import { MINIFASNET_FACTS } from './minifasnet/minifasnet-facts.ts';
import type { LivenessPart, ModelPart } from './model-pack.ts';
import { recognizeGraph } from './recognize-graph.ts';
import {
  RETINAFACE_ANCHORS,
  type RetinafaceAnchors,
  retinafaceAdapter,
} from './retinaface/retinaface-anchors.ts';
import { readSpdxExpression } from './spdx-expression.ts';

type LivenessFamily = Extract<Family, { readonly kind: 'liveness' }>;

/** A file that may become a part of a pack. */
export interface ModelFile {
  /** Name without folders. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** The file that this one was converted from. */
  readonly source?: { readonly name: string; readonly sha256: string } | undefined;
  /** What a drawn face shows of a RetinaFace; see measureAnchors. */
  readonly anchors?: RetinafaceAnchors | undefined;
}

/** What the user says of files that are not known. */
export interface ModelHints {
  /** A name of {@link FAMILIES}: what the graph of an embedder can't tell. */
  readonly family?: string | undefined;
  /** Of a liveness network: how much around a face it is shown, in sides of the face's box, 1 - 10. */
  readonly cropScale?: number | undefined;
  /** SPDX expression of files that are not known by their hash. */
  readonly licence?: string | undefined;
  /** Side of the smallest anchor of a RetinaFace that is not known by its hash, which its graph can't tell. */
  readonly anchors?: RetinafaceAnchors | undefined;
}

/** The names of all hints. */
export const MODEL_HINTS = [
  'family',
  'cropScale',
  'licence',
  'anchors',
] as const satisfies (keyof ModelHints)[];

/** What was understood of a file. */
export type ModelVerdict =
  | {
      readonly use: true;
      readonly part: ModelPart;
      /** How it was recognized, for the user to check. */
      readonly because: string;
      /** What the user said that was needed for it. */
      readonly heeded: readonly (keyof ModelHints)[];
    }
  | { readonly use: false; readonly why: string };

/**
 * Understands a model file: by its hash where it is a published one, else by its graph.
 *
 * @param hints.family - must be given for embedders that only their graph tells of
 * @returns what it is, or why it is of no use
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for hints that mean nothing
 */
export function describeModel(file: ModelFile, hints: ModelHints = {}): ModelVerdict {
  assertHints(hints);
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
  if (known?.family) {
    const { family, licence, anchors, cropScale } = known;
    const heeded = agreeing(hints, { family, licence: licence.weights, anchors, cropScale });
    return verdictOf(file, known, { because: 'known by its SHA-256', hints, heeded });
  }
  return byGraph(file, info, hints);
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a family or anchors that there are not, and for no license */
export function assertHints({ family, licence, anchors }: ModelHints): void {
  if (family !== undefined && !Object.hasOwn(FAMILIES, family))
    throw invalidArgument(`one of ${Object.keys(FAMILIES).join(', ')}`, 'the family', family);
  if (anchors !== undefined && !Object.hasOwn(RETINAFACE_ANCHORS, anchors))
    throw invalidArgument(
      `one of ${Object.keys(RETINAFACE_ANCHORS).join(', ')}`,
      'the side of the smallest anchor',
      anchors,
    );
  if (licence !== undefined && readSpdxExpression(licence) === null) {
    const expected = 'an SPDX expression such as MIT, Apache-2.0 or LicenseRef-my-own (spdx.org/licenses)';
    throw invalidArgument(expected, 'the license', licence);
  }
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
  const anchors = family === 'retinaface' ? (hints.anchors ?? file.anchors) : undefined;
  if (family === 'retinaface' && anchors === undefined) {
    const why = `a RetinaFace (${graph.because}), but neither its graph nor a drawn face shows which anchors it was trained with, and the wrong ones give wrong boxes: tell by --anchors 10 (Face-Detector-1MB-with-landmark) or --anchors 16 (Pytorch_Retinaface)`;
    return { use: false, why };
  }
  const licence = hints.licence === undefined ? 'unknown' : readSpdxExpression(hints.licence)!.text;
  const what: KnownModel = {
    id: `${family}-${file.sha256.slice(0, 12)}`,
    family,
    origin: 'added by the user; not a file that is known',
    licence: { code: licence, weights: licence, data: 'unknown' },
    anchors,
  };
  // Of a liveness network it is added where it is used.
  const heeded = agreeing(hints, { family, licence: hints.licence, anchors });
  const because = anchors === undefined ? graph.because : `${graph.because}; ${toldAnchors(anchors, file)}`;
  return verdictOf(file, what, { because, hints, heeded });
}

/** Which words of the user are what a file was taken for. */
function agreeing(hints: ModelHints, taken: ModelHints): (keyof ModelHints)[] {
  return MODEL_HINTS.filter((hint) => hints[hint] !== undefined && hints[hint] === taken[hint]);
}

function toldAnchors(anchors: RetinafaceAnchors, { anchors: measured }: ModelFile): string {
  const from = `anchors from ${anchors} pixels`;
  if (measured === anchors) return `${from}, as a drawn face shows; to confirm`;
  return `${from}, as you say${measured === undefined ? '' : `, though a drawn face shows ${measured}`}`;
}

interface Understood {
  readonly because: string;
  readonly hints: ModelHints;
  readonly heeded: readonly (keyof ModelHints)[];
}

function verdictOf(file: ModelFile, known: KnownModel, { because, hints, heeded }: Understood): ModelVerdict {
  const name = known.family ?? '';
  if (!Object.hasOwn(FAMILIES, name)) {
    return { use: false, why: `${because}, a model of the family ${name}, which this version does not run` };
  }
  const family = FAMILIES[name]!;
  try {
    if (family.kind === 'liveness')
      return livenessVerdict(file, { known, family, understood: { because, hints, heeded } });
    return { use: true, part: partOf(file, known, family), because, heeded };
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
    readonly family: LivenessFamily;
    readonly understood: Understood;
  },
): ModelVerdict {
  const { known, family } = what;
  const { because, hints, heeded } = what.understood;
  const told = hints.cropScale;
  const read = family.facts(file);
  const use = (facts: LivenessPart['facts'], how: string): ModelVerdict => ({
    use: true,
    part: { ...commonOf(file, known, family), kind: 'liveness', facts },
    because: `${because}${how}`,
    heeded: known.cropScale === undefined && told !== undefined ? [...heeded, 'cropScale'] : heeded,
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
  const adapter = known.anchors === undefined ? family.adapter : retinafaceAdapter(known.anchors);
  return { ...common, kind: family.kind, adapter };
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
