import type { Gallery } from '../../gallery/gallery.ts';
import { openGallery } from '../../gallery/open-gallery.ts';

/**
 * Opens a gallery that exists.
 *
 * @param options.models - the pack whose embedder made its faces: what their distances mean is told there
 * @param thumbnails - whether new faces keep a small picture. @defaultValue true
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`
 */
export function openExistingGallery(
  url: string,
  { models }: { readonly models?: string | undefined } = {},
  thumbnails = true,
): Promise<Gallery> {
  return openGallery(url, { create: false, thumbnails, models });
}
