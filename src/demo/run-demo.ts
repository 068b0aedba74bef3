import { copyFile, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { annotateImage } from '../node/image/annotate.ts';
import { type ContactSheetTile, contactSheet } from '../node/image/contact-sheet.ts';
import { writeImage } from '../node/image/encode-image.ts';
import { readImage } from '../node/image/read-image.ts';
import { faceMarks } from '../pipeline/face-marks.ts';
import { FacePipeline } from '../pipeline/face-pipeline.ts';
import { type TrainModelFolderResult, trainModelFolder } from '../pipeline/train-model-folder.ts';
import { readVideoFrames } from '../watch/video-frames.ts';
import { demoFfmpeg, demoMediaFolder } from './demo-media.ts';
import { DEMO_PEOPLE, DEMO_PROBES, type DemoPerson, type DemoProbe, ENROLL_FPS } from './demo-plan.ts';

/** One face of the demo, or a picture without any. */
export interface DemoSighting {
  readonly file: string;
  /** Of the frame in a video. */
  readonly timeMs: number | null;
  readonly expected: string | null;
  readonly face: Face | null;
  /** Whether the name is the expected one; 'no-face' is neither. */
  readonly verdict: 'right' | 'wrong' | 'no-face';
}

/** Where the demo put its results. */
export interface DemoResult {
  readonly peopleFolder: string;
  readonly modelFolder: string;
  readonly contactSheet: string;
  readonly right: number;
  readonly wrong: number;
  readonly withoutFace: number;
}

/** Options of {@link runDemo}. */
export interface DemoOptions {
  /** Folder for the results; its `people` and `model` folders are made anew. */
  readonly out: string;
  readonly createdBy: string;
  /** A pack of models, by its name or the path of its folder. @defaultValue the package's */
  readonly models?: string | undefined;
  /** Called when the people are learned. */
  readonly onTrained: (result: TrainModelFolderResult) => Promise<void>;
  /** Called for each face, as soon as it is named. */
  readonly onSighting: (sighting: DemoSighting) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Learns two people from photos and a video and names the faces of other videos and photos.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FFMPEG_NOT_FOUND`, `ERR_FILE_WRITE`, `ERR_ABORTED`
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { out, createdBy, models, signal } = options;
  const media = { folder: demoMediaFolder(), ffmpegPath: await demoFfmpeg(), signal };
  const peopleFolder = join(out, 'people');
  const modelFolder = join(out, 'model');
  await collectPhotos(peopleFolder, media);
  {
    await using pipeline = await FacePipeline.create({ models });
    await options.onTrained(
      await trainModelFolder(peopleFolder, pipeline, { out: modelFolder, createdBy, signal }),
    );
  }
  await using pipeline = await FacePipeline.create({ modelFolder, models });
  const counts = { right: 0, wrong: 0, 'no-face': 0 };
  const tiles: ContactSheetTile[] = [];
  for (const probe of DEMO_PROBES) {
    for await (const { image, timeMs } of probeImages(probe, media)) {
      const faces = await pipeline.analyze(image, { embeddings: false });
      const sightings = judge(probe, { timeMs, faces });
      for (const sighting of sightings) {
        counts[sighting.verdict]++;
        await options.onSighting(sighting);
      }
      tiles.push(await tile(image, faces, sightings));
    }
  }
  const path = join(out, 'contact-sheet.png');
  const { right, wrong, 'no-face': withoutFace } = counts;
  const title = `face-trigger demo: ${right} right, ${wrong} wrong`;
  await writeImage(path, await contactSheet(tiles, { title }));
  return { peopleFolder, modelFolder, contactSheet: path, right, wrong, withoutFace };
}

interface Media {
  readonly folder: string;
  readonly ffmpegPath: string;
  readonly signal: AbortSignal;
}

// The same layout that users make for their own people, so that `face-trigger train` can be tried on it.
async function collectPhotos(peopleFolder: string, media: Media): Promise<void> {
  for (const person of DEMO_PEOPLE) {
    const folder = join(peopleFolder, person.label);
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder);
    for (const photo of person.photos) await copyFile(join(media.folder, photo), join(folder, photo));
    await saveFrames(person, folder, media);
  }
}

async function saveFrames({ video }: DemoPerson, folder: string, media: Media): Promise<void> {
  if (video === undefined) return;
  const { ffmpegPath, signal } = media;
  const frames = readVideoFrames(join(media.folder, video), { fps: ENROLL_FPS, ffmpegPath, signal });
  for await (const { image, index } of frames) {
    await writeImage(join(folder, `${parse(video).name} ${index + 1}.png`), image);
  }
}

async function* probeImages(
  { file, fps }: DemoProbe,
  { folder, ffmpegPath, signal }: Media,
): AsyncGenerator<{ image: Image; timeMs: number | null }> {
  const path = join(folder, file);
  if (fps !== undefined) yield* readVideoFrames(path, { fps, ffmpegPath, signal });
  else yield { image: await readImage(path, { signal }), timeMs: null };
}

function judge(
  { file, expected }: DemoProbe,
  { timeMs, faces }: { timeMs: number | null; faces: readonly Face[] },
): DemoSighting[] {
  if (faces.length === 0) return [{ file, timeMs, expected, face: null, verdict: 'no-face' }];
  return faces.map((face) => {
    const verdict = face.identity!.label === expected ? 'right' : 'wrong';
    return { file, timeMs, expected, face, verdict };
  });
}

async function tile(
  image: Image,
  faces: readonly Face[],
  sightings: readonly DemoSighting[],
): Promise<ContactSheetTile> {
  const { file, timeMs, verdict } = sightings[0]!;
  // The time first, because a caption that is too long is cut at its end.
  const place = timeMs === null ? file : `${(timeMs / 1000).toFixed(0)} s of ${file}`;
  const isWrong = sightings.some((sighting) => sighting.verdict === 'wrong');
  const said = isWrong ? 'WRONG' : verdict === 'no-face' ? 'no face' : 'right';
  const tone = isWrong ? 'unknown' : verdict === 'no-face' ? 'plain' : 'known';
  return { image: await annotateImage(image, faceMarks(faces)), caption: `${said}: ${place}`, tone };
}
