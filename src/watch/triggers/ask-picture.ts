import type { WatchEvent } from '../watch-event.ts';
import { type EventPicture, readEventPicture } from './event-picture.ts';

/** Asks for the picture of an event's face, by default that of the file that it names. */
export async function askPicture(
  picture: EventPicture | undefined,
  event: WatchEvent,
): Promise<Buffer | null> {
  const bytes = await (picture ?? readEventPicture)(event);
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
