import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openPhotoLibrary, type PhotoLibrary } from '../../../src/photos/photo-library.ts';
import { type ScanOptions, scanPhotos } from '../../../src/photos/scan/scan-photos.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { describeWithSharedData } from '../../shared-data.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/face-trigger.js', import.meta.url));

describeWithSharedData('scanning photos', ['group'], (group) => {
  let pipeline: FacePipeline;
  let names: string[];
  beforeAll(async () => {
    pipeline = await FacePipeline.create({ detection: 'fast' });
    names = (await readdir(group)).filter((name) => name.endsWith('.jpg')).sort();
  });
  afterAll(() => pipeline.dispose());

  /** A folder of photos with a library beside it. */
  async function collection(count: number): Promise<{ root: string; photos: string; library: PhotoLibrary }> {
    const root = await mkdtemp(join(tmpdir(), 'face-trigger-scan-'));
    const photos = join(root, 'photos');
    await mkdir(photos);
    for (const name of names.slice(0, count)) await copyFile(join(group, name), join(photos, name));
    const { profile } = pipeline.embedder;
    const library = await openPhotoLibrary(join(root, 'photos.db'), { embedder: profile });
    onTestFinished(async () => {
      await library.dispose();
      await rm(root, { recursive: true, force: true });
    });
    return { root, photos, library };
  }

  const looked: string[] = [];
  const scan = (library: PhotoLibrary, folder: string, more: Partial<ScanOptions> = {}) => {
    looked.length = 0;
    return scanPhotos(library, [folder], {
      analyze: (image, settings) => {
        looked.push(`${image.width} x ${image.height}`);
        return pipeline.analyze(image, settings);
      },
      profile: pipeline.embedder.profile,
      ...more,
    });
  };

  it('keeps the faces of each photo, and opens no file that is as it was', async () => {
    const { photos, library } = await collection(2);
    const progress: number[] = [];
    const first = await scan(library, photos, { onProgress: ({ done }) => progress.push(done) });
    expect(first).toMatchObject({ scanned: 2, same: 0, copies: 0, failed: 0, removed: 0 });
    expect(first.faces).toBeGreaterThan(1);
    expect(progress).toEqual([1, 2]);
    const [photo] = await library.store.listPhotos({ limit: 1 });
    const faces = await library.store.facesOf([photo!.id]);
    expect(faces.length).toBe(photo!.faces);
    for (const { box, landmarks, hasThumbnail, embedding } of faces) {
      expect(box.left + box.width / 2).toBeLessThan(photo!.width);
      expect(landmarks.points.length).toBeGreaterThan(0);
      expect(hasThumbnail).toBe(true);
      expect(embedding.length).toBe(pipeline.embedder.profile.dimension);
    }
    expect(await scan(library, photos)).toMatchObject({ scanned: 0, same: 2, faces: 0, removed: 0 });
    expect(looked).toEqual([]);
  }, 60_000);

  it('knows copies and moved files by their content, and forgets paths that are gone', async () => {
    const { photos, library } = await collection(2);
    await scan(library, photos);
    const [one, two] = names as [string, string];
    await mkdir(join(photos, 'moved'));
    await rename(join(photos, one), join(photos, 'moved', 'renamed.jpg'));
    await copyFile(join(photos, two), join(photos, 'copy.jpg'));
    expect(await scan(library, photos)).toMatchObject({ scanned: 0, copies: 2, same: 1, removed: 1 });
    expect(looked).toEqual([]);
    expect((await library.store.photoAt(join(photos, two)))!.paths).toEqual(
      [join(photos, two), join(photos, 'copy.jpg')].sort(),
    );
    await rm(join(photos, 'moved'), { recursive: true });
    expect(await scan(library, photos)).toMatchObject({ removed: 1, same: 2 });
    // Its faces stay, hidden, for when the file is back.
    expect(await library.store.listPhotos({ limit: 5, hidden: true })).toHaveLength(1);
  }, 60_000);

  it('looks at copies of one new photo once', async () => {
    const { photos, library } = await collection(1);
    for (const copy of ['b.jpg', 'c.jpg']) await copyFile(join(photos, names[0]!), join(photos, copy));
    expect(await scan(library, photos)).toMatchObject({ scanned: 1, copies: 2 });
    expect(looked).toHaveLength(1);
  }, 60_000);

  it('lists what cannot be read, and tries it again when it has changed', async () => {
    const { photos, library } = await collection(1);
    const broken = join(photos, 'broken.jpg');
    await writeFile(broken, 'no picture');
    expect(await scan(library, photos)).toMatchObject({ scanned: 1, failed: 1 });
    expect(await library.store.listFailures({ limit: 5 })).toMatchObject([
      { path: broken, code: 'ERR_IMAGE_DECODE' },
    ]);
    expect(await scan(library, photos)).toMatchObject({ same: 2, failed: 0 });
    await copyFile(join(group, names[1]!), broken);
    await utimes(broken, 1, 1);
    expect(await scan(library, photos)).toMatchObject({ same: 1, scanned: 1 });
    expect(await library.store.listFailures({ limit: 5 })).toEqual([]);
  }, 60_000);

  it('forgets nothing of a folder that is not there', async () => {
    const { photos, library } = await collection(1);
    await scan(library, photos);
    await rename(photos, `${photos}-elsewhere`);
    await expect(scan(library, photos)).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    expect((await library.store.stats()).files).toBe(1);
  }, 60_000);

  it('goes on where it was killed: each photo is there with all its faces, once', async () => {
    const { root, photos, library } = await collection(names.length);
    const file = join(root, 'photos.db');
    const run = () =>
      spawn(process.execPath, [
        PROGRAM,
        'photos',
        'scan',
        photos,
        '--library',
        file,
        '--json',
        '--jobs',
        '1',
      ]);
    const child = run();
    let told = 0;
    for await (const _ of createInterface({ input: child.stdout })) if (++told === 4) child.kill('SIGKILL');
    const kept = await library.store.listPhotos({ limit: 1000 });
    expect(kept.length).toBeLessThan(names.length);
    const again = run();
    const lines: { outcome?: string; scanned?: number; same?: number }[] = [];
    for await (const line of createInterface({ input: again.stdout })) lines.push(JSON.parse(line));
    if (again.exitCode === null) await once(again, 'close');
    expect(lines.at(-1)).toMatchObject({ scanned: names.length - kept.length, same: kept.length });
    // The same faces as one scan without a break finds.
    const whole = await openPhotoLibrary(join(root, 'whole.db'), { embedder: pipeline.embedder.profile });
    onTestFinished(() => whole.dispose());
    await scan(whole, photos);
    const facesByPath = async ({ store }: PhotoLibrary) =>
      (await store.listPhotos({ limit: 1000 })).map(({ paths, faces }) => [paths, faces]).sort();
    expect(await facesByPath(library)).toEqual(await facesByPath(whole));
  }, 240_000);
});
