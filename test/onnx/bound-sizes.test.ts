import { describe, expect, it } from 'vitest';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { type Attribute, GraphBuilder, type TensorData } from '../../src/onnx/graph-builder.ts';
import { builtModel, readBytes } from '../convert/dlib-files.ts';

const int64 = (...values: number[]): TensorData => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});
const floats = (...dims: number[]): TensorData => ({
  type: 'float32',
  dims,
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
});

/** A model of float32 [n, 4] that adds to its input what `build` makes. */
function model(build: (graph: GraphBuilder) => string): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('x', 'float32', ['n', 4]);
  const made = build(graph);
  graph.node('Add', ['x', graph.node('ReduceMax', [made], { keepdims: 0 })], {}, { outputs: ['y'] });
  graph.output('y', 'float32', ['n', 4]);
  return graph.toModel({ domains: { 'ai.onnx.ml': 1 } });
}

/** A node whose inputs are constants. */
function folded(operator: string, inputs: readonly TensorData[], attributes: Record<string, Attribute> = {}) {
  return model((graph) =>
    graph.node(
      operator,
      inputs.map((data, i) => graph.initializer(`${operator}-${i}`, data)),
      attributes,
    ),
  );
}

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await (await OnnxSession.create(bytes, { threads: 1 })).dispose();
    return 'loaded';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
}

describe('models that ask for far more memory than they are long', () => {
  const million = floats(1_000_000, 1);
  const side = 2 ** 20;
  it.each([
    ['ConstantOfShape', folded('ConstantOfShape', [int64(side, side)])],
    ['ConstantOfShape of a GiB', folded('ConstantOfShape', [int64(2 ** 28)])],
    ['Expand', folded('Expand', [floats(1), int64(side, side)])],
    ['Tile', folded('Tile', [floats(2, 2), int64(side, side)])],
    ['Pad', folded('Pad', [floats(2, 2), int64(0, 0, side, side)])],
    ['a sum of two long vectors', folded('Add', [million, floats(1, 1_000_000)])],
    ['a product of two long vectors', folded('MatMul', [million, floats(1, 1_000_000)])],
    [
      'Gather with many indices',
      folded('Gather', [floats(4, 60_000), { ...int64(0), dims: [60_000], data: new BigInt64Array(60_000) }]),
    ],
    [
      'a reduced axis, which turns a column into a row',
      model((graph) => {
        const column = graph.initializer('column', million);
        const axes = graph.initializer('axes', int64(1));
        const row = graph.node('ReduceMax', [column, axes], { keepdims: 0 });
        return graph.node('Add', [row, column], {});
      }),
    ],
    [
      'a reshaped vector',
      model((graph) => {
        const column = graph.initializer('column', million);
        return graph.node(
          'Mul',
          [column, graph.node('Reshape', [column, graph.initializer('row', int64(1, -1))], {})],
          {},
        );
      }),
    ],
    [
      'an input that is doubled forty times',
      model((graph) => {
        let value = 'x';
        for (let i = 0; i < 40; i++) value = graph.node('Concat', [value, value], { axis: 1 });
        return value;
      }),
    ],
    [
      'many constants of a permitted size',
      model((graph) => {
        const shape = graph.initializer('shape', int64(2 ** 26));
        const parts = Array.from({ length: 12 }, () =>
          graph.node('ReduceMax', [graph.node('ConstantOfShape', [shape], {})], {}),
        );
        return graph.node('Max', parts, {});
      }),
    ],
    [
      'an operator that computes for ever or makes sizes of its own',
      folded('Range', [floats(1), floats(1), floats(1)]),
    ],
    [
      'a size that nobody knows',
      model((graph) =>
        graph.node(
          'ConstantOfShape',
          [graph.node('Cast', [graph.node('ReduceMax', ['x'], {})], { to: 7 })],
          {},
        ),
      ),
    ],
  ])('are refused before the runtime sees them: %s', async (_, bytes) => {
    const before = process.memoryUsage().rss;
    expect(await outcome(bytes)).toMatch(/^ERR_MODEL_FORMAT (The ONNX model|The size of)/);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200);
  });
});

describe('models that are accepted', () => {
  it.each(['face-detector.onnx', 'face-detector-int8.onnx', 'face-embedder.onnx', 'face-embedder-int8.onnx'])(
    'has %s',
    async (file) => {
      expect(await outcome(readBytes(builtModel(file)))).toBe('loaded');
    },
  );

  // The nodes that skl2onnx makes of CalibratedClassifierCV(LinearSVC()), five folds of 300 people.
  it('has calibrated classifiers of many people', async () => {
    const people = 300;
    const bytes = model((graph) => {
      const one = graph.initializer('one', floats(1));
      const folds = Array.from({ length: 5 }, (_, fold) => {
        graph.node(
          'LinearClassifier',
          ['x'],
          {
            coefficients: { floats: Array(4 * people).fill(0.5) },
            intercepts: { floats: Array(people).fill(0.5) },
            classlabels_ints: Array.from({ length: people }, (__, i) => i),
            post_transform: 'NONE',
          },
          { outputs: [`label${fold}`, `raw${fold}`], domain: 'ai.onnx.ml' },
        );
        const columns = Array.from({ length: people }, (__, i) => {
          const at = graph.initializer(`k${fold}-${i}`, int64(i));
          const column = graph.node(
            'ArrayFeatureExtractor',
            [`raw${fold}`, at],
            {},
            { domain: 'ai.onnx.ml' },
          );
          return graph.node('Div', [one, graph.node('Add', [one, graph.node('Exp', [column], {})], {})], {});
        });
        const all = graph.node('Concat', columns, { axis: 1 });
        const sum = graph.node('ReduceSum', [all, graph.initializer(`axes${fold}`, int64(1))], {
          keepdims: 1,
        });
        const isZero = graph.node('Cast', [graph.node('Not', [graph.node('Cast', [sum], { to: 9 })], {})], {
          to: 1,
        });
        return graph.node('Div', [graph.node('Add', [all, isZero], {}), sum], {});
      });
      return folds.reduce((a, b) => graph.node('Add', [a, b], {}));
    });
    expect(await outcome(bytes)).toBe('loaded');
  });

  it('has those that make shapes from the shape of their input, as scikit-learn converters do', async () => {
    const bytes = model((graph) => {
      const shape = graph.node('Shape', ['x'], {});
      const rows = graph.node('Gather', [shape, graph.initializer('first', int64(0))], { axis: 0 });
      const wanted = graph.node('Concat', [rows, graph.initializer('two', int64(2))], { axis: 0 });
      return graph.node('ConstantOfShape', [wanted], {});
    });
    expect(await outcome(bytes)).toBe('loaded');
  });
});
