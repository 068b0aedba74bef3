import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { alignFace } from '../../core/align/aligned-face.ts';
import type { EmbedderProfile } from '../../core/embed/embedder-profile.ts';
import { modelMark } from '../../core/embed/model-mark.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import type { Face } from '../../core/pipeline/face.ts';
import type { AnalyzeOptions } from '../../core/pipeline/face-pipeline.ts';
import { mainFaces } from '../../core/pipeline/main-faces.ts';
import { faceQuality } from '../../core/quality/face-quality.ts';
import { qualityFacts } from '../../gallery/review-face.ts';
import type { PhotoFaceRow, PhotoRow } from '../../gallery/stores/photos/photo-store.ts';
import { whyNotRead } from '../../node/files/why-not-read.ts';
import { encodeImage } from '../../node/image/encode-image.ts';
import { loadImageBytes } from '../../node/image/image-source.ts';
import { readImage, readImageHeader } from '../../node/image/read-image.ts';
import { readTakenAt } from '../../node/image/taken-at.ts';
import { createFileSource } from '../../watch/source/file-source.ts';
import { probeVideo } from '../../watch/source/probe-video.ts';
import type { FoundFile } from './found-file.ts';

/** Largest picture that is read, in bytes: RAW files of today's largest sensors stay below. */
export const MAX_PHOTO_BYTES = 250_000_000;
/** Frames of films are not looked at larger than this many pixels wide. */
const FILM_WIDTH = 1920;

/** Finds and embeds the faces of an image. */
export type AnalyzePhoto = (image: Image, options: AnalyzeOptions) => Promise<readonly Face[]>;

/** With what faces are read. */
export interface FaceReading {
  readonly analyze: AnalyzePhoto;
  readonly profile: EmbedderProfile;
  readonly settings: AnalyzeOptions;
  /** Milliseconds between two frames of a film that are looked at. */
  readonly everyMs: number;
  readonly ffmpegPath: string | null;
  readonly signal: AbortSignal;
  /** Told the milliseconds that a step took. */
  readonly onTime: (step: 'reading' | 'decoding' | 'networks' | 'crops', ms: number) => void;
}

/** A photo with its faces, not kept yet. */
export interface ReadPhoto {
  readonly photo: PhotoRow;
  readonly faces: readonly PhotoFaceRow[];
}

/** The content of a file: its hash, and for a picture its bytes. */
export interface FileContent {
  readonly sha256: string;
  readonly bytes: Uint8Array | null;
}

/** Reads a file and tells what it holds. @throws FaceTriggerError as `readImage` */
export async function readContent(file: FoundFile, { signal, onTime }: FaceReading): Promise<FileContent> {
  const begun = performance.now();
  const hash = createHash('sha256');
  let bytes: Uint8Array | null = null;
  if (file.isFilm) {
    try {
      for await (const chunk of createReadStream(file.path, { signal, highWaterMark: 2 ** 20 }))
        hash.update(chunk as Uint8Array);
    } catch (cause) {
      if (signal.aborted) throw cause;
      const message = `Could not read ${file.path}: ${whyNotRead(cause)}`;
      throw new FaceTriggerError('ERR_FILE_READ', message, { cause });
    }
  } else {
    bytes = await loadImageBytes(file.path, { maxBytes: MAX_PHOTO_BYTES, signal });
    hash.update(bytes);
  }
  onTime('reading', performance.now() - begun);
  return { sha256: hash.digest('hex'), bytes };
}

/** Looks for the faces in a content that is not known yet. @throws FaceTriggerError as `readImage`, `ERR_VIDEO_SOURCE` */
export function readFaces(file: FoundFile, content: FileContent, reading: FaceReading): Promise<ReadPhoto> {
  return content.bytes === null
    ? readFilm(file, content, reading)
    : readPicture(content.bytes, content, reading);
}

async function readPicture(
  bytes: Uint8Array,
  { sha256 }: FileContent,
  reading: FaceReading,
): Promise<ReadPhoto> {
  const begun = performance.now();
  const limits = { maxBytes: MAX_PHOTO_BYTES, signal: reading.signal };
  const { format } = await readImageHeader(bytes, limits);
  const image = await readImage(bytes, limits);
  reading.onTime('decoding', performance.now() - begun);
  const id = crypto.randomUUID();
  const faces = await facesIn(image, { photoId: id, frameMs: null }, reading);
  const { width, height } = image;
  const kind = format === 'raw' ? 'raw' : 'picture';
  const takenAt = readTakenAt(bytes);
  const model = modelMark(reading.profile);
  const photo = { id, sha256, kind, width, height, durationMs: null, takenAt, model } as const;
  return { photo: { ...photo, scannedAt: new Date() }, faces };
}

async function readFilm(
  { path }: FoundFile,
  { sha256 }: FileContent,
  reading: FaceReading,
): Promise<ReadPhoto> {
  const { ffmpegPath, everyMs, profile, signal } = reading;
  const { durationMs, createdAt } = await probeVideo(path, { ffmpegPath: ffmpegPath! });
  const id = crypto.randomUUID();
  const faces: PhotoFaceRow[] = [];
  let size = { width: 0, height: 0 };
  const film = createFileSource(path, {
    ffmpegPath: ffmpegPath!,
    fps: 1000 / everyMs,
    maxWidth: FILM_WIDTH,
  });
  let begun = performance.now();
  for await (const item of film.open(signal)) {
    if (item.type !== 'frame') continue;
    reading.onTime('decoding', performance.now() - begun);
    const { image, timeMs, release } = item.frame;
    size = { width: image.width, height: image.height };
    faces.push(...(await facesIn(image, { photoId: id, frameMs: Math.round(timeMs) }, reading)));
    release();
    begun = performance.now();
  }
  const photo = { id, sha256, kind: 'film', ...size, durationMs, takenAt: createdAt } as const;
  return { photo: { ...photo, model: modelMark(profile), scannedAt: new Date() }, faces };
}

async function facesIn(
  image: Image,
  place: { readonly photoId: string; readonly frameMs: number | null },
  { analyze, profile, settings, onTime }: FaceReading,
): Promise<PhotoFaceRow[]> {
  let begun = performance.now();
  const faces = await analyze(image, settings);
  onTime('networks', performance.now() - begun);
  begun = performance.now();
  const rows: PhotoFaceRow[] = [];
  const count = mainFaces(faces).length;
  for (const { box, landmarks, score, turn, embedding } of faces) {
    const aligned = alignFace(image, landmarks, profile.chip);
    const quality = faceQuality(aligned);
    rows.push({
      ...{ id: crypto.randomUUID(), ...place, box, score, quality: quality.score },
      landmarks: { layout: landmarks.layout.name, points: landmarks.points },
      facts: qualityFacts(quality, count, turn),
      embedding: embedding!,
      model: modelMark(profile),
      thumbnail: await encodeImage(aligned.chip, { format: 'jpeg' }),
    });
  }
  onTime('crops', performance.now() - begun);
  return rows;
}
