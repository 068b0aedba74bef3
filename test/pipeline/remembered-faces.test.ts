import { existsSync } from 'node:fs';
import { appendFile, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../src/core/image/image.ts';
import type { Face } from '../../src/core/pipeline/face.ts';
import { RememberedFaces } from '../../src/pipeline/remembered-faces.ts';
import { makeTree } from '../dataset/photo-tree.ts';

const image = (gray: number): Image => ({
  data: new Uint8Array(12).fill(gray),
  width: 4,
  height: 3,
  channels: 1,
});
const face = (gray: number): Face => ({
  box: { left: gray, top: 1 / 3, width: 10, height: 10 },
  score: 0.1 + gray,
  landmarks: Array.from({ length: 5 }, (_, i) => [i, gray / 7] as const) as unknown as Face['landmarks'],
  embedding: Float32Array.of(gray, 0.1, -0),
  identity: { label: gray % 2 ? 'José' : null, probability: 0.3, distance: 0.5 } as Face['identity'] & object,
});

/** An analysis that counts how often it is asked. */
function counting() {
  const looked: number[] = [];
  const analyze = async ({ data }: Image) => {
    looked.push(data[0]!);
    return data[0] === 0 ? [] : [face(data[0]!)];
  };
  return { looked, analyze };
}

async function run(target: string, key: unknown, grays: readonly number[], finished = false) {
  const remembered = await RememberedFaces.open(target, key);
  const { looked, analyze } = counting();
  const again = remembered.wrap(analyze);
  const found = await Promise.all(grays.map((gray) => again(image(gray), 1)));
  await remembered.close({ finished });
  return { looked, found };
}

describe('RememberedFaces', () => {
  it('looks at no picture a second time after an interruption, and gives the very same faces', async () => {
    const target = join(await makeTree([]), 'model/');
    const first = await run(target, 'k', [0, 1, 2]);
    expect(first.looked).toEqual([0, 1, 2]);
    const second = await run(target, 'k', [0, 1, 2, 3]);
    expect(second.looked).toEqual([3]);
    expect(second.found).toEqual([...first.found, [face(3)]]);
    expect((await run(target, 'k', [3, 2])).looked).toEqual([]);
  });

  it('keeps its file for the owner alone, and takes it away when the work is finished', async () => {
    const target = join(await makeTree([]), 'model');
    const path = RememberedFaces.pathFor(target);
    await run(target, 'k', [1]);
    expect((await stat(path)).mode & 0o077).toBe(0);
    await run(target, 'k', [1], true);
    expect(existsSync(path)).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'is gone without where the disk is full: the work goes on',
    async () => {
      const target = join(await makeTree([]), 'model');
      await symlink('/dev/full', RememberedFaces.pathFor(target));
      expect((await run(target, 'k', [1, 2])).found).toEqual([[face(1)], [face(2)]]);
    },
  );

  it('looks again for another key, another size of the picture, and other pixels', async () => {
    const target = join(await makeTree([]), 'model');
    await run(target, { minScore: 0 }, [1, 2]);
    expect((await run(target, { minScore: 1 }, [1, 2])).looked).toEqual([1, 2]);
    const remembered = await RememberedFaces.open(target, { minScore: 1 });
    const { looked, analyze } = counting();
    const again = remembered.wrap(analyze);
    await again(image(1), 2);
    await again({ ...image(1), width: 3, height: 4 }, 1);
    await again(image(1), 1);
    await remembered.close({ finished: false });
    expect(looked).toEqual([1, 1]);
  });

  it('survives lines that were cut by a crash, damaged or are none of its own', async () => {
    const target = join(await makeTree([]), 'model');
    const path = RememberedFaces.pathFor(target);
    await run(target, 'k', [1, 2]);
    await appendFile(path, '{"picture":"abc","fa');
    expect((await run(target, 'k', [1, 2, 3])).looked).toEqual([3]);
    await appendFile(path, 'null\n[]\n{"picture":"x","faces":"no"}\n');
    expect((await run(target, 'k', [1, 2, 3])).looked).toEqual([]);
    await writeFile(path, 'something else\n');
    expect((await run(target, 'k', [1])).looked).toEqual([1]);
    expect(await readFile(path, 'utf8')).not.toContain('something else');
  });

  it('goes on where nothing can be kept', async () => {
    const target = join(await makeTree([]), 'no', 'model');
    expect(await run(target, 'k', [1, 2])).toMatchObject({ looked: [1, 2], found: [[face(1)], [face(2)]] });
  });

  it('passes failures on and remembers nothing of them', async () => {
    const target = join(await makeTree([]), 'model');
    const remembered = await RememberedFaces.open(target, 'k');
    const failing = remembered.wrap(() => Promise.reject(new Error('no')));
    await expect(failing(image(1), 1)).rejects.toThrow('no');
    await remembered.close({ finished: false });
    expect((await run(target, 'k', [1])).looked).toEqual([1]);
  });
});
