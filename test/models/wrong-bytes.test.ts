import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbedderProfile } from '../../src/core/embed/embedder-profile.ts';
import type { FaceEmbedder } from '../../src/core/embed/face-embedder.ts';
import { MmodDetector } from '../../src/models/dlib/detector/mmod-detector.ts';
import { ResnetEmbedder } from '../../src/models/dlib/embedder/resnet-embedder.ts';
import { openEmbedder } from '../../src/node/models/open-models.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';

const model = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../models/dlib/${name}.onnx`, import.meta.url)));

let embedder: FaceEmbedder;
let profile: EmbedderProfile;
beforeAll(async () => {
  embedder = await openEmbedder();
  profile = embedder.profile;
});
afterAll(() => embedder.dispose());

// As JavaScript may call it: the parts are of no type.
const options = { runtime: NODE_RUNTIME };
const open = {
  MmodDetector: (network: unknown, given: unknown = options) =>
    MmodDetector.create({ id: 'x', network } as never, given as never),
  ResnetEmbedder: (network: unknown, given: unknown = options) => {
    const parts = { profile, network, isQuantized: false, readAgain: async () => network };
    return ResnetEmbedder.create(parts as never, given as never);
  },
} as const;

describe.each(['MmodDetector', 'ResnetEmbedder'] as const)('%s.create', (name) => {
  it.each([
    ['none', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('hello '.repeat(100))],
    ['zeros', new Uint8Array(1000)],
    ['a file that was cut', model('face-embedder-int8').slice(0, 100_000)],
    ['a network of another kind', model(name === 'MmodDetector' ? 'face-embedder-int8' : 'face-detector')],
  ])('calls bytes that are no such network a wrong format: %s', async (_what, bytes) => {
    await expect(open[name](bytes)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });

  it.each([undefined, null, 'models/face.onnx', 7, {}, new ArrayBuffer(8)])(
    'names what are no bytes at all, and who opens a file: %s',
    async (value) => {
      const error = {
        code: 'ERR_INVALID_ARGUMENT',
        message: expect.stringMatching(/open\w+\(\).*model\.network/),
      };
      await expect(open[name](value)).rejects.toMatchObject(error);
    },
  );

  it('names a model that is bytes alone or missing, and a runtime that is missing', async () => {
    const create = (...args: unknown[]) =>
      (name === 'MmodDetector' ? MmodDetector : ResnetEmbedder).create(...(args as [never, never]));
    const wrong = { code: 'ERR_INVALID_ARGUMENT' };
    await expect(create()).rejects.toMatchObject(wrong);
    await expect(create(model('face-embedder-int8'), options)).rejects.toMatchObject(wrong);
    const bytes = model('face-embedder-int8');
    for (const given of [null, {}, { runtime: {} }]) {
      await expect(open[name](bytes, given)).rejects.toMatchObject({
        ...wrong,
        message: expect.stringContaining('options.runtime'),
      });
    }
  });
});
