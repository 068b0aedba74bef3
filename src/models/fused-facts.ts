import { type ChipTemplate, layoutsOf } from '../core/align/chip-template.ts';
import { distancesIn } from '../core/embed/distance-facts.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { cosineFacts, type MeasuredFacts } from './cosine-facts.ts';
import type { EmbedderPart } from './model-pack.ts';

type Facts = EmbedderPart['facts'];

/**
 * What was measured of embedders together, by their ids in order; see {@link fusedFacts} for the rest.
 *
 * @remarks Each with the pack's own detector, on half of the people of Labeled Faces in the Wild, View 2, folds 1 and 2:
 * `node bench/accuracy/embedder-limits.mjs --models dlib+mobilefacenet` (equal error at 0.196, one false accept in a
 * thousand pairs at 0.175, copies of a photo up to 0.004, mirrored and gray ones up to 0.042, cut and brightened ones up
 * to 0.019, all but a thousandth of strangers within 0.472) and `probability-reliability.mjs --fit` (balanced: midpoint
 * 0.190, scale 127, 1.86 a reference: what the rule of cosineFacts says too).
 */
const MEASURED: Readonly<Record<string, MeasuredFacts & { readonly verify: number }>> = {
  'dlib-resnet-v1+mobilefacenet-192': {
    verify: 0.195,
    thresholds: { identify: 0.175, samePhoto: 0.005, variation: 0.042, copy: 0.045, farthest: 0.5 },
  },
};

/** The quantized network measures as the one that it was made of does. */
const nameOf = ({ id }: EmbedderPart) => id.replace(/-int8$/, '');

/**
 * The share that each embedder has of the similarity of two faces: the steadier strangers' similarities are, the more a
 * difference says.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where it is not known of one how strangers' similarities scatter
 */
export function fusedWeights(members: readonly EmbedderPart[]): number[] {
  const steadiness = members.map(({ id, facts: { impostors } }) => {
    if (impostors) return 1 / impostors.deviation;
    const message = `The pack of "${id}" does not say how similar strangers are to it ("impostors"), so it can't be weighed beside another embedder`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  });
  const sum = steadiness.reduce((total, value) => total + value, 0);
  return steadiness.map((value) => value / sum);
}

/**
 * Facts of embedders that work as one, in the cosine metric.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where no landmarks are known that all of them are cut out by
 */
export function fusedFacts(members: readonly EmbedderPart[]): Facts {
  const weights = fusedWeights(members);
  const distances = members.map(({ facts }) => distancesIn(facts, 'cosine'));
  const mean = (of: (index: number) => number) =>
    weights.reduce((sum, weight, index) => sum + weight * of(index), 0);
  const measured = MEASURED[members.map(nameOf).join('+')];
  const verify = measured?.verify ?? Number(mean((i) => distances[i]!.thresholds.verify).toPrecision(3));
  return {
    ...chipOfAll(members),
    dimension: members.reduce((sum, { facts }) => sum + facts.dimension, 0),
    lengthRule: { length: 1, applies: 'always' },
    ...cosineFacts(verify, measured),
  };
}

/** The chip of the member whose landmarks all others can be cut out by; of the first where there are several. */
function chipOfAll(members: readonly EmbedderPart[]): Pick<Facts, 'chip' | 'input'> {
  const isKnown = (layout: string) => members.every(({ facts }) => layoutsOf(facts.chip).includes(layout));
  const found = members.find(({ facts }) => isKnown(facts.chip.layout.name));
  if (found === undefined) {
    const told = members
      .map(({ id, facts }) => `"${id}" by ${layoutsOf(facts.chip).join(' or ')}`)
      .join(', ');
    const message = `There are no landmarks that all of these are cut out by: ${told}`;
    throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
  }
  const { chip, input } = found.facts;
  const others = chip.others?.filter(({ layout }) => isKnown(layout));
  const common: ChipTemplate = { ...chip, ...(others && { others }) };
  return { chip: common as Facts['chip'], input };
}
