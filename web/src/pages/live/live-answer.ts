import type { FaceInView } from '../../../../src/web/watch.ts';
import type { Api } from '../../api/create-api.ts';
import type { Recognized } from '../../api/types.ts';
import type { MarkedFace } from '../../components/face-boxes.tsx';
import { isShown } from '../../components/liveness-text.ts';

/** Whom a frame shows. */
export interface LiveFace extends MarkedFace {
  /** In a sentence. */
  readonly words: string;
}

/** What is known of a frame, wherever it was looked at. */
export interface LiveAnswer {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly LiveFace[];
}

/** What the server says of a frame. */
export function answerOfServer({ width, height, faces }: Recognized): LiveAnswer {
  return {
    ...{ width, height },
    faces: faces.map((face) => {
      const [best] = face.candidates;
      const { box } = face;
      if (isShown(face)) return { box, label: 'Not live', tone: 'unknown', words: 'a face that is not live' };
      return { box, ...named(best && { name: best.person.name, distance: best.distance }) };
    }),
  };
}

/** What this browser says of a frame. */
export function answerOfBrowser(
  { width, height }: { readonly width: number; readonly height: number },
  faces: readonly FaceInView[],
): LiveAnswer {
  return {
    ...{ width, height },
    faces: faces.map(({ box, decision }) => {
      if (decision === null) return { box, label: '', tone: 'plain', words: 'somebody' };
      const { label, distance } = decision;
      return { box, ...named(label === null ? undefined : { name: label, distance: distance ?? 0 }) };
    }),
  };
}

/** The server's gallery, asked by embeddings alone. */
export function galleryOf(api: Api, maxDistance: number, signal: AbortSignal) {
  return {
    thresholds: { identify: maxDistance },
    search: async (embedding: Float32Array, { limit }: { readonly limit?: number | undefined } = {}) =>
      (await api.search(embedding, { limit, signal })).candidates,
  };
}

function named(
  best: { readonly name: string; readonly distance: number } | undefined,
): Omit<LiveFace, 'box'> {
  if (best === undefined) return { label: 'Unknown', tone: 'unknown', words: 'somebody unknown' };
  return { label: best.name, tone: 'known', words: `${best.name} (${best.distance.toFixed(2)})` };
}
