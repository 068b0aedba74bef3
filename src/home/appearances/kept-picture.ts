import type { AppearanceStore } from '../../gallery/stores/appearances/appearance-store.ts';
import { type EventPicture, readEventPicture } from '../../watch/triggers/event-picture.ts';
import { openPicture } from './picture-seal.ts';

/**
 * Pictures for whoever is told of events: of the file that an event names, and where there is none, of the best face
 * that is kept of its appearance.
 *
 * @param key - opens those that were sealed; without it, asking for one throws `ERR_UNAVAILABLE`
 */
export function keptPicture(store: AppearanceStore, key: Uint8Array | null): EventPicture {
  return async (event) => {
    const file = await readEventPicture(event);
    if (file !== null || !('appearance' in event) || event.appearance === undefined) return file;
    for (const { id, hasPicture } of await store.facesOf([event.appearance])) {
      const bytes = hasPicture ? (await store.findPicture(id))?.picture : null;
      if (bytes) return openPicture(bytes, id, key);
    }
    return null;
  };
}
