import { readNodes } from '../../onnx/read-nodes.ts';
import { MINIFASNET_FACTS } from './minifasnet-facts.ts';

/** How much around a face a network of the family is to be shown, and what says so. */
export interface CropScale {
  /** In sides of the face's box. */
  readonly scale: number;
  readonly because: string;
}

/** The originals' names say it, such as `2.7_80x80_MiniFASNetV2` and `4_0_0_80x80_MiniFASNetV1SE`. */
const NAME = /^(\d+(?:[._]\d+)?)(?:_\d+)*_80x80_/;
/** Convolutions of the published networks; those of V1SE count the ones of its three blocks of squeeze and excitation. */
const CONVOLUTIONS = { v2: 49, v1se: 55 } as const;

/**
 * Finds out how much around a face a network of the family is to be shown.
 *
 * @param file - whose graph is one of three classes of a picture of 80 x 80
 * @returns null where neither the name nor the graph tells
 */
export function cropScaleOf(file: { readonly name: string; readonly bytes: Uint8Array }): CropScale | null {
  const named = NAME.exec(file.name)?.[1];
  const scale = named === undefined ? Number.NaN : Number(named.replace('_', '.'));
  if (scale >= 1 && scale <= 10) return { scale, because: `shown ${scale} times the face, as its name says` };
  const { nodes } = readNodes(file.bytes);
  const count = (opType: string) => nodes.filter((node) => node.opType === opType).length;
  const { v2, v1se } = MINIFASNET_FACTS.cropScales;
  if (count('Conv') === CONVOLUTIONS.v1se && count('Sigmoid') === 3) {
    return { scale: v1se, because: `MiniFASNetV1SE by its nodes, shown ${v1se} times the face` };
  }
  if (count('Conv') === CONVOLUTIONS.v2 && count('Sigmoid') === 0) {
    return { scale: v2, because: `MiniFASNetV2 by its nodes, shown ${v2} times the face` };
  }
  return null;
}
