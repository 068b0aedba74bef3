import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import type { Image } from '../../src/core/image/image.ts';
import { openEmbedderPart } from '../../src/models/adapters.ts';
import { describeModel } from '../../src/models/describe-model.ts';
import { EMBEDDER_FAMILIES } from '../../src/models/embedder-families.ts';
import type { EmbedderPart } from '../../src/models/model-pack.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

type Shape = (number | string)[];
const SIZE = 112;
const DIMENSION = 33;

/** A network that gives the mean of each color, eleven times: the colors as they arrive, three numbers in a row. */
function meanNetwork(shape: Shape, { normalizes = false, takesBytes = false } = {}): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('picture', takesBytes ? 'uint8' : 'float32', shape);
  const picture = takesBytes ? graph.node('Cast', ['picture'], { to: 1 }) : 'picture';
  const constant = (name: string, value: number) =>
    graph.initializer(name, { type: 'float32', dims: [], data: new Float32Array([value]) });
  const input = normalizes
    ? graph.node('Mul', [graph.node('Sub', [picture, constant('mean', 127.5)]), constant('scale', 1 / 127.5)])
    : picture;
  const axes = shape[1] === 3 ? [2n, 3n] : [1n, 2n];
  const means = graph.node(
    'ReduceMean',
    [input, graph.initializer('axes', { type: 'int64', dims: [2], data: new BigInt64Array(axes) })],
    { keepdims: 0 },
  );
  graph.node('Concat', Array<string>(DIMENSION / 3).fill(means), { axis: 1 }, { outputs: ['embedding'] });
  graph.output('embedding', 'float32', [shape[0]!, DIMENSION]);
  return graph.toModel();
}

function partOf(bytes: Uint8Array, family: string): EmbedderPart {
  const verdict = describeModel({ name: 'network.onnx', bytes, sha256: sha256(bytes) }, { family });
  if (!verdict.use || verdict.part.kind !== 'embedder') throw new Error(JSON.stringify(verdict));
  return verdict.part;
}

function open(bytes: Uint8Array, part: EmbedderPart) {
  return openEmbedderPart({ part, bytes, readAgain: async () => bytes }, { runtime: NODE_RUNTIME });
}

/** One color everywhere. */
function chip(red: number, green: number, blue: number): Image {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { data, width: SIZE, height: SIZE, channels: 3 };
}

const PLANAR: Shape = ['n', 3, SIZE, SIZE];
const WHOLE: Shape = ['n', SIZE, SIZE, 3];

