import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { convertGraphModel } from '../../src/convert/tfjs/convert-graph-model.ts';
import { readGraphModel } from '../../src/convert/tfjs/read-graph-model.ts';
import { collectModels } from '../../src/node/models/collect-models.ts';
import { readModelOf } from '../../src/node/models/read-model-of.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';

type Attributes = Record<string, unknown>;
interface Node {
  name: string;
  op: string;
  input?: string[];
  attr?: Attributes;
}

const text = (value: string) => Buffer.from(value).toString('base64');
const whole = (...numbers: number[]) => ({ list: { i: numbers.map(String) } });
const convolution = (fused: string[], { stride = 1, padding = 'SAME' } = {}): Attributes => ({
  fused_ops: { list: { s: fused.map(text) } },
  padding: { s: text(padding) },
  strides: whole(1, stride, stride, 1),
  dilations: whole(1, 1, 1, 1),
  data_format: { s: text('NHWC') },
});

/** Constants of the network below: a kernel [3, 3, 3, 2], slopes of PReLU, a depthwise and a last kernel. */
const CONSTANTS: Record<string, { shape: number[]; values: number[]; dtype?: string }> = {
  kernel: { shape: [3, 3, 3, 2], values: Array.from({ length: 54 }, (_, i) => Math.sin(i) / 3) },
  bias: { shape: [2], values: [0.1, -0.2] },
  slope: { shape: [2], values: [0.3, -0.4] },
  depthwise: { shape: [2, 2, 2, 1], values: [0.5, -1, 0.25, 1, -0.75, 0.5, 1, 0.25] },
  depthwiseBias: { shape: [2], values: [0, 0.3] },
  last: { shape: [1, 1, 2, 3], values: [1, -1, 0.5, 0.25, 2, -0.5] },
  lastBias: { shape: [3], values: [0.1, 0.2, 0.3] },
  axis: { shape: [], values: [1], dtype: 'int32' },
  least: { shape: [], values: [1e-10] },
};

/** Convolution, PReLU, depthwise convolution, a picture of one pixel, and a list scaled to length 1. */
const NODES: Node[] = [
  {
    name: 'picture',
    op: 'Placeholder',
    attr: { shape: { shape: { dim: ['-1', '4', '4', '3'].map((size) => ({ size })) } } },
  },
  ...Object.keys(CONSTANTS).map((name) => ({ name, op: 'Const' })),
  {
    name: 'conv',
    op: '_FusedConv2D',
    input: ['picture', 'kernel', 'bias'],
    attr: convolution(['BiasAdd'], { stride: 2 }),
  },
  { name: 'relu', op: 'Relu', input: ['conv'] },
  { name: 'abs', op: 'Abs', input: ['conv'] },
  { name: 'sub', op: 'Sub', input: ['conv', 'abs'] },
  { name: 'negative', op: 'Mul', input: ['sub', 'slope'] },
  { name: 'prelu', op: 'Add', input: ['relu', 'negative'] },
  {
    name: 'deep',
    op: 'FusedDepthwiseConv2dNative',
    input: ['prelu', 'depthwise', 'depthwiseBias'],
    attr: convolution(['BiasAdd', 'Relu'], { padding: 'VALID' }),
  },
  { name: 'flat', op: '_FusedConv2D', input: ['deep', 'last', 'lastBias'], attr: convolution(['BiasAdd']) },
  { name: 'list', op: 'Squeeze', input: ['flat'], attr: { squeeze_dims: whole(1, 2) } },
  { name: 'square', op: 'Square', input: ['list'] },
  { name: 'sum', op: 'Sum', input: ['square', 'axis'], attr: { keep_dims: { b: true } } },
  { name: 'maximum', op: 'Maximum', input: ['sum', 'least'] },
  { name: 'rsqrt', op: 'Rsqrt', input: ['maximum'] },
  { name: 'embedding', op: 'Mul', input: ['list', 'rsqrt'] },
];

function model(
  nodes: readonly Node[] = NODES,
  paths = ['weights.bin'],
): { json: string; weights: Uint8Array } {
  const specs = Object.entries(CONSTANTS).map(([name, { shape, dtype = 'float32' }]) => ({
    name,
    shape,
    dtype,
  }));
  const weights = Buffer.concat(
    Object.values(CONSTANTS).map(({ values, dtype }) =>
      Buffer.from((dtype === 'int32' ? Int32Array : Float32Array).from(values).buffer),
    ),
  );
  const json = {
    format: 'graph-model',
    modelTopology: { node: nodes },
    weightsManifest: [{ paths, weights: specs }],
  };
  return { json: JSON.stringify(json), weights };
}

