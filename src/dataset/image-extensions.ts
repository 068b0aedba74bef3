import { extname } from 'node:path';

/** Extensions, lower case without the dot, by which pictures are picked out of folders. */
export const IMAGE_EXTENSIONS: readonly string[] = [
  'jpg',
  'jpeg',
  'jfif',
  'png',
  'webp',
  'avif',
  'tif',
  'tiff',
  'gif',
  'bmp',
  'pgm',
  'ppm',
  'pnm',
];

/** Whether a file's name says that it is a picture; what it holds is for the reader to find out. */
export function hasImageExtension(path: string): boolean {
  return IMAGE_EXTENSIONS.includes(extname(path).slice(1).toLowerCase());
}
