import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import { cutFaceChip, locateFaceChip } from '../../src/core/align/face-chip.ts';
import type { FaceEmbedder } from '../../src/core/embed/face-embedder.ts';
import { ARCFACE_FIVE_POINTS } from '../../src/core/landmark/arcface-five-points.ts';
import { cosineSimilarity } from '../../src/core/metric/metric.ts';
import { openEmbedderPart } from '../../src/models/adapters.ts';
import { describeModel } from '../../src/models/describe-model.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { openEmbedder } from '../../src/node/models/open-models.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { describeEmbedder } from '../conformance/describe-embedder.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { readJsonLines } from './native-dlib.ts';

const MODELS = fileURLToPath(new URL('../../../shared/models', import.meta.url));

/** What an independent implementation gives for the points that stand beside it; length 1. */
interface GoldenFace {
  readonly image: string;
  readonly points: readonly (readonly [number, number])[];
  readonly embedding: readonly number[];
}

const NETWORKS = [
  {
    file: 'mobilefacenet_foamliu_128.onnx',
    family: 'mobilefacenet-foamliu',
    answers: 'mobilefacenet_foamliu_128',
  },
];

/** Packs of the package; they are built of development dependencies. */
const SHIPPED = [{ pack: 'mobilefacenet', answers: 'mobilefacenet_192' }];

async function openFile(file: string, family: string): Promise<FaceEmbedder> {
  const bytes = new Uint8Array(readFileSync(`${MODELS}/${file}`));
  const verdict = describeModel({ name: file, bytes, sha256: sha256(bytes) }, { family });
  if (!verdict.use || verdict.part.kind !== 'embedder') throw new Error('it was not recognized');
  const { part } = verdict;
  return openEmbedderPart({ part, bytes, readAgain: async () => bytes }, { runtime: NODE_RUNTIME });
}

describeWithSharedData('networks that take chips', ['golden/packs', 'lfw-dev'], (golden, lfw) => {
  for (const { file, family } of NETWORKS) describeEmbedder(family, () => openFile(file, family));

  it.each(NETWORKS)(
    '$family embeds as an independent implementation does',
    async ({ file, family, answers }) => {
      await using embedder = await openFile(file, family);
      await compare(embedder, { answers: `${golden}/${answers}.jsonl`, photos: join(lfw, '..') });
    },
  );

  it.each(SHIPPED)(
    'of the pack "$pack" that comes with the package embed as an independent implementation does',
    async ({ pack, answers }) => {
      await using embedder = await openEmbedder({ models: pack });
      await compare(embedder, { answers: `${golden}/${answers}.jsonl`, photos: join(lfw, '..') });
    },
  );
});

async function compare(
  embedder: FaceEmbedder,
  { answers, photos }: { readonly answers: string; readonly photos: string },
): Promise<void> {
  const { chip } = embedder.profile;
  const faces = readJsonLines<GoldenFace>(answers);
  expect(faces).toHaveLength(40);
  for (const { image, points, embedding } of faces) {
    const place = locateFaceChip({ layout: ARCFACE_FIVE_POINTS, points }, chip);
    const [own] = await embedder.embed([cutFaceChip(await readImage(join(photos, image)), place, chip.size)]);
    expect.soft(cosineSimilarity(own!, embedding), image).toBeGreaterThanOrEqual(0.999);
  }
}
