import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDetectorPart } from '../../src/models/adapters.ts';
import { type DetectorPart, MODEL_PACK } from '../../src/models/model-pack.ts';
import { packagedPackFolder } from '../../src/node/models/pack-folders.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';

type Shape = (number | string)[];

/** A network whose outputs have shapes and hold one value everywhere, whatever it is shown. */
function network(
  input: Shape,
  outputs: Readonly<Record<string, { dims: number[]; value: number }>>,
): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('picture', 'float32', input);
  const nothing = graph.node(
    'Mul',
    [
      graph.node('ReduceMean', ['picture'], { keepdims: 0 }),
      graph.initializer('zero', { type: 'float32', dims: [], data: new Float32Array([0]) }),
    ],
    {},
  );
  for (const [name, { dims, value }] of Object.entries(outputs)) {
    const size = dims.reduce((product, side) => product * side, 1);
    const data = new Float32Array(size).fill(value);
    const constant = graph.initializer(`all ${name}`, { type: 'float32', dims, data });
    graph.node('Add', [constant, nothing], {}, { outputs: [name] });
    graph.output(name, 'float32', dims);
  }
  return graph.toModel();
}

function open(adapter: string, bytes: Uint8Array) {
  const part = { kind: 'detector', id: 'test', adapter } as DetectorPart;
  return openDetectorPart(
    { part, bytes, readAgain: async () => bytes },
    { runtime: NODE_RUNTIME, threads: 1 },
  );
}

/** What networks of 64 x 64 pixels give, with scores below every threshold. */
const OUTPUTS = {
  scrfd: Object.fromEntries(
    [1, 4, 10].flatMap((size, i) =>
      [128, 32, 8].map((anchors, j) => [`${100 * i + j}`, { dims: [anchors, size], value: 0 }]),
    ),
  ),
  yunet: Object.fromEntries(
    [8, 16, 32].flatMap((stride) =>
      Object.entries({ cls: 1, obj: 1, bbox: 4, kps: 10 }).map(([name, size]) => [
        `${name}_${stride}`,
        { dims: [1, (64 / stride) ** 2, size], value: 0 },
      ]),
    ),
  ),
  mediapipe: {
    numbers: { dims: [1, 256, 16], value: -9 },
    scores: { dims: [1, 256, 1], value: -9 },
  },
  retinaface: {
    loc: { dims: [1, 168, 4], value: 0 },
    conf: { dims: [1, 168, 2], value: 0 },
    landm: { dims: [1, 168, 10], value: 0 },
  },
  ultraface: { scores: { dims: [1, 168, 2], value: 0 }, boxes: { dims: [1, 168, 4], value: 0 } },
};
type Family = keyof typeof OUTPUTS;
const FAMILIES = Object.keys(OUTPUTS) as Family[];
const SIDE = [1, 3, 64, 64];
const photo = { data: new Uint8Array(100 * 80 * 3).fill(90), width: 100, height: 80, channels: 3 } as const;

describe.each(FAMILIES)('a file that says it is of the family %s', (family) => {
  const outputs: Record<string, { dims: number[]; value: number }> = OUTPUTS[family];

  it('is run, and finds nobody where its scores say so', async () => {
    await using detector = await open(family, network(SIDE, outputs));
    expect(await detector.detect(photo)).toEqual([]);
    expect(await detector.detect(photo, { minFaceSize: 10 })).toEqual([]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30, -1e30])(
    'gives no box that is none, in bounded time, where all it gives is %s',
    async (value) => {
      const wild = Object.fromEntries(
        Object.entries(outputs).map(([name, { dims }]) => [name, { dims, value }]),
      );
      await using detector = await open(family, network(SIDE, wild));
      for (const { box, score } of await detector.detect(photo)) {
        expect([box.left, box.top, box.width, box.height, score].every(Number.isFinite)).toBe(true);
        expect(Math.min(box.width, box.height)).toBeGreaterThan(0);
      }
    },
  );

  it('is refused where an output is of another length or missing', async () => {
    for (const name of Object.keys(outputs)) {
      const short = { ...outputs, [name]: { dims: [1, 3, 1], value: 0 } };
      await expect(tried(family, network(SIDE, short)), name).rejects.toMatchObject({
        code: 'ERR_MODEL_FORMAT',
      });
      const { [name]: gone, ...rest } = outputs;
      await expect(tried(family, network(SIDE, rest)), name).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(MODEL_FORMAT|RUNTIME)$/),
      });
    }
  });

  it.each([
    ['one color', [1, 1, 64, 64]],
    ['several pictures', [2, 3, 64, 64]],
    ['no picture', [1, 192]],
    ['a picture of gigabytes', [1, 3, 65_536, 65_536]],
    ['a picture of few pixels', [1, 3, 8, 8]],
  ])('is refused where it takes %s', async (_, input) => {
    await expect(tried(family, network(input, outputs))).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });
});

async function tried(family: Family, bytes: Uint8Array) {
  await using detector = await open(family, bytes);
  return await detector.detect(photo);
}

describe('what a pack says of a detector', () => {
  const pack = JSON.parse(readFileSync(`${packagedPackFolder('dlib')}/face-trigger.json`, 'utf8'));
  const withFacts = (facts: object) => {
    const parts = pack.parts.map((part: { kind: string }) =>
      part.kind === 'detector' ? { ...part, facts } : part,
    );
    return MODEL_PACK.safeParse({ ...pack, parts });
  };

  it('takes the place of what the family knows', async () => {
    const facts = { minScore: 0.2, smallestFace: 21, largestFace: 90, steadyScore: 0.3 };
    expect(withFacts(facts).success).toBe(true);
    const bytes = network(SIDE, OUTPUTS.yunet);
    const part = { kind: 'detector', id: 'mine', adapter: 'yunet', facts } as DetectorPart;
    await using detector = await openDetectorPart(
      { part, bytes, readAgain: async () => bytes },
      { runtime: NODE_RUNTIME },
    );
    expect(detector.profile).toMatchObject({ id: 'mine', ...facts, uprightScore: 0.91 });
  });

  it.each([{ smallestFace: 0 }, { largestFace: -1 }, { minScore: 'low' }, { smallest: 3 }])(
    'is refused where it is %j',
    (facts) => expect(withFacts(facts).success).toBe(false),
  );
});
