import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/node/files/atomic-write.ts';

describe('writeFileAtomic', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'face-trigger-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes bytes and text', async () => {
    await writeFileAtomic(join(folder, 'a.bin'), Uint8Array.of(0, 255, 10));
    await writeFileAtomic(join(folder, 'b.txt'), 'Zoë');
    expect([...(await readFile(join(folder, 'a.bin')))]).toEqual([0, 255, 10]);
    expect(await readFile(join(folder, 'b.txt'), 'utf8')).toBe('Zoë');
    expect((await readdir(folder)).sort()).toEqual(['a.bin', 'b.txt']);
  });

  it('replaces an existing file', async () => {
    const path = join(folder, 'a.txt');
    await writeFile(path, 'a much longer old content');
    await writeFileAtomic(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('leaves one whole content when many write at once', async () => {
    const path = join(folder, 'a.txt');
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('writes a file whose name has 255 characters', async () => {
    const name = 'n'.repeat(255);
    await writeFileAtomic(join(folder, name), 'x');
    expect(await readdir(folder)).toEqual([name]);
  });

  it('refuses a missing folder with ERR_FILE_WRITE', async () => {
    await expect(writeFileAtomic(join(folder, 'none', 'a.txt'), 'x')).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
  });

  it('keeps no temporary file when the rename fails', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