describe('a network that takes chips', () => {
  it.each([
    ['arcface', PLANAR, [(200 - 127.5) / 127.5, (100 - 127.5) / 127.5, (50 - 127.5) / 127.5]],
    ['arcface', WHOLE, [(200 - 127.5) / 127.5, (100 - 127.5) / 127.5, (50 - 127.5) / 127.5]],
    ['adaface', PLANAR, [(50 - 127.5) / 127.5, (100 - 127.5) / 127.5, (200 - 127.5) / 127.5]],
    ['sface', PLANAR, [200, 100, 50]],
    ['mobilefacenet', WHOLE, [(200 - 127.5) / 128, (100 - 127.5) / 128, (50 - 127.5) / 128]],
    [
      'mobilefacenet-foamliu',
      PLANAR,
      [(200 / 255 - 0.485) / 0.229, (100 / 255 - 0.456) / 0.224, (50 / 255 - 0.406) / 0.225],
    ],
  ] as const)(
    'gets colors in the order and on the scale of the family %s, %j',
    async (family, shape, means) => {
      const bytes = meanNetwork([...shape]);
      await using embedder = await open(bytes, partOf(bytes, family));
      const [embedding] = await embedder.embed([chip(200, 100, 50)]);
      expect(embedding).toHaveLength(DIMENSION);
      means.forEach((mean, i) => {
        expect(embedding![i]).toBeCloseTo(mean, 3);
      });
    },
  );

  it.each([
    // deepface gives blue first.
    ['facenet', 33, 0.4, [50 / 255, 100 / 255, 200 / 255]],
    ['facenet-2018', 33, 0.3, [(200 - 127.5) / 127.5, (100 - 127.5) / 127.5, (50 - 127.5) / 127.5]],
  ] as const)('of the family %s gets chips of 160 pixels', async (family, dimension, verify, means) => {
    const bytes = meanNetwork(['n', 160, 160, 3]);
    const part = partOf(bytes, family);
    expect(part.facts).toMatchObject({ dimension, chip: { size: 160 }, thresholds: { verify } });
    await using embedder = await open(bytes, part);
    const data = new Uint8Array(160 * 160 * 3);
    for (let i = 0; i < data.length; i += 3) data.set([200, 100, 50], i);
    const [embedding] = await embedder.embed([{ data, width: 160, height: 160, channels: 3 }]);
    means.forEach((mean, i) => {
      expect(embedding![i]).toBeCloseTo(mean, 3);
    });
  });

  it('gets bytes as they are where the file begins with its own subtraction and multiplication', async () => {
    const bytes = meanNetwork(PLANAR, { normalizes: true });
    const part = partOf(bytes, 'arcface');
    expect(part.facts.input.normalization).toBeNull();
    await using embedder = await open(bytes, part);
    const [embedding] = await embedder.embed([chip(255, 0, 127)]);
    expect(embedding![0]).toBeCloseTo(1, 4);
    expect(embedding![1]).toBeCloseTo(-1, 4);
  });

  it.each([
    ['arcface', WHOLE, [200, 100, 50]],
    ['adaface', WHOLE, [50, 100, 200]],
    ['arcface', PLANAR, [200, 100, 50]],
  ] as const)(
    'of the family %s that takes bytes, %j, gets those of one chip, of many and of gray ones',
    async (family, shape, means) => {
      const bytes = meanNetwork([...shape], { takesBytes: true });
      await using embedder = await open(bytes, partOf(bytes, family));
      const gray: Image = {
        data: new Uint8Array(SIZE * SIZE).fill(7),
        width: SIZE,
        height: SIZE,
        channels: 1,
      };
      const colored = chip(200, 100, 50);
      const chips = [colored, chip(1, 1, 1), colored];
      const found = [
        await embedder.embed([colored]),
        await embedder.embed(chips),
        await embedder.embed([gray, colored]),
      ];
      const colors = found.map((rows) => rows.map((row) => [...row.subarray(0, 3)].map(Math.round)));
      expect(colors).toEqual([[means], [means, [1, 1, 1], means], [[7, 7, 7], means]]);
    },
  );

  it('is not taken for one that does so because a subtraction and a multiplication come later', () => {
    const graph = new GraphBuilder('g');
    graph.input('picture', 'float32', PLANAR);
    const one = graph.initializer('one', { type: 'float32', dims: [], data: new Float32Array([1]) });
    // A way out and in again, as PReLU is spelled by TensorFlow.
    const shifted = graph.node('Sub', ['picture', graph.node('Abs', ['picture'])]);
    const mean = graph.node('GlobalAveragePool', [graph.node('Mul', [shifted, one])]);
    const flat = graph.node('Flatten', [mean]);
    graph.node('Concat', Array<string>(DIMENSION / 3).fill(flat), { axis: 1 }, { outputs: ['embedding'] });
    graph.output('embedding', 'float32', ['n', DIMENSION]);
    expect(partOf(graph.toModel(), 'arcface').facts.input.normalization).not.toBeNull();
  });

  it('gives each of many chips its own answer, also where the file takes a fixed number of them', async () => {
    for (const count of ['n', 1, 2, 3]) {
      const bytes = meanNetwork([count, 3, SIZE, SIZE]);
      await using embedder = await open(bytes, partOf(bytes, 'sface'));
      const values = [0, 10, 20, 30, 255];
      const embeddings = await embedder.embed(values.map((value) => chip(value, 0, 0)));
      expect(embeddings.map(([red]) => Math.round(red!))).toEqual(values);
      expect(await embedder.embed([])).toEqual([]);
    }
  });

  it('refuses a chip of another size, and a file that is not what the pack says', async () => {
    const bytes = meanNetwork(PLANAR);
    const part = partOf(bytes, 'arcface');
    await using embedder = await open(bytes, part);
    const small = { data: new Uint8Array(100 * 100 * 3), width: 100, height: 100, channels: 3 as const };
    await expect(embedder.embed([small])).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    const { facts } = part;
    for (const wrong of [
      { ...facts, dimension: 64 },
      { ...facts, chip: { ...facts.chip, size: 160 } },
      { ...facts, input: { ...facts.input, normalization: { mean: [1, 2], deviation: [1, 1] } } },
    ]) {
      await expect(open(bytes, { ...part, facts: wrong })).rejects.toMatchObject({
        code: 'ERR_MODEL_MISMATCH',
      });
    }
    const noPicture = new GraphBuilder('g');
    noPicture.input('x', 'float32', [1, 7]);
    noPicture.node('Identity', ['x'], {}, { outputs: ['y'] });
    noPicture.output('y', 'float32', [1, 7]);
    await expect(open(noPicture.toModel(), part)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });
});

describe('describeModel', () => {
  it('asks which family an embedder is of, and says what its graph tells', () => {
    const bytes = meanNetwork(PLANAR);
    const verdict = describeModel({ name: 'x.onnx', bytes, sha256: sha256(bytes) });
    expect(verdict).toMatchObject({ use: false });
    if (verdict.use) return;
    expect(verdict.why).toContain(`a chip of ${SIZE} x ${SIZE} pixels becomes ${DIMENSION} numbers`);
    for (const family of Object.keys(EMBEDDER_FAMILIES)) expect(verdict.why).toContain(family);
    expect(() => describeModel({ name: 'x.onnx', bytes, sha256: sha256(bytes) }, { family: 'none' })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  });

  it('takes the licence that the user tells of a file that is not known, and says unknown otherwise', () => {
    const bytes = meanNetwork(PLANAR);
    const file = { name: 'x.onnx', bytes, sha256: sha256(bytes) };
    const licence = (hints: object) => {
      const verdict = describeModel(file, { family: 'arcface', ...hints });
      return verdict.use ? verdict.part.licence : null;
    };
    expect(licence({})).toEqual({ code: 'unknown', weights: 'unknown', data: 'unknown' });
    expect(licence({ licence: 'mit or gpl-3.0-only' })?.weights).toBe('MIT OR GPL-3.0-only');
    expect(licence({ licence: 'MIT' })).toEqual({ code: 'MIT', weights: 'MIT', data: 'unknown' });
  });

  it('recognizes detectors by their outputs, and says of all else that it is of no use', () => {
    const withOutputs = (names: readonly string[]) => {
      const graph = new GraphBuilder('g');
      graph.input('picture', 'float32', [1, 3, 64, 64]);
      for (const name of names) {
        graph.node('Identity', ['picture'], {}, { outputs: [name] });
        graph.output(name, 'float32', [1, 3, 64, 64]);
      }
      const bytes = graph.toModel();
      return describeModel({ name: 'x.onnx', bytes, sha256: sha256(bytes) });
    };
    const strides = ['cls', 'obj', 'bbox', 'kps'].flatMap((name) => [8, 16, 32].map((s) => `${name}_${s}`));
    expect(withOutputs(strides)).toMatchObject({ use: true, part: { kind: 'detector', adapter: 'yunet' } });
    expect(withOutputs(['loc', 'conf', 'landm'])).toMatchObject({
      ...{ use: false, why: expect.stringContaining('--anchors') },
    });
    expect(withOutputs(['scores', 'boxes'])).toMatchObject({ part: { adapter: 'ultraface' } });
    expect(withOutputs(['1', '2', '3', '4', '5', '6', '7', '8', '9'])).toMatchObject({
      part: { adapter: 'scrfd' },
    });
    expect(withOutputs(['a', 'b'])).toMatchObject({ use: false });
    const noModel = new Uint8Array([1, 2, 3]);
    expect(describeModel({ name: 'x.onnx', bytes: noModel, sha256: sha256(noModel) })).toMatchObject({
      use: false,
    });
  });
});
