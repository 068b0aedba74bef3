import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import type { PhotoReads } from '../../gallery/stores/photos/photo-store.ts';
import { createCanvas, drawImage } from '../../node/image/canvas.ts';
import { contactSheet } from '../../node/image/contact-sheet.ts';
import { readImage } from '../../node/image/read-image.ts';

/** Faces with something to say of them. */
export interface SheetRow {
  readonly caption: string;
  /** The first ones are shown. */
  readonly faceIds: readonly string[];
}

/** Side of a face on a sheet, in pixels. */
const FACE_SIZE = 112;
/** What a tile is where no crop was kept. */
const EMPTY = [225, 229, 234] as const;
/** Cards on one sheet at most: more make a picture that nobody looks at. */
export const MOST_ON_A_SHEET = 200;

/**
 * A sheet of faces, so that somebody can look at them: a card a row of `rows`, with up to `perCard` faces in it.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND` where there is nothing to show
 */
export async function faceSheet(
  store: Pick<PhotoReads, 'findThumbnail'>,
  rows: readonly SheetRow[],
  { title, perCard = 1 }: { readonly title?: string | undefined; readonly perCard?: number | undefined } = {},
): Promise<Image> {
  if (rows.length === 0) throw new FaceTriggerError('ERR_NOT_FOUND', 'There are no faces to make a sheet of');
  const columns = Math.min(3, Math.ceil(Math.sqrt(perCard)));
  const height = Math.ceil(perCard / columns) * FACE_SIZE;
  const tiles: { readonly image: Image; readonly caption: string }[] = [];
  for (const { caption, faceIds } of rows.slice(0, MOST_ON_A_SHEET)) {
    const card = createCanvas(FACE_SIZE * columns, height, EMPTY);
    for (const [place, faceId] of faceIds.slice(0, perCard).entries()) {
      const face = await faceCrop(store, faceId);
      const left = FACE_SIZE * (place % columns);
      const top = FACE_SIZE * Math.floor(place / columns);
      if (face) drawImage(card, resizeImage(face, { width: FACE_SIZE, height: FACE_SIZE }), { left, top });
    }
    tiles.push({ image: card, caption });
  }
  return contactSheet(tiles, { title, tileWidth: Math.max(2 * FACE_SIZE, FACE_SIZE * columns) });
}

async function faceCrop(store: Pick<PhotoReads, 'findThumbnail'>, faceId: string): Promise<Image | null> {
  const found = await store.findThumbnail(faceId);
  // A picture that cannot be read leaves an empty place: the others are to be seen.
  return found?.thumbnail ? readImage(found.thumbnail, { colorMode: 'rgb' }).catch(() => null) : null;
}
