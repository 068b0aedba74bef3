import { invalidArgument } from '../core/errors.ts';
import type { Gallery } from './gallery.ts';
import { type OpenGalleryOptions, openGallery } from './open-gallery.ts';

/** How a gallery file was opened in version 0.1. */
export interface SqliteGalleryOptions extends Omit<OpenGalleryOptions, 'create'> {
  /** The file; made where it does not exist. */
  readonly path: string;
  /** Whether a file that does not exist is made. @defaultValue true */
  readonly createFile?: boolean | undefined;
}

/** @deprecated Since 0.2 all galleries are a {@link Gallery}. */
export type SqliteGallery = Gallery;

/** @deprecated Call {@link openGallery}, which does the same. */
export const SqliteGallery = {
  /** @deprecated Call `openGallery(path, { create: createFile, ... })`. */
  create({ path, createFile, ...options }: SqliteGalleryOptions): Promise<Gallery> {
    if (typeof path !== 'string') throw invalidArgument('the path of a file', 'options.path', path);
    // A path may begin with what would be a scheme.
    return openGallery(`sqlite:${path}`, { ...options, create: createFile });
  },
};
