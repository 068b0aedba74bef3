import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chooseFace } from '../../dist/evaluate/face-reader.js';

/** Paths of all pictures below a folder, in order. */
export function listPictures(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

/** The face nearest the middle of a picture, with its landmarks; null where there is none. */
export async function mainFace({ finder }, image, minFaceSize) {
  const { width, height } = image;
  return chooseFace({ faces: await finder.find(image, { minFaceSize }), width, height }, 'center');
}
