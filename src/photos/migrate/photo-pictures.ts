import { type AlignedFace, alignFace } from '../../core/align/aligned-face.ts';
import { layoutsOf } from '../../core/align/chip-template.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { iou } from '../../core/geometry/box.ts';
import type { Image } from '../../core/image/image.ts';
import type { Landmarks } from '../../core/landmark/landmarks.ts';
import { type FacePictures, SAME_PLACE } from '../../gallery/migrate/face-pictures.ts';
import type { MigrationPipelines } from '../../gallery/migrate/migrate-store.ts';
import type { PhotoReads, StoredPhoto, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import { readImage } from '../../node/image/read-image.ts';
import { originalBytes } from '../original-bytes.ts';
import { MAX_PHOTO_BYTES } from '../scan/read-faces.ts';

/** A face cut out for new models: of its photo, or of the crop that is kept. */
export interface FoundAgain {
  readonly face: AlignedFace;
  readonly from: 'photo' | 'crop';
}

/**
 * Finds the pictures that faces of photos are embedded anew from: the photo, as long as a file still has its content,
 * else the crop that is kept. Of films, crops.
 *
 * @remarks A photo is read once for all of its faces if they are asked for one after the other.
 */
export class PhotoPictures {
  readonly #store: PhotoReads;
  readonly #pipelines: MigrationPipelines;
  readonly #crops: FacePictures;
  #open: { readonly photoId: string; readonly image: Image | null } | null = null;

  constructor(store: PhotoReads, pipelines: MigrationPipelines, crops: FacePictures) {
    this.#store = store;
    this.#pipelines = pipelines;
    this.#crops = crops;
  }

  /** @returns `null` where neither shows the face */
  async find(face: StoredPhotoFace): Promise<FoundAgain | null> {
    const image = face.frameMs === null ? await this.#imageOf(face.photoId) : null;
    const inPhoto = image && (await this.#cutOut(image, face));
    if (inPhoto) return { face: inPhoto, from: 'photo' };
    const { thumbnail = null } = (await this.#store.findThumbnail(face.id)) ?? {};
    const kept = await this.#crops.find({ embedding: face.embedding, source: null, person: '', thumbnail });
    return 'face' in kept ? { face: kept.face, from: 'crop' } : null;
  }

  async #cutOut(image: Image, face: StoredPhotoFace): Promise<AlignedFace | null> {
    const { next } = this.#pipelines;
    const landmarks = this.#landmarksOf(face);
    if (landmarks) return alignFace(image, landmarks, next.embedder.profile.chip);
    let best: {
      readonly found: Awaited<ReturnType<typeof next.find>>[number];
      readonly overlap: number;
    } | null = null;
    for (const found of await next.find(image)) {
      const overlap = iou(found.box, face.box);
      if (overlap >= SAME_PLACE && overlap > (best?.overlap ?? 0)) best = { found, overlap };
    }
    return best && next.align(image, [best.found])[0]!;
  }

  /** The points that are kept, where the new models cut out by such. */
  #landmarksOf({ landmarks: { layout: name, points } }: StoredPhotoFace): Landmarks | null {
    const { next, own } = this.#pipelines;
    const { chip } = next.embedder.profile;
    if (!layoutsOf(chip).includes(name)) return null;
    const layout = [chip.layout, own?.embedder.profile.chip.layout].find((one) => one?.name === name);
    return layout ? { layout, points } : null;
  }

  async #imageOf(photoId: string): Promise<Image | null> {
    if (this.#open?.photoId !== photoId) {
      this.#open = null;
      const photo = (await this.#store.photos([photoId])).get(photoId);
      this.#open = { photoId, image: photo ? await readContent(photo) : null };
    }
    return this.#open.image;
  }
}

/** The picture as it was scanned; `null` where no file has this content any more, or it cannot be read. */
async function readContent(photo: StoredPhoto): Promise<Image | null> {
  const bytes = await originalBytes(photo);
  if (bytes === null) return null;
  try {
    const image = await readImage(bytes, { maxBytes: MAX_PHOTO_BYTES });
    // Boxes are in the pixels that the scan saw.
    return image.width === photo.width && image.height === photo.height ? image : null;
  } catch (error) {
    if (error instanceof FaceTriggerError) return null;
    throw error;
  }
}
