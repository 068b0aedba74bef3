import type { PostgresDatabase } from './postgres-database.ts';

/** What the triggers of the tables notify, with the number of the gallery. */
export const CHANGE_CHANNEL = 'face_trigger';

/**
 * Calls back when a gallery may have changed: at each notification, after each loss of the connection, and every second.
 *
 * @returns a function that ends it
 */
export function listenForChanges(
  database: PostgresDatabase,
  gallery: number,
  wake: () => void,
): () => Promise<void> {
  return database.hear(CHANGE_CHANNEL, (payload) => {
    if (payload === null || payload === String(gallery)) wake();
  });
}
