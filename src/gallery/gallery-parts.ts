import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import { assertPort } from '../core/options/assert-port.ts';
import type { FaceIndex, PeopleIndex } from './index/face-index.ts';
import type { GalleryStore } from './stores/gallery-store.ts';

/** What a `Gallery` is made of. */
export interface GalleryParts {
  /** Where people and faces are kept. The gallery disposes of it. */
  readonly store: GalleryStore;
  /**
   * What distances between the embedder's embeddings mean. A function is asked the first time that it is needed, and may
   * throw.
   */
  readonly distances: EmbedderDistances | (() => EmbedderDistances);
  /** Finds near faces; the gallery disposes of it. @defaultValue a `MemoryIndex` without a native engine */
  readonly index?: FaceIndex | PeopleIndex | undefined;
  /** Whether pictures of faces may be kept. @defaultValue false */
  readonly thumbnails?: boolean | undefined;
  /**
   * What distances say, where it is better known than for photos in general: P(same | distance to one face) =
   * 1 / (1 + exp(scale * (distance - midpoint))), both equally likely beforehand. @defaultValue what was learned of the
   * gallery's embedder
   */
  readonly calibration?: { readonly midpoint: number; readonly scale: number } | undefined;
  /** Told once, in one sentence, where the clock says that whoever has expired has to go and is not believed yet. */
  readonly onClockDoubt?: ((message: string) => void) | undefined;
  /** Told once, in one sentence, where embeddings of even length meet others: see `Gallery.evenLength`. */
  readonly onMixedLengths?: ((message: string) => void) | undefined;
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a store or an index that is none */
export function assertGalleryParts({ store, index }: GalleryParts): void {
  const methods = ['transaction', 'cursor', 'changesSince', 'dispose'];
  assertPort(store, 'parts.store', { port: 'a GalleryStore', methods, facts: ['settings'] });
  if (index === undefined) return;
  const isOfStore = typeof index === 'object' && index !== null && 'nearestPeople' in index;
  const finds = isOfStore ? ['nearestPeople'] : ['nearest', 'about'];
  assertPort(index, 'parts.index', { port: 'a FaceIndex', methods: ['refresh', ...finds, 'dispose'] });
}
