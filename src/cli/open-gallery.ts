import { SqliteGallery } from '../gallery/sqlite-gallery.ts';

/** Opens a gallery that exists. @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT` */
export function openGallery(path: string): Promise<SqliteGallery> {
  return SqliteGallery.create({ path, createFile: false, thumbnails: true });
}
