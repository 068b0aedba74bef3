import { FaceTriggerError } from '../core/errors.ts';
import { utf8Text } from '../core/text/utf8.ts';
import type { GraphNode } from './read-nodes.ts';

/** Deeper trees than any that is trained; the runtime walks them by calling itself. */
const MAX_DEPTH = 1000;

/**
 * Refuses tree ensembles of which the branches lead in circles, nowhere, or too deep.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`; nodes of other operators are fine
 * @remarks Attributes: TreeEnsembleClassifier in github.com/onnx/onnx/blob/main/docs/Operators-ml.md.
 */
export function checkTrees({ opType, attributes }: GraphNode): void {
  if (!opType.startsWith('TreeEnsemble')) return;
  const list = (name: string): readonly number[] => attributes.get(name)?.integers ?? [];
  const [trees, ids] = [list('nodes_treeids'), list('nodes_nodeids')];
  const branches = [list('nodes_truenodeids'), list('nodes_falsenodeids')];
  const modes = attributes.get('nodes_modes')?.texts ?? [];
  const count = ids.length;
  if ([trees, modes, ...branches].some(({ length }) => length !== count))
    throw refuse('have lists of different lengths');
  const places = new Map<string, number>();
  for (let i = 0; i < count; i++) places.set(`${trees[i]} ${ids[i]}`, i);
  if (places.size !== count) throw refuse('have two nodes of one number');
  const parents = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i++) {
    if (isLeaf(modes[i]!)) continue;
    for (const branch of branches) {
      const child = places.get(`${trees[i]} ${branch[i]}`);
      if (child === undefined || parents[child] !== -1)
        throw refuse('have branches that lead nowhere or meet');
      parents[child] = i;
    }
  }
  for (let i = 0; i < count; i++) depthOf(i, parents);
}

// With one parent each, only a circle can be endless.
function depthOf(node: number, parents: Int32Array): void {
  let depth = 0;
  for (let at = node; at !== -1; at = parents[at]!) {
    depth++;
    if (depth > MAX_DEPTH) throw refuse('lead in circles or too deep');
  }
}

function isLeaf(mode: Uint8Array): boolean {
  return utf8Text(mode) === 'LEAF';
}

function refuse(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `The ONNX model is refused: its decision trees ${why}`);
}
