import { describe, expect, it } from 'vitest';
import { OnnxClassifier } from '../../src/classify/onnx-classifier.ts';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { GraphBuilder, type TensorData } from '../../src/onnx/graph-builder.ts';
import { ProtoWriter } from '../../src/onnx/proto-writer.ts';

type Write = (writer: ProtoWriter) => void;
const nothing: Write = () => {};

const value = (name: string, dims: readonly (number | string)[], type = 1): Write => {
  return (writer) =>
    writer.string(1, name).message(2, (t) =>
      t.message(1, (tensor) =>
        tensor.varint(1, type).message(2, (shape) => {
          for (const size of dims)
            shape.message(1, (dim) => (typeof size === 'number' ? dim.varint(1, size) : dim.string(2, size)));
        }),
      ),
    );
};
const node = (op: string, inputs: string[], outputs: string[], more: Write = nothing): Write => {
  return (writer) => {
    for (const name of inputs) writer.string(1, name);
    for (const name of outputs) writer.string(2, name);
    writer.string(4, op);
    more(writer);
  };
};
const ints = (
  name: string,
  dims: readonly number[],
  data: readonly number[],
  more: Write = nothing,
): Write => {
  return (writer) => {
    writer.packedVarints(1, dims).varint(2, 7).string(8, name).packedVarints(7, data);
    more(writer);
  };
};
const attribute = (name: string, type: number, write: Write): Write => {
  return (writer) =>
    writer.message(5, (inner) => {
      inner.string(1, name);
      write(inner);
      inner.varint(20, type);
    });
};

/** A classifier of the right inputs and outputs, with something more inside: a value "more" that is added in. */
function classifier(inside: { graph?: Write; model?: Write; value?: boolean } = {}): Uint8Array {
  const model = new ProtoWriter().varint(1, 9);
  model.message(7, (graph) => {
    graph.string(2, 'g');
    inside.graph?.(graph);
    const input = inside.value ? 'sum' : 'embeddings';
    if (inside.value) {
      graph.message(
        1,
        node(
          'ReduceMax',
          ['more'],
          ['top'],
          attribute('keepdims', 2, (a) => a.varint(3, 0)),
        ),
      );
      graph.message(1, node('Add', ['embeddings', 'top'], ['sum']));
    }
    graph.message(
      1,
      node(
        'Softmax',
        [input],
        ['probabilities'],
        attribute('axis', 2, (a) => a.varint(3, 1)),
      ),
    );
    const arg = (writer: ProtoWriter) => {
      attribute('axis', 2, (a) => a.varint(3, 1))(writer);
      attribute('keepdims', 2, (a) => a.varint(3, 0))(writer);
    };
    graph.message(1, node('ArgMax', [input], ['label'], arg));
    graph.message(11, value('embeddings', ['n', 4]));
    graph.message(12, value('label', ['n'], 7)).message(12, value('probabilities', ['n', 4]));
  });
  model.message(8, (opset) => opset.string(1, '').varint(2, 17));
  model.message(8, (opset) => opset.string(1, 'ai.onnx.ml').varint(2, 3));
  inside.model?.(model);
  return model.finish();
}

const side = 2 ** 15;
/** A constant shape [side, side] expanded into "more". */
const expanded = (shape: Write): Write => {
  return (graph) => {
    graph.message(5, shape).message(1, node('ConstantOfShape', ['shape'], ['more']));
  };
};
/** 2^30 elements, behind what a reader might take for the length of the data. */
const padding = 'x'.repeat(4000);

