import type { ModelInfo, ValueInfo } from '../onnx/read-model-info.ts';
import { EMBEDDER_FAMILIES } from './embedder-families.ts';
import type { ModelKind } from './model-pack.ts';
import { retinafaceOutputs } from './retinaface/retinaface-outputs.ts';

/** What the inputs and outputs of a network say it is. */
export interface GraphKind {
  readonly kind: ModelKind;
  /** Families whose adapters could run it; of an embedder the graph can't tell which. */
  readonly families: readonly string[];
  /** The signs, in words. */
  readonly because: string;
}

/**
 * Recognizes a network by its inputs and outputs.
 *
 * @returns null for a network of no family that is known
 */
export function recognizeGraph({ inputs, outputs }: ModelInfo): GraphKind | null {
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || input.shape.length !== 4) return null;
  const names = new Set(outputs.map(({ name }) => name));
  const has = (...wanted: readonly string[]) => wanted.every((name) => names.has(name));
  const detector = (family: string, because: string) => ({
    kind: 'detector' as const,
    families: [family],
    because,
  });
  if (has('cls_8', 'obj_8', 'bbox_8', 'kps_8')) {
    return detector('yunet', 'outputs cls_8, obj_8, bbox_8, kps_8 and those of larger strides');
  }
  const retinaface = retinafaceOutputs(outputs);
  if (retinaface) {
    const { loc, conf, landm } = retinaface;
    return detector('retinaface', `outputs ${loc}, ${conf} and ${landm}: boxes, scores and five points`);
  }
  if (has('scores', 'boxes') && outputs.length === 2)
    return detector('ultraface', 'outputs scores and boxes');
  const last = outputs.map(({ shape }) => shape.at(-1)).sort((a, b) => Number(a) - Number(b));
  if (outputs.length === 2 && last[0] === 1 && last[1] === 16)
    return detector('mediapipe', 'a score and 16 numbers for each anchor');
  if (outputs.length === 9 && input.shape[1] === 3) {
    return detector('scrfd', 'nine outputs: scores, boxes and points of three strides');
  }
  if (isThreeOf80(input.shape, outputs)) {
    return {
      kind: 'liveness',
      families: ['minifasnet'],
      because: 'a picture of 80 x 80 becomes three classes',
    };
  }
  const size = chipSize(input.shape);
  if (size === null) return null;
  const embedding = outputs.map(({ shape }) => dimensionOf(shape)).find((dimension) => dimension !== null);
  if (embedding === undefined) return null;
  return {
    kind: 'embedder',
    // They differ in what the graph does not say: the order of colors and their scale.
    families: Object.keys(EMBEDDER_FAMILIES),
    because: `a chip of ${size} x ${size} pixels becomes ${embedding} numbers`,
  };
}

/** MiniFASNet's shapes: [n, 3, 80, 80] and [n, 3]. */
function isThreeOf80(input: ValueInfo['shape'], outputs: readonly ValueInfo[]): boolean {
  const [output] = outputs;
  return (
    outputs.length === 1 &&
    [3, 80, 80].every((size, i) => input[i + 1] === size) &&
    output!.shape.length === 2 &&
    output!.shape[1] === 3
  );
}

/** Side of the picture that a network takes, [n, 3, s, s] or [n, s, s, 3]. */
function chipSize(shape: readonly (number | string)[]): number | null {
  const [, second, third, fourth] = shape;
  const [rows, columns] = second === 3 ? [third, fourth] : fourth === 3 ? [second, third] : [];
  return typeof rows === 'number' && rows === columns && rows >= 64 && rows <= 512 ? rows : null;
}

function dimensionOf(shape: readonly (number | string)[]): number | null {
  const [, dimension, ...rest] = shape;
  const isVector = rest.every((size) => size === 1) && shape.length >= 2;
  return isVector && typeof dimension === 'number' && dimension >= 32 && dimension <= 4096 ? dimension : null;
}
