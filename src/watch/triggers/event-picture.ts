import { readFile, stat } from 'node:fs/promises';
import type { WatchEvent } from '../watch-event.ts';

/** Gives the picture of the face that an event is about: a JPEG; null where there is none. */
export type EventPicture = (event: WatchEvent) => Promise<Uint8Array | null>;

// A face with its surroundings has some tens of kilobytes.
const MAX_BYTES = 5_000_000;

/** Reads the picture that an event names, as {@link EventPicture}. */
export async function readEventPicture(event: WatchEvent): Promise<Uint8Array | null> {
  const path = 'snapshot' in event ? event.snapshot : null;
  if (path === null) return null;
  try {
    return (await stat(path)).size > MAX_BYTES ? null : await readFile(path);
  } catch (error) {
    // Kept for a while only: an event that comes late tells what it can.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
