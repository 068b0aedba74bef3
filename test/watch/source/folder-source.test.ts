import { mkdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { IMAGE_EXTENSIONS } from '../../../src/node/image/picture-extensions.ts';
import { createFolderSource } from '../../../src/watch/source/folder-source.ts';
import { makeTree } from '../../dataset/photo-tree.ts';

const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
  .jpeg()
  .toBuffer();

it('reads pictures of every extension of the one list, and tells each kind of file that it leaves out once', async () => {
  const pictures = [
    ...IMAGE_EXTENSIONS.map((extension) => `a.${extension.toUpperCase()}`),
    'without-extension',
  ];
  const folder = await makeTree(pictures, jpeg);
  await mkdir(join(folder, 'below'));
  for (const name of ['1.mp4', '2.mp4', 'a.psd', 'notes.txt']) await writeFile(join(folder, name), 'words');
  await writeFile(join(folder, 'empty.jpg'), '');
  await symlink(join(folder, 'later'), join(folder, 'link.jpg'));
  const socket = createServer().listen(join(folder, 'socket.jpg'));
  const told: string[] = [];
  const source = createFolderSource(folder, {
    pollMs: 20,
    onError: (error, path) => told.push(`${path.slice(folder.length + 1)}: ${(error as Error).message}`),
  });
  const stop = new AbortController();
  let frames = 0;
  const read = (async () => {
    for await (const { type } of source.open(stop.signal)) if (type === 'frame') frames++;
  })().catch(() => undefined);
  await expect.poll(() => [frames, told.length], { timeout: 20_000 }).toEqual([pictures.length, 7]);
  // What comes later than it was told of is read all the same.
  await writeFile(join(folder, 'empty.jpg'), jpeg);
  await unlink(join(folder, 'link.jpg'));
  await symlink(join(folder, 'without-extension'), join(folder, 'link.jpg'));
  await expect.poll(() => frames, { timeout: 20_000 }).toBe(pictures.length + 2);
  socket.close();
  stop.abort();
  await read;
  expect(told.map((line) => line.split(':')[0]).sort()).toEqual([
    '1.mp4',
    'a.psd',
    'below',
    'empty.jpg',
    'link.jpg',
    'notes.txt',
    'socket.jpg',
  ]);
});
