import type { SkippedFile } from '../../dataset/skipped-file.ts';
import type { ShareBox } from '../metadata/photo-region.ts';

/** A photo of another program, and who is in it by its word. */
export interface NamedPhoto {
  /** Of a file on this machine. */
  readonly path: string;
  readonly people: readonly PersonInPhoto[];
}

/** Somebody in a {@link NamedPhoto}. */
export interface PersonInPhoto {
  readonly name: string;
  /** In the picture as it is shown; `null`: the photo is a portrait of this person, whose face is its main face. */
  readonly box: ShareBox | null;
}

/** What another program has. */
export interface MoveInSource {
  /** Photos in a fixed order, read one by one. */
  photos(): AsyncIterable<NamedPhoto> | Iterable<NamedPhoto>;
  /** Folders that hold all of the photos, to be scanned. */
  readonly folders: readonly string[];
  /** What is left out. */
  readonly skipped: readonly SkippedFile[];
  /** What the user should know, in words. */
  readonly notes: readonly string[];
}
