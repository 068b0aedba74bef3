import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddingCache } from '../../src/evaluate/embedding-cache.ts';

const FACES = [
  {
    box: { left: 1, top: 2, width: 3, height: 4 },
    score: 0.5,
    landmarks: [[1.5, 2] as const],
    embedding: Float32Array.of(0.1, -2, 3e-8),
  },
];
const PICTURE = { width: 640, height: 480, faces: FACES };
const key = EmbeddingCache.imageKey(Buffer.from('picture'));

describe('EmbeddingCache', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'face-trigger-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const open = (options: Record<string, unknown> = { jitter: 0, size: 150 }, models = ['abc']) =>
    new EmbeddingCache(join(folder, 'cache'), { models, options });

  it('gives back exactly what was kept, also that there is no face', async () => {
    expect(await open().read(key)).toBeNull();
    await open().write(key, PICTURE);
    expect(await open().read(key)).toEqual(PICTURE);
    await open().write(key, { ...PICTURE, faces: [] });
    expect(await open().read(key)).toEqual({ ...PICTURE, faces: [] });
  });

  it('does not mix up models or options, in whatever order they are written', async () => {
    await open().write(key, PICTURE);
    expect(await open({ size: 150, jitter: 0 }).read(key)).toEqual(PICTURE);
    expect(await open({ jitter: 1, size: 150 }).read(key)).toBeNull();
    expect(await open(undefined, ['abd']).read(key)).toBeNull();
  });

  it('ignores a file that was cut, altered or moved, and replaces it', async () => {
    await open().write(key, PICTURE);
    const [name] = (await readdir(folder, { recursive: true })).filter((each) => each.endsWith('.json'));
    const path = join(folder, name!);
    const text = await readFile(path, 'utf8');
    for (const damage of ['', text.slice(0, -9), text.replace('0.5', '0.6'), '{"checksum":1}', 'null']) {
      await writeFile(path, damage);
      expect(await open().read(key)).toBeNull();
    }
    await writeFile(path, text);
    const other = EmbeddingCache.imageKey(Buffer.from('another'));
    await open().write(other, { ...PICTURE, faces: [] });
    const [otherName] = (await readdir(folder, { recursive: true })).filter((each) =>
      each.includes(`${other}.json`),
    );
    await writeFile(join(folder, otherName!), text);
    expect(await open().read(other)).toBeNull();
    await open().write(other, PICTURE);
    expect(await open().read(other)).toEqual(PICTURE);
  });
});
