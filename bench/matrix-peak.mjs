import { OnnxSession } from '../dist/node/runtime/session.js';
import { GraphBuilder } from '../dist/onnx/graph-builder.js';

const SIDE = 1024;
const RUNS = 30;

/**
 * The best rate of multiply-adds that onnxruntime shows with a product of two 1024 x 1024 matrices in this process:
 * what the machine can do at all.
 *
 * @returns {Promise<number>} thousand million operations a second, two for each multiply-add
 */
export async function matrixPeak({ threads, precision }) {
  const size = SIDE * SIDE;
  const graph = new GraphBuilder('peak');
  const isFloat = precision === 'fp32';
  graph.input('a', isFloat ? 'float32' : 'uint8', [SIDE, SIDE]);
  const data = isFloat ? new Float32Array(size).fill(0.5) : new Int8Array(size).fill(3);
  const weights = graph.initializer('b', { type: isFloat ? 'float32' : 'int8', dims: [SIDE, SIDE], data });
  graph.node(isFloat ? 'MatMul' : 'MatMulInteger', ['a', weights], {}, { outputs: ['c'] });
  graph.output('c', isFloat ? 'float32' : 'int32', [SIDE, SIDE]);
  const session = await OnnxSession.create(graph.toModel(), { threads });
  const a = isFloat ? new Float32Array(size).fill(0.25) : new Uint8Array(size).fill(5);
  const feeds = { a: { type: isFloat ? 'float32' : 'uint8', dims: [SIDE, SIDE], data: a } };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await session.run(feeds);
    best = Math.min(best, performance.now() - start);
  }
  await session.dispose();
  return (2 * SIDE ** 3) / best / 1e6;
}
