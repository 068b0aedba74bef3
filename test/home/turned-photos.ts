import sharp from 'sharp';
import type { Image } from '../../src/core/image/image.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { media } from '../watch/ffmpeg-tools.ts';

/**
 * A photo as it is, and bent so that its nose lies where that of a head lies that turns: what is measured of a pose is
 * where the nose lies along the line of the eyes and below it.
 */
const BENT = {
  ahead: [1, 0, 0, 1],
  left: [1, 0.42, 0, 1],
  right: [1, -0.42, 0, 1],
  up: [1, 0, 0, 0.72],
} as const;

/** The four poses of an enrollment, of one person, all of one size. */
export async function turnedPhotos(photo = 'audrey.jpg'): Promise<Record<keyof typeof BENT, Image>> {
  const turned = async ([a, b, c, d]: readonly number[]): Promise<Image> => {
    const bent = await sharp(media(photo)).affine([a!, b!, c!, d!], { background: '#777' }).png().toBuffer();
    const whole = await sharp(bent).resize(640, 480, { fit: 'contain', background: '#777' }).png().toBuffer();
    return readImage(whole, { colorMode: 'rgb' });
  };
  const entries = Object.entries(BENT).map(async ([pose, matrix]) => [pose, await turned(matrix)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Record<keyof typeof BENT, Image>;
}
