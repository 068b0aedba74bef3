import type { Box } from '../../../core/geometry/box.ts';

/** A photo of an album; paths are from the album's folder. */
export interface AlbumPhoto {
  readonly page: string;
  /** `null` where the photo could not be read. */
  readonly picture: { readonly small: string; readonly large: string } | null;
  /** The file's. */
  readonly name: string;
  /** Such as 2020-05-17. */
  readonly day: string | null;
  readonly width: number;
  readonly height: number;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly page: string;
    readonly boxes: readonly Box[];
  }[];
}

/** Somebody in an album. */
export interface AlbumPerson {
  readonly id: string;
  readonly name: string;
  readonly page: string;
  readonly photos: readonly AlbumPhoto[];
}
