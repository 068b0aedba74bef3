import { sha256 } from '../../convert/convert-model.ts';
import { invalidArgument } from '../../core/errors.ts';
import { fusedFacts, fusedWeights } from '../../models/fused-facts.ts';
import type { EmbedderPart, ModelPack, ModelPrecision } from '../../models/model-pack.ts';

/** A pack as it is written, and with what its base lends it. */
export interface WholePack {
  readonly own: ModelPack;
  readonly whole: ModelPack;
}

/**
 * One pack of several that are named together, as in "dlib+mobilefacenet": their embedders work as one. The detector is
 * that of the last pack that has its own, landmarks and liveness the first that there are.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a pack named twice, `ERR_MODEL_MISMATCH` for embedders that can't
 * work as one
 */
export function fusePacks(packs: readonly WholePack[]): ModelPack {
  const name = packs.map(({ own }) => own.name).join('+');
  if (new Set(packs.map(({ own }) => own.name)).size < packs.length) {
    throw invalidArgument('different packs', 'models', name);
  }
  const partsOf = ({ whole }: WholePack, kind: string) => whole.parts.filter((part) => part.kind === kind);
  const finding = [...packs].reverse().find(({ own }) => own.parts.some(({ kind }) => kind === 'detector'));
  const having = (kind: string) => packs.find((pack) => partsOf(pack, kind).length > 0) ?? packs[0]!;
  return {
    format: 'face-trigger-models',
    version: 1,
    name,
    title: packs.map(({ own }) => own.title).join('; '),
    parts: [
      ...partsOf(finding ?? packs[0]!, 'detector'),
      ...partsOf(having('landmarks'), 'landmarks'),
      ...partsOf(having('liveness'), 'liveness'),
      ...(['fp32', 'int8'] as const).flatMap((precision) => fuse(packs, precision)),
    ],
  };
}

/** What there is in integers is used where any of the packs has it. */
function fuse(packs: readonly WholePack[], precision: ModelPrecision): EmbedderPart[] {
  const embedders = packs.map(({ whole }) => whole.parts.filter((part) => part.kind === 'embedder'));
  const exact = embedders.map((parts) => parts.find((part) => part.precision === precision));
  if (exact.every((part) => part === undefined)) return [];
  const members = exact.map((part, i) => part ?? embedders[i]!.find((other) => other.precision === 'fp32'));
  if (members.some((member) => member === undefined)) return [];
  return [fusedPart(members as EmbedderPart[], precision)];
}

/** The order of the names must make no difference: embeddings of the same networks compare. */
function fusedPart(named: readonly EmbedderPart[], precision: ModelPrecision): EmbedderPart {
  const members = [...named].sort((a, b) => (a.id < b.id ? -1 : 1));
  const facts = fusedFacts(members);
  const recipe = fusedWeights(members).map((weight, i) => [members[i]!.identity, weight.toFixed(6)]);
  const identity = sha256(Buffer.from(JSON.stringify(['fused', recipe])));
  const all = (of: (member: EmbedderPart) => string, between: string) =>
    [...new Set(members.map(of))].join(between);
  const id = all((member) => member.id, '+');
  return {
    kind: 'embedder',
    ...{ id, identity, precision, adapter: 'fused', facts, members },
    file: all(({ file }) => file, '+'),
    bytes: members.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: identity,
    source: {
      file: all(({ source }) => source.file, ' + '),
      sha256: identity,
      origin: all(({ source }) => source.origin, '; '),
    },
    licence: {
      code: all(({ licence }) => oneTerm(licence.code), ' AND '),
      weights: all(({ licence }) => oneTerm(licence.weights), ' AND '),
      data: all(({ licence }) => licence.data, '; '),
    },
  };
}

/** AND binds tighter than OR. */
function oneTerm(expression: string): string {
  return / OR /i.test(expression) ? `(${expression})` : expression;
}
