import type { Image } from '../../src/core/image/image.ts';
import type { CameraView } from '../../src/home/cameras/camera-view.ts';
import type { FrameFace } from '../../src/watch/watch-engine.ts';

/** Shows frames to a camera's view as a camera does, one after the other and again from the first, until it is ended. */
export function loopCamera(
  view: CameraView,
  frames: readonly Image[],
  { everyMs = 20, faces = [] }: { readonly everyMs?: number; readonly faces?: readonly FrameFace[] } = {},
): { stop(): void } {
  let index = 0;
  const timer = setInterval(() => {
    const stats = {
      frames: index,
      dropped: 0,
      fps: 1000 / everyMs,
      detections: 0,
      embeddings: 0,
      stageMs: {},
    };
    view.observe({ image: frames[index % frames.length]!, timeMs: index * everyMs, index, faces, stats });
    index++;
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}