async function run(onnx: Uint8Array, picture: Float32Array): Promise<number[]> {
  const session = await NODE_RUNTIME.createSession(onnx, { threads: 1 });
  const { output } = await session.run({ input: { type: 'float32', dims: [1, 4, 4, 3], data: picture } }, [
    'output',
  ]);
  await session.dispose();
  return [...(output!.data as Float32Array)];
}

/** The network above in plain loops, as TensorFlow defines its operators. */
function reference(picture: Float32Array, { slopes = [0.6, -0.8], reluAfterDeep = true } = {}): number[] {
  const { kernel, bias, depthwise, depthwiseBias, last, lastBias } = CONSTANTS;
  const at = (row: number, column: number, channel: number) =>
    row < 4 && column < 4 ? picture[(row * 4 + column) * 3 + channel]! : 0;
  // SAME with stride 2 on 4 pixels: one row and column of zeros after the picture, none before it.
  const first = [0, 1].map((row) =>
    [0, 1].map((column) =>
      [0, 1].map((out) => {
        let sum = bias!.values[out]!;
        for (let r = 0; r < 3; r++)
          for (let c = 0; c < 3; c++)
            for (let i = 0; i < 3; i++)
              sum += at(2 * row + r, 2 * column + c, i) * kernel!.values[((r * 3 + c) * 3 + i) * 2 + out]!;
        return sum > 0 ? sum : slopes[out]! * sum;
      }),
    ),
  );
  const deep = [0, 1].map((channel) => {
    let sum = depthwiseBias!.values[channel]!;
    for (let r = 0; r < 2; r++)
      for (let c = 0; c < 2; c++)
        sum += first[r]![c]![channel]! * depthwise!.values[(r * 2 + c) * 2 + channel]!;
    return reluAfterDeep ? Math.max(0, sum) : sum;
  });
  const list = [0, 1, 2].map(
    (out) =>
      lastBias!.values[out]! + deep.reduce((sum, value, i) => sum + value * last!.values[i * 3 + out]!, 0),
  );
  const length = Math.hypot(...list);
  return list.map((value) => value / length);
}

const PICTURE = Float32Array.from({ length: 48 }, (_, i) => Math.cos(3 * i));

describe('a graph model of TensorFlow.js', () => {
  it('gives as ONNX the numbers that TensorFlow defines', async () => {
    const { json, weights } = model();
    const onnx = convertGraphModel(readGraphModel(json).complete(weights));
    const found = await run(onnx, PICTURE);
    reference(PICTURE).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  });

  it('is restored where its optimizer turned the slopes of PReLU', async () => {
    const { json, weights } = model();
    const onnx = convertGraphModel(readGraphModel(json).complete(weights), { restorePrelu: true });
    const found = await run(onnx, PICTURE);
    reference(PICTURE, { slopes: [-0.6, 0.8] }).forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
  });

  it.each([
    ['weights that end too early', () => ({ ...model(), weights: model().weights.subarray(4) })],
    [
      'weights that are left over',
      () => ({ ...model(), weights: Buffer.concat([model().weights, Buffer.alloc(4)]) }),
    ],
    [
      'an operator that is not known',
      () => model(NODES.map((n) => (n.op === 'Rsqrt' ? { ...n, op: 'Loop' } : n))),
    ],
    [
      'a circle',
      () => model(NODES.map((n) => (n.name === 'conv' ? { ...n, input: ['prelu', 'kernel', 'bias'] } : n))),
    ],
    [
      'an input that is not there',
      () => model(NODES.map((n) => (n.name === 'relu' ? { ...n, input: ['no'] } : n))),
    ],
    ['two outputs', () => model([...NODES, { name: 'more', op: 'Relu', input: ['list'] }])],
    ['a way out of its folder', () => model(NODES, ['../weights.bin'])],
    ['no JSON', () => ({ ...model(), json: '{' })],
    ['another format', () => ({ ...model(), json: '{"format":"layers-model"}' })],
    ['a file of its weights named twice', () => model(NODES, ['weights.bin', 'more.bin', 'weights.bin'])],
    [
      'more files than a model has',
      () =>
        model(
          NODES,
          Array.from({ length: 1001 }, (_, i) => `${i}.bin`),
        ),
    ],
  ])('with %s is refused', (_, make) => {
    expect(() => {
      const { json, weights } = make();
      convertGraphModel(readGraphModel(json).complete(weights));
    }).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
  });

  it('is read from its folder, whose other JSON files are no models', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-tfjs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { json, weights } = model();
    mkdirSync(join(folder, 'model'));
    writeFileSync(join(folder, 'model', 'model.json'), json);
    writeFileSync(join(folder, 'model', 'weights.bin'), weights);
    writeFileSync(join(folder, 'model', 'package.json'), '{"name":"x"}');
    const collected = await collectModels(join(folder, 'model'));
    if (collected.kind !== 'files') throw new Error('it is no pack');
    expect(collected.files.map(({ name }) => name)).toEqual(['model.onnx']);
    expect(collected.files[0]?.source?.name).toBe('model.json');
    expect(collected.others).toEqual([
      { file: 'weights.bin', why: 'no model' },
      { file: 'package.json', why: 'no model' },
    ]);
    writeFileSync(join(folder, 'model', 'model.json'), model(NODES, ['gone.bin']).json);
    const broken = await collectModels(join(folder, 'model')).catch((error: Error) => error.message);
    expect(broken).toContain('none of');
  });
});

