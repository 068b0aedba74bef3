import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OnnxSession } from '../../src/node/runtime/session.ts';
import { ELEMENT_TYPES, type ElementType, GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { ProtoWriter } from '../../src/onnx/proto-writer.ts';
import { readModelInfo } from '../../src/onnx/read-model-info.ts';
import { builtModel, readBytes, withByte } from '../convert/dlib-files.ts';

const name = fc.stringMatching(/^[a-z]\w{0,12}$/);
const type = fc.constantFrom(...(Object.keys(ELEMENT_TYPES) as ElementType[]));
const shape = fc.array(fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), name), { maxLength: 5 });
const values = fc.uniqueArray(fc.record({ name, type, shape }), {
  minLength: 1,
  maxLength: 4,
  selector: (value) => value.name,
});

/** A model that adds 1, with a place to put something else into the file. */
function addOne(alter: { graph?: (graph: ProtoWriter) => void; model?: (model: ProtoWriter) => void } = {}) {
  const value = (writer: ProtoWriter, id: string) =>
    writer
      .string(1, id)
      .message(2, (t) =>
        t.message(1, (tensor) =>
          tensor.varint(1, 1).message(2, (dims) => dims.message(1, (dim) => dim.varint(1, 1))),
        ),
      );
  const model = new ProtoWriter().varint(1, 10);
  model.message(7, (graph) => {
    graph.message(1, (node) => node.string(1, 'x').string(1, 'one').string(2, 'y').string(4, 'Add'));
    graph.string(2, 'g');
    graph.message(5, (tensor) =>
      tensor.packedVarints(1, [1]).varint(2, 1).string(8, 'one').packedFloats(4, [1]),
    );
    alter.graph?.(graph);
    graph.message(11, (writer) => value(writer, 'x')).message(12, (writer) => value(writer, 'y'));
  });
  model.message(8, (opset) => opset.string(1, '').varint(2, 20));
  alter.model?.(model);
  return model.finish();
}

const external = (tensor: ProtoWriter) =>
  tensor
    .packedVarints(1, [1])
    .varint(2, 1)
    .string(8, 'other')
    .varint(14, 1)
    .message(13, (pair) => pair.string(1, 'location').string(2, '/etc/passwd'));
const externalTensor = (writer: ProtoWriter) => {
  external(writer);
};

describe('GraphBuilder and readModelInfo', () => {
  it('bring names, types, shapes, metadata and versions back', () => {
    const metadata = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 4 });
    fc.assert(
      fc.property(
        values,
        values,
        metadata,
        fc.integer({ min: 1, max: 30 }),
        (inputs, outputs, given, opset) => {
          const graph = new GraphBuilder('g');
          for (const input of inputs) graph.input(input.name, input.type, input.shape);
          for (const output of outputs) graph.output(output.name, output.type, output.shape);
          const info = readModelInfo(graph.toModel({ metadata: given, opset, domains: { 'ai.onnx.ml': 3 } }));
          expect(info.inputs).toEqual(inputs);
          expect(info.outputs).toEqual(outputs);
          expect(Object.fromEntries(info.metadata)).toEqual({ ...given });
          expect([...info.opsets]).toEqual([
            ['', opset],
            ['ai.onnx.ml', 3],
          ]);
          expect(info).toMatchObject({
            producer: 'face-trigger',
            hasExternalData: false,
            hasSubgraph: false,
          });
        },
      ),
    );
  });

  it('do not count constants as inputs', () => {
    const graph = new GraphBuilder('g');
    graph.input('x', 'float32', [2]);
    graph.input('one', 'float32', [2]);
    graph.initializer('one', { type: 'float32', dims: [2], data: Float32Array.of(1, 1) });
    graph.node('Add', ['x', 'one'], {}, { outputs: ['y'] });
    graph.output('y', 'float32', [2]);
    expect(readModelInfo(graph.toModel()).inputs.map((input) => input.name)).toEqual(['x']);
  });
});

