import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignFace } from '../../src/core/align/aligned-face.ts';
import { metricOf } from '../../src/core/metric/metric.ts';
import { recommendThreshold } from '../../src/evaluate/recommend-threshold.ts';
import { searchGallery } from '../../src/evaluate/search-outcome.ts';
import { evaluateVerification } from '../../src/evaluate/verification.ts';
import { Gallery } from '../../src/gallery/gallery.ts';
import { identifyInGallery } from '../../src/gallery/identify-in-gallery.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { readNewFace } from '../../src/gallery/read-new-face.ts';
import { MemoryStore } from '../../src/gallery/stores/memory/memory-store.ts';
import { trainFromGallery } from '../../src/gallery/train-from-gallery.ts';
import { dlibChip } from '../../src/models/dlib/chip.ts';
import { DLIB_FIVE_POINTS } from '../../src/models/dlib/five-points.ts';
import { writeImage } from '../../src/node/image/encode-image.ts';
import { openLandmarkDetector } from '../../src/node/models/open-models.ts';
import { readModelDescription } from '../../src/people/model-folder.ts';
import { FacePipeline, type FacePipelineOptions } from '../../src/pipeline/face-pipeline.ts';
import { trainModelFolder } from '../../src/pipeline/train-model-folder.ts';
import { verifyPhotos } from '../../src/pipeline/verify-photos.ts';
import { createFaceAnalyzer } from '../../src/watch/create-face-analyzer.ts';
import { watch } from '../../src/watch/watch.ts';
import { TOY_LAYOUT, TOY_PROFILE, ToyDetector, ToyEmbedder, toyPhoto } from './toy-family.ts';

const ADA = [220, 60, 40] as const;
const BOB = [40, 90, 230] as const;
const STRANGER = [60, 200, 60] as const;

const open = (options: FacePipelineOptions = {}) =>
  FacePipeline.create({
    detector: new ToyDetector(),
    landmarkDetector: null,
    embedder: new ToyEmbedder(),
    ...options,
  });

