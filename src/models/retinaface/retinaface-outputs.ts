import type { ValueInfo } from '../../onnx/read-model-info.ts';

/** Names of a file's outputs: boxes, scores and points of all anchors. */
export interface RetinafaceOutputs {
  readonly loc: string;
  readonly conf: string;
  readonly landm: string;
}

/** Numbers of an anchor in each. */
const NUMBERS = { loc: 4, conf: 2, landm: 10 } as const;
/** As convert_to_onnx.py of the two projects names them, in this order. */
const EXPORTED = ['output', 'outputt', 'outputtt'];

/**
 * Finds the three outputs of a RetinaFace: by their names, as the exporter of Face-Detector-1MB-with-landmark gives
 * them, by those of Pytorch_Retinaface's, or by how many numbers an anchor has in each.
 *
 * @returns null for another network
 */
export function retinafaceOutputs(outputs: readonly ValueInfo[]): RetinafaceOutputs | null {
  if (outputs.length !== 3) return null;
  const names = outputs.map(({ name }) => name);
  if (Object.keys(NUMBERS).every((name) => names.includes(name)))
    return { loc: 'loc', conf: 'conf', landm: 'landm' };
  if (EXPORTED.every((name, i) => names[i] === name)) {
    const [loc, conf, landm] = names;
    return { loc: loc!, conf: conf!, landm: landm! };
  }
  const of = (numbers: number) =>
    outputs.find(({ shape }) => shape.length === 3 && shape[2] === numbers)?.name;
  const [loc, conf, landm] = [of(NUMBERS.loc), of(NUMBERS.conf), of(NUMBERS.landm)];
  return loc === undefined || conf === undefined || landm === undefined ? null : { loc, conf, landm };
}