describe('a graph model of TensorFlow.js that asks for more than its files have', () => {
  it('is refused where thousands of nodes use one constant', () => {
    const count = 250_000;
    const muls = Array.from({ length: 5000 }, (_, i) => ({
      name: `mul${i}`,
      op: 'Mul',
      input: [i === 0 ? 'list' : `mul${i - 1}`, 'large'],
    }));
    const nodes = [
      ...NODES.slice(
        0,
        NODES.findIndex(({ name }) => name === 'square'),
      ),
      ...muls,
    ];
    const { json, weights } = model([...nodes, { name: 'large', op: 'Const' }]);
    const parsed = JSON.parse(json) as { weightsManifest: { weights: object[] }[] };
    parsed.weightsManifest[0]!.weights.push({ name: 'large', shape: [count], dtype: 'float32' });
    const graph = readGraphModel(JSON.stringify(parsed));
    const all = Buffer.concat([weights, Buffer.alloc(4 * count)]);
    expect(() => convertGraphModel(graph.complete(all))).toThrow(
      expect.objectContaining({
        code: 'ERR_MODEL_FORMAT',
        message: expect.stringContaining('over and over'),
      }),
    );
  });

  it('has no file read further than its weights go', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-tfjs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { json, weights } = model(NODES, ['weights.bin', 'more.bin']);
    writeFileSync(join(folder, 'model.json'), json);
    writeFileSync(join(folder, 'weights.bin'), weights);
    writeFileSync(join(folder, 'more.bin'), '');
    // Longer than memory, and nothing on the disk.
    truncateSync(join(folder, 'more.bin'), 400 * 1024 * 1024);
    await expect(readModelOf(join(folder, 'model.json'))).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining('at most 0 bytes'),
    });
    const large = json.replace('"shape":[3,3,3,2]', '"shape":[268435456,3]');
    writeFileSync(join(folder, 'model.json'), large);
    await expect(readModelOf(join(folder, 'model.json'))).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining('weights of at most'),
    });
  });
});

describe('a file of TensorFlow.js that is no graph', () => {
  const read = async (content: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-tfjs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'model.json'), content);
    return readModelOf(join(folder, 'model.json'));
  };

  it.each([
    '{"format":"layers-model","modelTopology":{}}',
    '{"generatedBy":"keras v2.4.0","format":"layers-model","modelTopology":{},"weightsManifest":[]}',
    '{"modelTopology":{"keras_version":"2.2.4","model_config":{}},"weightsManifest":[]}',
    '{"weightsManifest":[],"modelTopology":{"class_name":"Model"},"format":"layers-model"}',
  ])('is said to be one of layers, with what to do: %s', async (content) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining('tensorflowjs_converter'),
    });
  });

  it("is said to be a list of weights, as face-api.js's files are", async () => {
    const content = '[{"weights":[{"name":"a","shape":[1],"dtype":"float32"}],"paths":["a-shard1"]}]';
    await expect(read(content)).rejects.toThrow('without a graph');
  });

  it('is no model at all where it says nothing of one', async () => {
    for (const content of [
      '{"name":"x"}',
      '[]',
      '{"paths":["a"]}',
      '{',
      '{"compilerOptions":{"paths":{}}}',
      '7',
    ])
      expect(await read(content), content).toBeNull();
  });

  it('is read where its format stands last, or nowhere as of old', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-tfjs-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { json, weights } = model();
    const { format, ...rest } = JSON.parse(json) as Record<string, unknown>;
    writeFileSync(join(folder, 'weights.bin'), weights);
    for (const content of [{ ...rest, format }, rest]) {
      writeFileSync(join(folder, 'model.json'), JSON.stringify(content));
      expect((await readModelOf(join(folder, 'model.json')))?.toModelFile().name).toBe('model.onnx');
    }
  });
});
