import { FaceTriggerError } from '../../core/errors.ts';
import { type FloatConstant, readFloatConstant } from '../../onnx/read-constant.ts';
import { type GraphNode, readNodes } from '../../onnx/read-nodes.ts';

/** The nodes of a graph that one of its values follows from. */
export interface LiveGraph {
  /** In the order in which they run. */
  readonly nodes: readonly GraphNode[];
  /** The node that makes a value. */
  readonly makers: ReadonlyMap<string, GraphNode>;
  /** Numbers of a constant, which a node `Constant` may hold; `null` for all else. */
  floats(name: string): FloatConstant | null;
}

/**
 * Reads an ONNX graph without what nothing comes of: converters leave such nodes behind.
 *
 * @param output - the value that is wanted
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 */
export function readLiveGraph(bytes: Uint8Array, output: string): LiveGraph {
  const { nodes: all, constants } = readNodes(bytes);
  const known = new Map<string, FloatConstant | null>();
  const makers = makersOf(all);
  const read = (name: string): FloatConstant | null => {
    if (constants.has(name)) return readFloatConstant(bytes, name);
    const maker = makers.get(name);
    if (maker?.opType === 'Identity') return read(maker.inputs[0] ?? '');
    const tensor = maker?.opType === 'Constant' ? maker.attributes.get('value')?.tensor : null;
    return tensor?.reals ? { dims: tensor.dims, data: Float32Array.from(tensor.reals) } : null;
  };
  const floats = (name: string) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name) ?? null;
  };
  return { nodes: nodesBehind(all, [output]), makers, floats };
}

/** Those nodes that the wanted values follow from, up to the values where it is told to stop. */
export function nodesBehind(
  nodes: readonly GraphNode[],
  wanted: readonly string[],
  isEnd: (value: string) => boolean = () => false,
): GraphNode[] {
  const makers = makersOf(nodes);
  const found = new Set<GraphNode>();
  const open = wanted.filter((value) => !isEnd(value));
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const node = makers.get(value);
    if (node === undefined || found.has(node)) continue;
    found.add(node);
    for (const input of node.inputs) if (!isEnd(input)) open.push(input);
  }
  return nodes.filter((node) => found.has(node));
}

export function makersOf(nodes: readonly GraphNode[]): Map<string, GraphNode> {
  const makers = new Map<string, GraphNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (makers.has(output))
        throw new FaceTriggerError('ERR_MODEL_FORMAT', `Two nodes of the ONNX graph make "${output}"`);
      makers.set(output, node);
    }
  }
  return makers;
}

/** How often each value is read. */
export function countReaders(nodes: readonly GraphNode[], output: string): Map<string, number> {
  const counts = new Map([[output, 1]]);
  for (const { inputs } of nodes) for (const name of inputs) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