let folder: string;
let people: string;
let model: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-toy-'));
  people = join(folder, 'people');
  model = join(folder, 'model');
  for (const [name, color] of Object.entries({ Ada: ADA, Bob: BOB })) {
    mkdirSync(join(people, name), { recursive: true });
    for (const [i, shade] of [1, 0.8, 0.6].entries()) {
      // Not quite the same color on each photo.
      const [red, green, blue] = color;
      const photo = toyPhoto([[red - 6 * i, green + 5 * i, blue]], { shade, side: 96 + 8 * i });
      await writeImage(join(people, name, `${i}.png`), photo);
    }
  }
  await using pipeline = await open();
  await trainModelFolder(people, pipeline, { out: model, createdBy: 'test' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a family of networks that src/ does not know', () => {
  it('finds, aligns and embeds with its own layout, chip and length', async () => {
    await using pipeline = await open();
    const faces = await pipeline.analyze(toyPhoto([ADA, BOB]));
    expect(faces).toHaveLength(2);
    expect(faces[0]!.landmarks.layout).toEqual(TOY_LAYOUT);
    expect(faces[0]!.embedding).toHaveLength(3);
    const [aligned] = pipeline.align(toyPhoto([ADA, BOB]), faces);
    expect(aligned!.chip).toMatchObject({ width: 32, height: 32 });
    // One bare array of points is taken in the layout of the embedder.
    const [again] = await pipeline.recognizer.embed([toyPhoto([ADA, BOB])], [faces[0]!.landmarks.points]);
    expect(again).toEqual(faces[0]!.embedding);
  });

  it('learns people into a model folder that remembers the metric, and recognizes them', async () => {
    expect((await readModelDescription(model)).embedder).toMatchObject({ id: 'toy', metric: 'cosine' });
    await using pipeline = await open({ modelFolder: model });
    expect(pipeline.thresholds.maxDistance).toBe(TOY_PROFILE.thresholds.identify);
    const names = async (photo: ReturnType<typeof toyPhoto>) =>
      (await pipeline.analyze(photo)).map(({ identity }) => identity!.label);
    expect(await names(toyPhoto([ADA, BOB, STRANGER], { shade: 0.9 }))).toEqual(['Ada', 'Bob', null]);
    // Twice as bright is no other person: only the direction counts.
    const [dark] = await pipeline.analyze(toyPhoto([ADA], { shade: 0.5 }));
    expect(dark!.identity).toMatchObject({ label: 'Ada' });
    expect(dark!.identity!.distance).toBeLessThan(0.01);
    expect(dark!.identity!.probability).toBeGreaterThan(0.9);
  });

  it('is refused where another embedder made the model', async () => {
    await expect(FacePipeline.create({ modelFolder: model })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
  });

  it.each(['memory:', 'sqlite'])('keeps a gallery (%s)', async (kind) => {
    const url = kind === 'memory:' ? kind : join(folder, 'toy.db');
    const { id, sha256, dimension } = TOY_PROFILE;
    const options = { embedder: { id, sha256, dimension }, distances: TOY_PROFILE };
    await using pipeline = await open();
    await using gallery = await openGallery(url, options);
    expect(gallery.metric).toBe('cosine');
    for (const [name, color] of Object.entries({ Ada: ADA, Bob: BOB })) {
      const person = await gallery.createPerson({ name });
      const { newFace } = await readNewFace(pipeline, toyPhoto([color]), { thumbnail: false });
      await gallery.addFaces(person.id, [newFace]);
    }
    const who = async (color: readonly [number, number, number]) => {
      const [face] = await pipeline.analyze(toyPhoto([color], { shade: 0.7 }));
      return identifyInGallery(gallery, face!.embedding!);
    };
    expect(await who(ADA)).toMatchObject({ label: 'Ada' });
    expect(await who(BOB)).toMatchObject({ label: 'Bob' });
    expect(await who(STRANGER)).toMatchObject({ label: null });
    const out = join(folder, `from-${kind.replace(':', '')}`);
    await trainFromGallery(gallery, pipeline.recognizer, { out, createdBy: 'test' });
    await using trained = await open({ modelFolder: out });
    const [ada] = await trained.analyze(toyPhoto([ADA], { shade: 0.8 }));
    expect(ada!.identity!.label).toBe('Ada');
  });

  it('is learned in the metric of a gallery that measures otherwise, where its lengths allow that', async () => {
    const { id, sha256, dimension } = TOY_PROFILE;
    const embedder = { id, sha256, dimension };
    const other = { embedder, metric: 'euclidean' } as const;
    await expect(openGallery('memory:', { ...other, distances: TOY_PROFILE })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    const profile = { ...TOY_PROFILE, lengthRule: { length: 10, applies: 'always' } } as const;
    const openLong = (options: FacePipelineOptions = {}) =>
      open({ embedder: Object.assign(new ToyEmbedder(), { profile }), ...options });
    await using gallery = await openGallery('memory:', { ...other, distances: profile });
    await using pipeline = await openLong();
    for (const [name, color] of Object.entries({ Ada: ADA, Bob: BOB })) {
      const { newFace } = await readNewFace(pipeline, toyPhoto([color]), { thumbnail: false });
      await gallery.enroll({ name }, [newFace]);
    }
    const out = join(folder, 'from-euclidean');
    const { metric } = await trainFromGallery(gallery, pipeline.recognizer, { out, createdBy: 'test' });
    expect(metric).toBe('euclidean');
    await using trained = await openLong({ modelFolder: out });
    expect(trained.thresholds.maxDistance).toBeCloseTo(10 * Math.sqrt(2 * 0.04), 9);
    const faces = await trained.analyze(toyPhoto([ADA, BOB, STRANGER], { shade: 0.8 }));
    expect(faces.map(({ identity }) => identity!.label)).toEqual(['Ada', 'Bob', null]);
    // What a classifier of the other metric means cannot be known where embeddings have no length.
    await using unknown = await open({ modelFolder: out });
    await expect(unknown.analyze(toyPhoto([ADA]))).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
  });

  it('is evaluated in its metric', async () => {
    await using pipeline = await open();
    const faces: { id: string; person: string; embedding: Float32Array }[] = [];
    for (const [person, color] of Object.entries({ Ada: ADA, Bob: BOB, Cy: STRANGER })) {
      for (const shade of [1, 0.8, 0.6]) {
        const [face] = await pipeline.analyze(toyPhoto([color], { shade }));
        faces.push({ id: `${person}/${shade}`, person, embedding: face!.embedding! });
      }
    }
    const { metric } = pipeline.embedder.profile;
    for (const { rank, ownDistance } of searchGallery(faces, faces, { metric })) {
      expect(rank).toBe(1);
      expect(ownDistance).toBeLessThan(0.01);
    }
    const { maxDistance } = recommendThreshold(faces, { targetFmr: 0.9, metric });
    expect(maxDistance).toBeLessThan(2);
    const pairs = faces.flatMap((a, i) =>
      faces.slice(i + 1).map((b, j) => ({
        ...{ first: a.id, second: b.id, fold: (i + j) % 2, same: a.person === b.person },
        distance: metricOf(metric).distance(a.embedding, b.embedding),
      })),
    );
    expect(evaluateVerification(pairs).eer.eer).toBe(0);
    const path = (name: string) => join(people, name);
    const same = await verifyPhotos([path('Ada/0.png'), path('Ada/2.png')], pipeline);
    expect(same).toMatchObject({ same: true, maxDistance: TOY_PROFILE.thresholds.verify });
    expect((await verifyPhotos([path('Ada/0.png'), path('Bob/0.png')], pipeline)).same).toBe(false);
  });

  it('watches', async () => {
    await using pipeline = await open({ modelFolder: model });
    const pictures = join(folder, 'pictures');
    mkdirSync(pictures);
    await writeImage(join(pictures, '1.png'), toyPhoto([BOB], { side: 120 }));
    const analyzer = createFaceAnalyzer(pipeline);
    const types: string[] = [];
    // A folder is watched for ever: the watch ends when Bob was named.
    for await (const event of watch(pictures, { analyzer, minQuality: 0 })) {
      types.push(event.type);
      if (event.type === 'person.recognized') {
        expect(event).toMatchObject({ label: 'Bob' });
        break;
      }
    }
    expect(types).toContain('person.recognized');
  });
});

describe('landmarks of another layout', () => {
  it('are refused by an aligner, never cut to a wrong chip', async () => {
    await using pipeline = await open();
    const photo = toyPhoto([ADA]);
    const [face] = await pipeline.finder.find(photo);
    expect(() => alignFace(photo, face!.landmarks, dlibChip())).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE_MISMATCH' }),
    );
    const five = { layout: DLIB_FIVE_POINTS, points: Array.from({ length: 5 }, () => [1, 1] as const) };
    await expect(pipeline.recognizer.embed([photo], [five])).rejects.toMatchObject({
      code: 'ERR_SHAPE_MISMATCH',
    });
  });

  it('are not taken for those that the embedder needs: a landmark model of that layout runs instead', async () => {
    // dlib's embedder cannot use the toy detector's landmarks, and looks for its own in the same boxes.
    await using mixed = await FacePipeline.create({ detector: new ToyDetector() });
    const [face] = await mixed.analyze(toyPhoto([ADA]), { turned: false });
    expect(face!.landmarks.layout).toEqual(DLIB_FIVE_POINTS);
    expect(face!.embedding).toHaveLength(128);
  });

  it('need a model of the right layout from the start', async () => {
    await expect(
      FacePipeline.create({
        detector: new ToyDetector(),
        landmarkDetector: await openLandmarkDetector(),
        embedder: new ToyEmbedder(),
      }),
    ).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
  });
});

describe('parts that are handed in', () => {
  it('need no pack', async () => {
    await using pipeline = await open({ models: join(folder, 'no-pack') });
    expect(await pipeline.analyze(toyPhoto([ADA]))).toHaveLength(1);
  });

  // As JavaScript may call it: the parts are of no type.
  it.each([
    [{ detector: {} }, /a FaceDetector.*options\.detector\.detect/],
    [{ detector: null }, /a FaceDetector for options\.detector/],
    [{ detector: Object.assign(new ToyDetector(), { profile: undefined }) }, /options\.detector\.profile/],
    [{ landmarkDetector: 7 }, /a LandmarkDetector for options\.landmarkDetector/],
    [{ embedder: null }, /a FaceEmbedder for options\.embedder/],
    [{ embedder: { ...TOY_PROFILE } }, /options\.embedder\.embed/],
    [
      { embedder: Object.assign(new ToyEmbedder(), { profile: { ...TOY_PROFILE, thresholds: {} } }) },
      /options\.embedder\.profile\.thresholds\.verify but received undefined/,
    ],
    [{ runtime: {} }, /a Runtime.*options\.runtime\.createSession/],
    [{ models: {} }, /a ModelSource.*options\.models\.readPack/],
    [{ models: 3 }, /the name of a pack.*options\.models/],
    [{ liveness: { check: 1 } }, /a LivenessDetector.*options\.liveness\.check/],
    [{ liveness: 'yes' }, /options\.liveness/],
  ] as const)('are told apart from what is none: %j', async (options, message) => {
    await expect(open(options as never)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('are asked for by a gallery too', async () => {
    const distances = TOY_PROFILE;
    for (const store of [undefined, null, {}]) {
      const opened = Gallery.open({ store, distances } as never);
      await expect(opened).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    }
    const store = new MemoryStore({ embedder: TOY_PROFILE, metric: 'cosine' });
    const opened = Gallery.open({ store, distances, index: {} } as never);
    await expect(opened).rejects.toThrow(/a FaceIndex.*parts\.index\.refresh/);
  });

  it('are disposed of with the pipeline, once', async () => {
    const embedder = new ToyEmbedder();
    const pipeline = await open({ embedder });
    await pipeline.dispose();
    expect(embedder.disposals).toBe(1);
  });
});