const hidden: Record<string, Uint8Array> = {
  'a shape behind a long doc_string': classifier({
    value: true,
    graph: expanded((t) => t.packedVarints(1, [2000]).varint(2, 7).string(8, 'shape').string(12, padding)),
  }),
  'a constant that is twice as long as its data': classifier({
    value: true,
    graph: expanded(ints('shape', [4], [1, 1])),
  }),
  'dims in several packed and single fields': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, (t) =>
        t
          .packedVarints(1, [side])
          .varint(1, side)
          .varint(2, 1)
          .string(8, 'more')
          .bytes(9, Buffer.alloc(4 * 64)),
      );
    },
  }),
  'raw bytes and a list': classifier({
    value: true,
    graph: expanded((t) => ints('shape', [2], [1, 1])(t.bytes(9, int64Bytes(side, side)))),
  }),
  'a list of another type': classifier({
    value: true,
    graph: expanded((t) => ints('shape', [2], [1, 1])(t.packedVarints(5, [side, side]))),
  }),
  'raw bytes twice': classifier({
    value: true,
    graph: expanded((t) =>
      t
        .packedVarints(1, [2])
        .varint(2, 7)
        .string(8, 'shape')
        .bytes(9, int64Bytes(1, 1))
        .bytes(9, int64Bytes(side, side)),
    ),
  }),
  'a type twice': classifier({
    value: true,
    graph: expanded((t) => ints('shape', [2], [side, side])(t.varint(2, 1))),
  }),
  'a name twice': classifier({
    value: true,
    graph: expanded(ints('other', [2], [side, side], (t) => t.string(8, 'shape'))),
  }),
  'a type beyond 32 bits': classifier({
    value: true,
    graph: expanded((t) =>
      t
        .packedVarints(1, [2])
        .varint(2, 2 ** 32 + 7)
        .string(8, 'shape')
        .packedVarints(7, [side, side]),
    ),
  }),
  'two constants of a name': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, ints('shape', [2], [1, 1]));
      expanded(ints('shape', [2], [side, side]))(graph);
    },
  }),
  'a constant that a node makes again': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, ints('shape', [2], [1, 1])).message(5, ints('big', [2], [side, side]));
      graph.message(1, node('Identity', ['big'], ['shape']));
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'an attribute twice': classifier({
    value: true,
    graph: (graph) => {
      const both: Write = (writer) => {
        attribute('value_ints', 7, (a) => a.packedVarints(8, [1, 1]))(writer);
        attribute('value_ints', 7, (a) => a.packedVarints(8, [side, side]))(writer);
      };
      graph.message(1, node('Constant', [], ['shape'], both));
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'an attribute of two types': classifier({
    value: true,
    graph: (graph) => {
      const both = attribute('value_int', 2, (a) => a.varint(3, 1).packedVarints(8, [side, side]));
      graph.message(1, node('Constant', [], ['shape'], both));
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'an attribute that says another type': classifier({
    value: true,
    graph: (graph) => {
      graph.message(
        1,
        node(
          'Constant',
          [],
          ['shape'],
          attribute('value_ints', 2, (a) => a.packedVarints(8, [side, side])),
        ),
      );
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'a Constant with two values': classifier({
    value: true,
    graph: (graph) => {
      const both: Write = (writer) => {
        attribute('value_int', 2, (a) => a.varint(3, 1))(writer);
        attribute('value', 4, (a) => a.message(5, ints('', [2], [side, side])))(writer);
      };
      graph.message(1, node('Constant', [], ['shape'], both));
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'a tensor of an attribute in two parts': classifier({
    value: true,
    graph: (graph) => {
      const parts = attribute('value', 4, (a) =>
        a
          .message(5, (t) => t.packedVarints(1, [2]).varint(2, 7).packedVarints(7, [side]))
          .message(5, (t) => t.packedVarints(7, [side])),
      );
      graph.message(1, node('Constant', [], ['shape'], parts));
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'a shape of an input in two parts': classifier({
    graph: (graph) => {
      graph.message(11, (writer) => {
        value('wide', [1])(writer);
        writer.message(2, (t) =>
          t.message(1, (tensor) => tensor.message(2, (shape) => shape.message(1, (d) => d.varint(1, side)))),
        );
      });
    },
  }),
  'a second graph': classifier({
    model: (m) => m.message(7, (g) => expanded(ints('shape', [2], [side, side]))(g)),
  }),
  'a field that nobody knows': classifier({ graph: (g) => g.string(99, 'x') }),
  'a group': Buffer.concat([classifier(), Buffer.of(0x9b, 0x06, 0x9c, 0x06)]),
  'a graph as a number': classifier({ model: (m) => m.varint(7, 1) }),
  'a name that is not UTF-8': classifier({ graph: (g) => g.bytes(10, Buffer.of(0xff)) }),
  'a tag of eleven bytes': Buffer.concat([classifier(), Buffer.alloc(10, 0xff), Buffer.of(0x01, 0x00)]),
};

const large: Record<string, Uint8Array> = {
  'an empty shape that is turned and multiplied': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, (t) => t.packedVarints(1, [side, 0]).varint(2, 1).string(8, 'tall'));
      graph.message(5, (t) => t.packedVarints(1, [0, side]).varint(2, 1).string(8, 'wide'));
      graph.message(1, node('MatMul', ['tall', 'wide'], ['more']));
    },
  }),
  'an empty value that is tiled': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, (t) => t.packedVarints(1, [0, 1]).varint(2, 1).string(8, 'empty'));
      graph
        .message(5, ints('times', [2], [1, 2 ** 30]))
        .message(1, node('Tile', ['empty', 'times'], ['more']));
    },
  }),
  'a part of a shape': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, (t) =>
        t
          .packedVarints(1, [0, 2 ** 30])
          .varint(2, 1)
          .string(8, 'empty'),
      );
      graph.message(
        1,
        node(
          'Shape',
          ['empty'],
          ['shape'],
          attribute('start', 2, (a) => a.varint(3, 1)),
        ),
      );
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'a negative number that a cast makes large': classifier({
    value: true,
    graph: (graph) => {
      const to = (type: number): Write => attribute('to', 2, (a) => a.varint(3, type));
      graph.message(5, ints('minus', [2], [-1, -1]));
      graph.message(5, (t) =>
        t
          .packedVarints(1, [side, side / 8])
          .varint(2, 1)
          .string(8, 'one')
          .bytes(9, Buffer.alloc(0)),
      );
      graph.message(1, node('Cast', ['minus'], ['bytes'], to(2)));
      graph.message(1, node('Cast', ['bytes'], ['times'], to(7)));
      graph.message(1, node('Tile', ['one', 'times'], ['more']));
    },
  }),
  'a negative number that becomes large in 32 bits': classifier({
    value: true,
    graph: (graph) => {
      graph.message(5, ints('minus', [1], [-(2 ** 32) + 2 ** 30]));
      graph.message(
        1,
        node(
          'Cast',
          ['minus'],
          ['small'],
          attribute('to', 2, (a) => a.varint(3, 6)),
        ),
      );
      graph.message(
        1,
        node(
          'Cast',
          ['small'],
          ['shape'],
          attribute('to', 2, (a) => a.varint(3, 7)),
        ),
      );
      graph.message(1, node('ConstantOfShape', ['shape'], ['more']));
    },
  }),
  'text of every number': classifier({
    value: true,
    graph: (graph) => {
      graph.message(
        1,
        node(
          'Cast',
          ['embeddings'],
          ['more'],
          attribute('to', 2, (a) => a.varint(3, 8)),
        ),
      );
    },
  }),
  'constants that are text': classifier({
    graph: (graph) => {
      graph.message(5, (t) => t.packedVarints(1, [1]).varint(2, 8).string(8, 's').string(6, padding));
    },
  }),
  'a million empty parts': classifier({
    graph: (graph) => {
      for (let i = 0; i < 2_100_000; i++) graph.bytes(13, new Uint8Array(0));
    },
  }),
};

const long: Record<string, Uint8Array> = {
  'constants that are multiplied': flops((graph) => {
    const shape = graph.initializer('shape', int64(4096, 4096));
    let made = graph.node('ConstantOfShape', [shape]);
    for (let i = 0; i < 3; i++) made = graph.node('MatMul', [made, made]);
    return made;
  }),
  'many small products of constants': flops((graph) => {
    let made = graph.node('ConstantOfShape', [graph.initializer('shape', int64(512, 512))]);
    for (let i = 0; i < 60; i++) made = graph.node('MatMul', [made, made]);
    return made;
  }),
  'what hangs on the input, multiplied': flops((graph) => {
    const one = graph.node('ReduceMax', ['embeddings'], { keepdims: 0 });
    let made = graph.node('Expand', [one, graph.initializer('shape', int64(4096, 4096))]);
    for (let i = 0; i < 3; i++) made = graph.node('MatMul', [made, made]);
    return made;
  }),
  'a convolution with a large kernel': flops((graph) => {
    const one = graph.node('ReduceMax', ['embeddings'], { keepdims: 0 });
    const image = graph.node('Expand', [one, graph.initializer('shape', int64(1, 1, 2048, 2048))]);
    const kernel = graph.node('Expand', [one, graph.initializer('kernel', int64(1, 1, 512, 512))]);
    return graph.node('Conv', [image, kernel], { pads: [256, 256, 256, 256] });
  }),
  'a pool with a large window': flops((graph) => {
    const one = graph.node('ReduceMax', ['embeddings'], { keepdims: 0 });
    const image = graph.node('Expand', [one, graph.initializer('shape', int64(1, 1, 2048, 2048))]);
    return graph.node('MaxPool', [image], { kernel_shape: [512, 512], strides: [1, 1] });
  }),
  'thousands of sums of large values': flops((graph) => {
    const one = graph.node('ReduceMax', ['embeddings'], { keepdims: 0 });
    let made = graph.node('Expand', [one, graph.initializer('shape', int64(2 ** 22))]);
    for (let i = 0; i < 3000; i++) made = graph.node('Exp', [made]);
    return made;
  }),
  'trees that lead in a circle': trees(2, (i) => [1 - i, 1 - i]),
  'trees that lead to themselves': trees(1, () => [0, 0]),
  'trees that are too deep': trees(20_000, (i) => [i + 1, i + 1]),
};

function int64(...values: number[]): TensorData {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values.map(BigInt)) };
}

function int64Bytes(...values: number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
}

function flops(build: (graph: GraphBuilder) => string): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('embeddings', 'float32', ['n', 4]);
  const top = graph.node('ReduceMax', [build(graph)], { keepdims: 0 });
  graph.node('Add', ['embeddings', top], {}, { outputs: ['probabilities'] });
  graph.node('ArgMax', ['probabilities'], { axis: 1, keepdims: 0 }, { outputs: ['label'] });
  graph.output('label', 'int64', ['n']);
  graph.output('probabilities', 'float32', ['n', 4]);
  return graph.toModel({ opset: 17, domains: { 'ai.onnx.ml': 3 } });
}

function trees(count: number, branches: (i: number) => [number, number]): Uint8Array {
  return flops((graph) => {
    const numbers = Array.from({ length: count }, (_, i) => i);
    return graph.node(
      'TreeEnsembleRegressor',
      ['embeddings'],
      {
        nodes_treeids: numbers.map(() => 0),
        nodes_nodeids: numbers,
        nodes_featureids: numbers.map(() => 0),
        nodes_values: { floats: numbers },
        nodes_modes: numbers.map(() => 'BRANCH_LEQ'),
        nodes_truenodeids: numbers.map((i) => branches(i)[0]),
        nodes_falsenodeids: numbers.map((i) => branches(i)[1]),
        target_treeids: [0],
        target_nodeids: [0],
        target_ids: [0],
        target_weights: { floats: [1] },
        n_targets: 1,
      },
      { domain: 'ai.onnx.ml' },
    );
  });
}

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await (await OnnxClassifier.create(bytes)).dispose();
    return 'loaded';
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
}

describe('a hostile ONNX file', () => {
  it('is refused for what is hostile in it: without that, it loads', async () => {
    expect(await outcome(classifier())).toBe('loaded');
    expect(await outcome(classifier({ value: true, graph: expanded(ints('shape', [2], [3, 3])) }))).toBe(
      'loaded',
    );
    expect(await outcome(flops((graph) => graph.initializer('one', int64(1))))).toMatch(/Type|type/);
    const small = flops((graph) => {
      const made = graph.node('ConstantOfShape', [graph.initializer('shape', int64(64, 64))]);
      return graph.node('MatMul', [made, made]);
    });
    expect(await outcome(small)).toBe('loaded');
  });

  it.each(Object.keys(hidden))('cannot hide from one reader what another reads: %s', async (name) => {
    expect(await outcome(hidden[name]!)).toMatch(/^ERR_MODEL_FORMAT The (ONNX file|ONNX model|size)/);
    await expect(OnnxSession.create(hidden[name]!)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });

  it.each(Object.keys(large))('cannot ask for memory that it does not hold: %s', async (name) => {
    const before = process.memoryUsage().rss;
    expect(await outcome(large[name]!)).toMatch(/^ERR_MODEL_FORMAT (The ONNX|The size|The constant)/);
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200);
  });

  it.each(Object.keys(long))('cannot compute for minutes: %s', async (name) => {
    expect(await outcome(long[name]!)).toMatch(/^ERR_MODEL_FORMAT The ONNX model is refused/);
  });
});
