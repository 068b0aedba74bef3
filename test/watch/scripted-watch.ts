import type { Box } from '../../src/core/geometry/box.ts';
import type { Point } from '../../src/core/geometry/point.ts';
import type { Image } from '../../src/core/image/image.ts';
import { DLIB_FIVE_POINTS } from '../../src/models/dlib/five-points.ts';
import type { FaceAnalyzer } from '../../src/watch/face-analyzer.ts';
import type { FrameSource, SourceItem } from '../../src/watch/source/frame-source.ts';

/** Someone in a scripted film: where they are at a time, or nowhere. */
export interface Actor {
  /** What the recognizer says of them; null: nobody known. */
  readonly label: string | null;
  readonly embedding: Float32Array;
  at(timeMs: number): Box | null;
}

const WIDTH = 640;
const HEIGHT = 480;

/** A source of still frames with a given clock; the first four bytes of each hold its time. */
export function scriptedSource(
  durationMs: number,
  options: { fps?: number; extra?: (timeMs: number) => SourceItem | null; live?: boolean } = {},
): FrameSource {
  const step = 1000 / (options.fps ?? 25);
  return {
    name: 'film',
    live: options.live ?? false,
    async *open(signal) {
      for (let index = 0, timeMs = 0; timeMs < durationMs; index++, timeMs = index * step) {
        if (signal.aborted) return;
        const extra = options.extra?.(timeMs);
        if (extra) yield extra;
        const data = new Uint8Array(WIDTH * HEIGHT);
        new DataView(data.buffer).setFloat32(0, timeMs);
        // A band that changes from frame to frame is the motion.
        data.fill((index % 2) * 200, 1000, 60_000);
        yield {
          type: 'frame',
          frame: {
            image: { data, width: WIDTH, height: HEIGHT, channels: 1 },
            timeMs,
            index,
            release: () => undefined,
          },
        };
      }
    },
  };
}

const CHIP = new Uint8Array(150 * 150).map((_, i) => 128 + 60 * Math.sin((i % 150) / 3) * Math.cos(i / 450));

/** Recorded answers: the actors are found where the script has them. */
export function scriptedAnalyzer(
  actors: readonly Actor[],
): FaceAnalyzer & { embeds: number; detections: number } {
  return {
    embeds: 0,
    detections: 0,
    minProbability: 0.5,
    maxDistance: 0.6,
    strangerDistance: 0.6,
    async detect(image) {
      this.detections++;
      const timeMs = timeOf(image);
      return actors.flatMap((actor) => {
        const box = actor.at(timeMs);
        return box ? [{ box, score: 1 }] : [];
      });
    },
    align(image, { box }) {
      const timeMs = timeOf(image);
      const index = actors.findIndex((actor) => JSON.stringify(actor.at(timeMs)) === JSON.stringify(box));
      const data = CHIP.slice();
      data[0] = index;
      const eye = (x: number, y: number): Point => [
        box.left + (x / 200) * box.width,
        box.top + (y / 200) * box.height,
      ];
      const chip = { data, width: 150, height: 150, channels: 1 } as const;
      const points = [eye(171.9, 42.7), eye(129.2, 45.8), eye(24.1, 42.7), eye(66.8, 45.8), eye(98, 125.6)];
      const place = { left: 0, top: 0, right: 149, bottom: 149, angle: 0 };
      return {
        chip,
        landmarks: { layout: DLIB_FIVE_POINTS, points },
        source: { image: chip, place, origin: [0, 0] },
      };
    },
    async embed(faces) {
      this.embeds += faces.length;
      return faces.map(({ chip }) => actors[chip.data[0]!]!.embedding);
    },
    async identify(embeddings) {
      return embeddings.map((embedding) => {
        const actor = actors.find((candidate) => candidate.embedding === embedding)!;
        const candidates =
          actor.label === null ? [] : [{ label: actor.label, probability: 0.9, distance: 0.3 }];
        return { label: actor.label, probability: 0.9, distance: 0.3, candidates };
      });
    },
  };
}

function timeOf(image: Image): number {
  return new DataView(image.data.buffer, image.data.byteOffset).getFloat32(0);
}
