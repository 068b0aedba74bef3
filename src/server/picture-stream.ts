import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { CameraView } from '../home/cameras/camera-view.ts';

const BOUNDARY = 'face-trigger-frame';
/** Type of what {@link streamPictures} writes. */
export const PICTURES_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;
/** How long a viewer has to take the rest when the server stops, in milliseconds. */
const END_MS = 2000;

/**
 * Writes live pictures of cameras to a viewer until the signal fires or all cameras have ended. A viewer who is slow gets
 * fewer pictures, and no memory.
 *
 * @param raw - whose head is written
 * @remarks Each part names its camera in the header x-camera, percent-encoded as in an address.
 */
export async function streamPictures(
  raw: ServerResponse,
  cameras: readonly CameraView[],
  signal: AbortSignal,
): Promise<void> {
  // Without this the answer would begin with the first picture, and a browser would wait for it.
  raw.flushHeaders();
  raw.on('error', () => undefined);
  const show = async (camera: CameraView): Promise<void> => {
    for (;;) {
      const picture = await camera.nextPicture(signal);
      if (picture === null) return;
      raw.write(
        `--${BOUNDARY}\r\ncontent-type: image/jpeg\r\ncontent-length: ${picture.length}\r\nx-camera: ${encodeURIComponent(camera.name)}\r\n\r\n`,
      );
      raw.write(picture);
      raw.write('\r\n');
      if (raw.writableNeedDrain) await once(raw, 'drain', { signal });
    }
  };
  try {
    await Promise.all(cameras.map(show));
  } catch {
    // The viewer is gone, the server stops, or a picture could not be made: the viewer comes again.
  }
  raw.end(`--${BOUNDARY}--\r\n`);
  const { socket } = raw.req;
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), END_MS);
  raw.once('close', () => clearTimeout(timer));
  raw.once('finish', () => clearTimeout(timer));
}
