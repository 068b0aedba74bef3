import type { Gallery } from '../gallery/gallery.ts';
import { openGallery } from '../gallery/open-gallery.ts';

/** Opens a gallery that exists. @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT` */
export function openExistingGallery(url: string): Promise<Gallery> {
  return openGallery(url, { create: false, thumbnails: true });
}
