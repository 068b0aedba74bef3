import { describe, expect, it } from 'vitest';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { type Attribute, GraphBuilder, type TensorData } from '../../src/onnx/graph-builder.ts';

const PICTURE = ['n', 3, 8, 8] as const;
const int64 = (...values: number[]): TensorData => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});
const floats = (...values: number[]): TensorData => ({
  type: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

/** A model of one picture that resizes it. */
function model(build: (graph: GraphBuilder) => string): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('x', 'float32', [...PICTURE]);
  const made = build(graph);
  graph.node('Relu', [made], {}, { outputs: ['y'] });
  graph.output('y', 'float32', ['n', 3, 'h', 'w']);
  return graph.toModel();
}

const resized = (inputs: (TensorData | '')[], attributes: Record<string, Attribute> = { mode: 'nearest' }) =>
  model((graph) =>
    graph.node(
      'Resize',
      ['x', ...inputs.map((input, i) => (input === '' ? '' : graph.initializer(`c${i}`, input)))],
      attributes,
    ),
  );

/** As exporters of PyTorch write it: the size is that of another value. */
const likeAnother = model((graph) => {
  const shape = graph.node('Shape', ['x'], {});
  const start = graph.initializer('start', int64(2));
  const end = graph.initializer('end', int64(4));
  const sides = graph.node('Slice', [shape, start, end, graph.initializer('axis', int64(0))], {});
  const first = graph.node(
    'Slice',
    [shape, graph.initializer('zero', int64(0)), start, graph.initializer('axis2', int64(0))],
    {},
  );
  return graph.node('Resize', ['x', '', '', graph.node('Concat', [first, sides], { axis: 0 })], {
    mode: 'nearest',
  });
});

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await (await OnnxSession.create(bytes, { threads: 1 })).dispose();
    return 'loaded';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
}

describe('the sizes that Resize makes', () => {
  it.each([
    ['scales', resized(['', floats(1, 1, 2, 2)])],
    ['sizes', resized(['', '', int64(1, 3, 16, 16)])],
    ['the size of another value', likeAnother],
  ])('are known from %s', async (_, bytes) => {
    expect(await outcome(bytes)).toBe('loaded');
  });

  it.each([
    ['huge scales', resized(['', floats(1, 1, 1e5, 1e5)])],
    ['scales without an end', resized(['', floats(1, 1, Number.POSITIVE_INFINITY, 1)])],
    ['scales that are no numbers', resized(['', floats(1, 1, Number.NaN, 1)])],
    ['huge sizes', resized(['', '', int64(1, 3, 2 ** 20, 2 ** 20)])],
    ['sizes below nothing', resized(['', '', int64(1, 3, -1, 16)])],
    ['sizes of too few axes', resized(['', '', int64(16, 16)])],
    ['sizes of some axes', resized(['', '', int64(16, 16)], { mode: 'nearest', axes: [2, 3] })],
    [
      'a region that is cut out',
      resized([floats(0, 0, 0, 0, 1, 1, 9, 9), floats(1, 1, 2, 2)], {
        mode: 'nearest',
        coordinate_transformation_mode: 'tf_crop_and_resize',
      }),
    ],
    [
      'scales that the picture decides',
      model((graph) => {
        const wide = graph.node('ReduceMax', ['x'], { axes: [1, 2], keepdims: 0 });
        return graph.node('Resize', ['x', '', wide], { mode: 'nearest' });
      }),
    ],
    [
      'a scale repeated until it is huge',
      model((graph) => {
        const scale = graph.initializer('s', floats(1, 1, 8, 8));
        let value = 'x';
        for (let i = 0; i < 6; i++) value = graph.node('Resize', [value, '', scale], { mode: 'nearest' });
        return value;
      }),
    ],
  ])('are refused before the runtime sees them: %s', async (_, bytes) => {
    const before = process.memoryUsage().rss;
    expect(await outcome(bytes)).toMatch(/^ERR_MODEL_FORMAT (The ONNX model|The size of)/);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200);
  });
});
