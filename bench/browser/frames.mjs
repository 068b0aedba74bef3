import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const SIZE = { width: 640, height: 480 };

/** Writes the frame that all contestants get, as RGBA: decoders have no part in it. */
export async function writeFrames(folder, images) {
  const { data } = await sharp(await images.vga())
    .resize(SIZE.width, SIZE.height)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  await writeFile(join(folder, 'frame.rgba'), data);
}
