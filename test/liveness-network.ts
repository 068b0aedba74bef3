import { GraphBuilder } from '../src/onnx/graph-builder.ts';

/**
 * A network with MiniFASNet's inputs and outputs that goes by color: what it is shown is live the greener it is, a flat
 * fake the redder and one with a relief the bluer.
 *
 * @param gain - how sure it is
 * @param like - the published network whose numbers of nodes it has
 */
export function colorLiveness(gain = 0.1, like?: 'v2' | 'v1se'): Uint8Array {
  const graph = new GraphBuilder('color');
  graph.input('input', 'float32', ['N', 3, 80, 80]);
  const same = Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const weights = graph.initializer('same', { type: 'float32', dims: [3, 3, 1, 1], data: same });
  let value = 'input';
  const convolutions = { v2: 49, v1se: 55 };
  for (let i = 0; like !== undefined && i < convolutions[like]; i++)
    value = graph.node('Conv', [value, weights]);
  const axes = { type: 'int64', dims: [2], data: BigInt64Array.from([2n, 3n]) } as const;
  const mean = graph.node('ReduceMean', [value, graph.initializer('axes', axes)], { keepdims: 0 });
  const factor = graph.initializer('gain', { type: 'float32', dims: [], data: new Float32Array([gain]) });
  let logits = graph.node('Mul', [mean, factor]);
  // Squeeze and excitation, without its effect.
  for (let i = 0; like === 'v1se' && i < 3; i++) {
    const gate = graph.node('Sigmoid', [logits]);
    logits = graph.node('Div', [graph.node('Mul', [logits, gate]), gate]);
  }
  graph.node('Identity', [logits], {}, { outputs: ['logits'] });
  graph.output('logits', 'float32', ['N', 3]);
  return graph.toModel();
}
