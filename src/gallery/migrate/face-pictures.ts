import type { AlignedFace } from '../../core/align/aligned-face.ts';
import { type ChipTemplate, layoutsOf } from '../../core/align/chip-template.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { boxArea, iou } from '../../core/geometry/box.ts';
import type { Point } from '../../core/geometry/point.ts';
import { frameImage } from '../../core/image/frame-image.ts';
import type { Image } from '../../core/image/image.ts';
import { eyeCenters, type Landmarks } from '../../core/landmark/landmarks.ts';
import type { Face as FoundFace } from '../../core/pipeline/face.ts';
import { readImage } from '../../node/image/read-image.ts';
import type { FacePipeline } from '../../pipeline/face-pipeline.ts';
import type { SourceFiles } from './source-files.ts';

/** Why a face can't be embedded anew. */
export const MISSING_REASONS = {
  'no-picture': 'no picture is kept, and no file of its source is there',
  'no-face': 'no face is found in the picture that is kept',
  'too-small': 'the picture that is kept is too small for the new models',
  unreadable: 'its picture cannot be read',
  'another-face': 'the files of its source show somebody else',
} as const;
export type MissingReason = keyof typeof MISSING_REASONS;

/** A face of a gallery, or a negative example, that is to be embedded anew. */
export interface PicturedFace {
  readonly embedding: Float32Array;
  readonly source: string | null;
  /** The name of the person whose it is. */
  readonly person: string;
  /** The picture that is kept. */
  readonly thumbnail: Uint8Array | null;
}

/** A face cut out for the new embedder, and where it was. */
export type FoundPicture =
  | { readonly face: AlignedFace; readonly from: 'kept' | 'source' }
  | { readonly missing: MissingReason };

/** What {@link FacePictures} works with. */
export interface FacePicturesParts {
  /** The new models. */
  readonly next: FacePipeline;
  /** The gallery's own models, which tell whether a picture shows the face; `null` where they are not installed. */
  readonly own: FacePipeline | null;
  readonly sources: SourceFiles | null;
  /** Whether two of the gallery's own embeddings are of one photo, however it was cut and compressed. */
  readonly isSamePhoto: (a: Float32Array, b: Float32Array) => boolean;
}

/** A kept face with eyes nearer to each other than this share of the new chip's is too coarse for it. */
const LEAST_DETAIL = 0.6;
/** The new models' box of a face covers the old ones' by at least so much (intersection over union). */
export const SAME_PLACE = 0.2;

/** Finds the pictures that a gallery's faces are embedded anew from: those that are kept, else the files they came from. */
export class FacePictures {
  readonly #parts: FacePicturesParts;

  constructor(parts: FacePicturesParts) {
    this.#parts = parts;
  }

  /** @throws FaceTriggerError where models fail, and `ERR_ABORTED` */
  async find(face: PicturedFace): Promise<FoundPicture> {
    const kept = await this.#kept(face);
    if ('face' in kept) return kept;
    const source = await this.#source(face);
    if ('face' in source) return source;
    // What is kept says more about why than a file that is not there.
    return kept.missing === 'no-picture' ? source : kept;
  }

