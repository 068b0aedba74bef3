import { type ChipLayer, type ConvLayer, isRelu } from './chip-layer.ts';
import type { ChannelRanges } from './chip-ranges.ts';

/**
 * What the bytes of a value stand for: `step of the channel * (byte - zeroPoint)`.
 *
 * @remarks A step with a minus turns the channel over.
 */
export interface ByteSteps {
  readonly steps: Float64Array;
  readonly zeroPoint: number;
  /** What the steps of values that are added have not in common. */
  readonly scale: number;
}

/** How a convolution with slopes is computed: the larger of its sums and of them times a factor. */
export interface SlopePlan extends ByteSteps {
  /** What its sums are multiplied by first. */
  readonly turns: Float64Array;
  /** What they are multiplied by to make the other ones. */
  readonly factors: Float64Array;
}

export const SIGNED_ZERO = 128;
const SIGNED_STEPS = 127;
const UNSIGNED_STEPS = 255;
/** A channel that hardly moves on the measured faces may move on others: its step is at least this of the widest one. */
const LEAST_STEP = 1 / 256;

/** Steps of a layer that gives its sums as they are, or those above zero. */
export function plainSteps(ranges: ChannelRanges, layer: ChipLayer): ByteSteps {
  const hasRelu = endsInRelu(layer);
  const count = hasRelu ? UNSIGNED_STEPS : SIGNED_STEPS;
  const steps = widened(peaksOf(ranges, layer)).map((peak) => peak / count);
  return { steps, zeroPoint: hasRelu ? 0 : SIGNED_ZERO, scale: 1 };
}

/**
 * Every slope is the larger of two numbers, `x` and `slope * x`: where the slope is above 1 and they would be the
 * smaller one, with all signs turned. Which of the two the convolution gives, and which is computed from its bytes, is
 * decided by what is rounded less.
 */
export function slopeSteps({ least, largest }: ChannelRanges, slopes: Float32Array): SlopePlan {
  const turns = new Float64Array(slopes.length);
  const factors = new Float64Array(slopes.length);
  const reach = new Float64Array(slopes.length);
  for (const [i, slope] of slopes.entries()) {
    const sign = slope > 1 ? -1 : 1;
    const peak = Math.max(-least[i]!, largest[i]!);
    const made = Math.max(largest[i]!, Math.abs(slope * least[i]!));
    const asIs = Math.max(peak, made);
    const sloped = Math.max(peak * Math.abs(slope), made);
    const isSloped = slope !== 0 && sloped * (1 + 1 / Math.abs(slope)) < asIs * (1 + Math.abs(slope));
    turns[i] = isSloped ? sign * slope : sign;
    factors[i] = isSloped ? 1 / slope : slope;
    reach[i] = isSloped ? sloped : asIs;
  }
  const steps = widened(reach).map((value, i) => (slopes[i]! > 1 ? -value : value) / SIGNED_STEPS);
  return { steps, zeroPoint: SIGNED_ZERO, scale: 1, turns, factors };
}

/**
 * Steps of values that are added to each other: the same for all but for one number, as the operator for sums takes no
 * steps of channels.
 *
 * @returns by the name of the value
 */
export function sumSteps(
  layers: readonly ChipLayer[],
  ranges: ReadonlyMap<string, ChannelRanges>,
): Map<string, ByteSteps> {
  const found = new Map<string, ByteSteps>();
  for (const members of addedTogether(layers)) {
    const peaks = members.map((layer) => peaksOf(ranges.get(layer.output.name)!, layer));
    const widest = widened(peaks[0]!.map((_, i) => Math.max(...peaks.map((peak) => peak[i]!))));
    members.forEach((layer, at) => {
      const hasRelu = endsInRelu(layer);
      const share = Math.max(LEAST_STEP, ...peaks[at]!.map((peak, i) => peak / widest[i]!));
      const scale = share / (hasRelu ? UNSIGNED_STEPS : SIGNED_STEPS);
      const zeroPoint = hasRelu ? 0 : SIGNED_ZERO;
      found.set(layer.output.name, { steps: widest.map((peak) => peak * scale), zeroPoint, scale });
    });
  }
  return found;
}

function addedTogether(layers: readonly ChipLayer[]): ChipLayer[][] {
  let groups: Set<string>[] = [];
  for (const layer of layers) {
    if (layer.kind !== 'add') continue;
    const names = [...layer.inputs, layer.output.name];
    const touched = groups.filter((group) => names.some((name) => group.has(name)));
    const joined = new Set([...touched.flatMap((group) => [...group]), ...names]);
    groups = [...groups.filter((group) => !touched.includes(group)), joined];
  }
  const members = new Map(layers.map((layer) => [layer.output.name, layer]));
  return groups.map((group) => [...group].map((output) => members.get(output)!));
}

export function endsInRelu(layer: ChipLayer): boolean {
  return layer.kind === 'add' ? layer.hasRelu : isRelu(layer.slopes);
}

export function isSloped(layer: ChipLayer): layer is ConvLayer & { readonly slopes: Float32Array } {
  return layer.kind === 'conv' && layer.slopes !== null && !isRelu(layer.slopes);
}

function peaksOf({ least, largest }: ChannelRanges, layer: ChipLayer): Float64Array {
  const hasRelu = endsInRelu(layer);
  // A byte holds nothing above its last step: a ceiling is kept by making that the ceiling.
  const ceiling = layer.kind === 'conv' ? layer.ceiling : Number.POSITIVE_INFINITY;
  return Float64Array.from(largest, (value, i) =>
    Math.min(ceiling, Math.max(0, value, hasRelu ? 0 : -least[i]!)),
  );
}

function widened(peaks: Float64Array): Float64Array {
  const floor = peaks.reduce((most, peak) => Math.max(most, peak), 0) * LEAST_STEP || 1;
  return peaks.map((peak) => Math.max(peak, floor));
}