describe('OnnxSession on models that it can run', () => {
  it('runs what GraphBuilder built and gives the numbers that stand in it', async () => {
    await using session = await OnnxSession.create(addOne());
    expect(session.inputNames).toEqual(['x']);
    expect(session.outputNames).toEqual(['y']);
    const { y } = await session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(41) } });
    expect([...(y!.data as Float32Array)]).toEqual([42]);
  });

  it('answers a tensor of the wrong shape with ERR_RUNTIME and goes on', async () => {
    await using session = await OnnxSession.create(addOne());
    await expect(
      session.run({ x: { type: 'float32', dims: [3, 2], data: new Float32Array(6) } }),
    ).rejects.toMatchObject({ code: 'ERR_RUNTIME' });
    await expect(session.run({})).rejects.toMatchObject({ code: 'ERR_RUNTIME' });
    const { y } = await session.run({ x: { type: 'float32', dims: [1], data: Float32Array.of(1) } });
    expect([...(y!.data as Float32Array)]).toEqual([2]);
  });

  it('is done after dispose(), which may come twice', async () => {
    const session = await OnnxSession.create(addOne());
    await session.dispose();
    await session.dispose();
    await expect(session.run({})).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    expect(() => session.inputNames).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %s threads', async (threads) => {
    await expect(OnnxSession.create(addOne(), { threads })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});

describe('OnnxSession on hostile models', () => {
  const subgraph = (writer: ProtoWriter) => {
    writer
      .string(4, 'If')
      .message(5, (attribute) => attribute.string(1, 'then_branch').message(6, () => undefined));
  };
  it.each([
    ['a constant in another file', addOne({ graph: (g) => g.message(5, externalTensor) })],
    [
      'a sparse constant in another file',
      addOne({ graph: (g) => g.message(15, (s) => s.message(1, externalTensor)) }),
    ],
    [
      "a node's tensor in another file",
      addOne({
        graph: (g) =>
          g.message(1, (n) =>
            n.string(4, 'Constant').message(5, (a) => a.string(1, 'value').message(5, externalTensor)),
          ),
      }),
    ],
    [
      "a node's sparse tensor in another file",
      addOne({
        graph: (g) =>
          g.message(1, (n) => n.message(5, (a) => a.message(22, (s) => s.message(1, externalTensor)))),
      }),
    ],
    ['a branch', addOne({ graph: (g) => g.message(1, subgraph) })],
    [
      'a list of branches',
      addOne({ graph: (g) => g.message(1, (n) => n.message(5, (a) => a.message(11, () => undefined))) }),
    ],
    ['a function', addOne({ model: (m) => m.message(25, (f) => f.string(1, 'f').message(7, subgraph)) })],
    ['training steps', addOne({ model: (m) => m.message(20, () => undefined) })],
    ['two graphs', addOne({ model: (m) => m.message(7, (g) => g.message(5, externalTensor)) })],
    [
      'an unknown operator',
      addOne({ graph: (g) => g.message(1, (n) => n.string(2, 'z').string(4, 'NoSuchThing')) }),
    ],
    ['no graph', new ProtoWriter().varint(1, 10).finish()],
    ['nothing', new Uint8Array(0)],
    ["ORT's own format", Buffer.concat([Buffer.of(0x18, 0, 0, 0), Buffer.from('ORTM'), Buffer.alloc(64)])],
  ])('refuses one with %s', async (_, model) => {
    await expect(OnnxSession.create(model)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });

  it('refuses a size of petabytes without taking the memory', async () => {
    const graph = new GraphBuilder('g');
    graph.input('x', 'float32', [1]);
    graph.initializer('huge', { type: 'float32', dims: [2 ** 25, 2 ** 25], data: new Float32Array(4) });
    graph.node('Add', ['x', 'huge'], {}, { outputs: ['y'] });
    graph.output('y', 'float32', ['a', 'b']);
    const model = graph.toModel();
    const before = process.memoryUsage().rss;
    await expect(OnnxSession.create(model)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it('never throws anything else at a cut, altered or random file', async () => {
    const detector = readBytes(builtModel('face-detector.onnx'));
    const small = addOne();
    const before = process.memoryUsage().rss;
    const tried = async (model: Uint8Array) => {
      try {
        await (await OnnxSession.create(model, { threads: 1 })).dispose();
      } catch (error) {
        expect((error as { code: string }).code).toBe('ERR_MODEL_FORMAT');
      }
    };
    for (let end = 0; end < small.length; end += 3) await tried(small.subarray(0, end));
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      await expect(OnnxSession.create(detector.subarray(0, detector.length * share))).rejects.toMatchObject({
        code: 'ERR_MODEL_FORMAT',
      });
    }
    const change = fc.tuple(fc.integer({ min: 0, max: small.length - 1 }), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, ([at, mask]) => tried(withByte(small, at, mask))),
      { numRuns: 150 },
    );
    const tail = fc.integer({ min: 1, max: 3_000 });
    await fc.assert(
      fc.asyncProperty(tail, fc.integer({ min: 1, max: 255 }), (back, mask) =>
        tried(withByte(detector, detector.length - back, mask)),
      ),
      { numRuns: 30 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => tried(bytes)),
      { numRuns: 100 },
    );
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(400);
  });
});