  async #kept({ thumbnail, embedding }: PicturedFace): Promise<FoundPicture> {
    if (thumbnail === null) return { missing: 'no-picture' };
    const image = await readOrNull(thumbnail);
    if (image === null) return { missing: 'unreadable' };
    const { next, own } = this.#parts;
    const { chip } = next.embedder.profile;
    if (own && (await this.#isOwnChip(image, embedding))) {
      // The same chip does for the new embedder where that takes chips alone: one made of several networks cuts more.
      if (!next.embedder.embedFaces && isSameCut(chip, own.embedder.profile.chip)) {
        return { face: asChip(image, chip), from: 'kept' };
      }
      return (await this.#inKept(image, largest)) ?? { missing: 'no-face' };
    }
    // A picture that a program gave may show others too.
    if (own === null) return (await this.#inKept(image, only)) ?? { missing: 'another-face' };
    const same = (picture: Image, faces: readonly FoundFace[]) =>
      this.#sameFace(picture, faces, { own, embedding });
    return (await this.#inKept(image, same)) ?? { missing: 'another-face' };
  }

  /** Whether a kept picture is the chip that the gallery's own embedder made the embedding of. */
  async #isOwnChip(image: Image, embedding: Float32Array): Promise<boolean> {
    const { own, isSamePhoto } = this.#parts;
    if (own === null || own.embedder.embedFaces || !isChipOf(image, own)) return false;
    const [again] = await own.embed([asChip(image, own.embedder.profile.chip)]);
    return isSamePhoto(again!, embedding);
  }

  /** Detectors miss faces that fill their picture: it is searched once more with room around it. */
  async #inKept(
    image: Image,
    choose: (picture: Image, faces: readonly FoundFace[]) => Promise<FoundFace | null> | FoundFace | null,
  ): Promise<FoundPicture | null> {
    const { next } = this.#parts;
    for (const picture of [image, frameImage(image, Math.ceil(Math.max(image.width, image.height) / 2))]) {
      const chosen = await choose(picture, await next.find(picture, { turned: false }));
      if (chosen === null) continue;
      const face = next.align(picture, [chosen])[0]!;
      return isTooSmall(face.landmarks, next.embedder.profile.chip)
        ? { missing: 'too-small' }
        : { face, from: 'kept' };
    }
    return null;
  }

  async #source({ source, person, embedding }: PicturedFace): Promise<FoundPicture> {
    const { next, own, sources } = this.#parts;
    const files = sources?.of(source, person) ?? [];
    if (files.length === 0) return { missing: 'no-picture' };
    // Names such as 1.jpg are everybody's: without the gallery's own models nothing tells which is meant.
    if (own === null && files.length > 1) return { missing: 'another-face' };
    let isRead = false;
    for (const file of files) {
      const image = await readOrNull(file);
      if (image === null) continue;
      isRead = true;
      const faces = await next.find(image);
      // Without the gallery's own models nothing tells which of several faces is meant.
      const face = own ? await this.#sameFace(image, faces, { own, embedding }) : only(image, faces);
      if (face) return { face: next.align(image, [face])[0]!, from: 'source' };
    }
    return { missing: isRead ? 'another-face' : 'unreadable' };
  }

  /** The face that the gallery's own models embed as they did, where the new ones see it. */
  async #sameFace(
    image: Image,
    faces: readonly FoundFace[],
    { own, embedding }: Pick<PicturedFace, 'embedding'> & { readonly own: FacePipeline },
  ): Promise<FoundFace | null> {
    const { isSamePhoto } = this.#parts;
    const before = await own.find(image);
    const embeddings = await own.embed(own.align(image, before));
    const at = before.find((_, i) => isSamePhoto(embeddings[i]!, embedding));
    if (!at) return null;
    const covers = (face: FoundFace) => iou(face.box, at.box);
    const best = faces.reduce<FoundFace | null>(
      (nearest, face) => (nearest === null || covers(face) > covers(nearest) ? face : nearest),
      null,
    );
    return best && covers(best) >= SAME_PLACE ? best : null;
  }
}

function largest(_picture: Image, faces: readonly FoundFace[]): FoundFace | null {
  return faces.reduce<FoundFace | null>(
    (best, face) => (best === null || boxArea(face.box) > boxArea(best.box) ? face : best),
    null,
  );
}

/** The face where there is one alone. */
function only(_picture: Image, faces: readonly FoundFace[]): FoundFace | null {
  return faces.length === 1 ? faces[0]! : null;
}

/** Whether two embedders cut a face out alike, so that one's chip is the other's. */
export function isSameCut(a: ChipTemplate, b: ChipTemplate): boolean {
  const facts = ({ size, points, fit = 'span' }: ChipTemplate) => JSON.stringify([size, points, fit]);
  return facts(a) === facts(b) && layoutsOf(a)[0] === layoutsOf(b)[0];
}

function isChipOf({ width, height }: Image, { embedder }: FacePipeline): boolean {
  const { size } = embedder.profile.chip;
  return width === size && height === size;
}

/** A picture that is a chip already. */
function asChip(image: Image, template: ChipTemplate): AlignedFace {
  const { size, layout } = template;
  const place = { left: 0, top: 0, right: size - 1, bottom: size - 1, angle: 0 };
  return {
    chip: image,
    landmarks: { layout, points: placesIn(template) },
    source: { image, place, origin: [0, 0] },
  };
}

function placesIn({ size, points }: ChipTemplate): Point[] {
  return points.map(([x, y]): Point => [x * size, y * size]);
}

function isTooSmall(landmarks: Landmarks, template: ChipTemplate): boolean {
  const wanted = eyeDistance({ layout: template.layout, points: placesIn(template) });
  return eyeDistance(landmarks) < wanted * LEAST_DETAIL;
}

function eyeDistance(landmarks: Landmarks): number {
  const { left, right } = eyeCenters(landmarks);
  return Math.hypot(left[0] - right[0], left[1] - right[1]);
}

/** @returns `null` for what is no picture any more */
async function readOrNull(source: string | Uint8Array): Promise<Image | null> {
  try {
    return await readImage(source, { colorMode: 'rgb' });
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code !== 'ERR_ABORTED') return null;
    throw error;
  }
}
