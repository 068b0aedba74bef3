import type { MigrateGalleryOptions } from '../../gallery/migrate/migrate-gallery.ts';

/** How a library goes over to other models. */
export interface MigratePhotosOptions
  extends Pick<
    MigrateGalleryOptions,
    | 'models'
    | 'precision'
    | 'ownModels'
    | 'dropMissing'
    | 'dryRun'
    | 'force'
    | 'restart'
    | 'backup'
    | 'commercial'
    | 'threads'
    | 'signal'
    | 'onProgress'
  > {}
