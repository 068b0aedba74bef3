import { modelMark } from '../../src/core/embed/model-mark.ts';
import { createRandom } from '../../src/core/random/random.ts';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { qualityFacts } from '../../src/gallery/review-face.ts';
import type {
  AppearanceFacts,
  AppearanceStore,
} from '../../src/gallery/stores/appearances/appearance-store.ts';
import type { KeptHome } from '../../src/home/kept-home.ts';
import { NEUTRAL } from './scripted-visits.ts';

const random = createRandom(16);

/** What a camera kept of a face that it followed; all but what is given is as usual. */
export interface SeededAppearance {
  readonly id: string;
  readonly startedAt: Date;
  readonly camera?: string;
  readonly place?: string;
  readonly personId?: string;
  readonly stranger?: string;
  readonly isThere?: boolean;
  readonly zones?: readonly string[];
  readonly probability?: number;
  readonly candidates?: AppearanceFacts['candidates'];
  readonly faces?: readonly {
    readonly id: string;
    readonly picture: Uint8Array;
    readonly embedding?: Float32Array;
  }[];
}

/** A home's real book, into which tests write what no camera had to see. */
export class SeededBook {
  readonly kept: KeptHome;
  readonly #store: AppearanceStore;
  readonly #gallery: Gallery;

  constructor(parts: {
    readonly kept: KeptHome;
    readonly store: AppearanceStore;
    readonly gallery: Gallery;
  }) {
    this.kept = parts.kept;
    this.#store = parts.store;
    this.#gallery = parts.gallery;
  }

  /** Somebody's face: near itself, far from all others. */
  embedding(near?: Float32Array): Float32Array {
    const { dimension } = this.#gallery.embedder;
    const spread = near ? 0.01 : 0.2;
    return Float32Array.from(
      { length: dimension },
      (_, i) => (near?.[i] ?? 0) + (random.next() - 0.5) * spread,
    );
  }

  /** Writes appearances, the oldest first. */
  add(...appearances: readonly SeededAppearance[]): Promise<void> {
    const model = modelMark(this.#gallery.embedder);
    return this.#store.transaction(async (rows) => {
      for (const one of appearances) {
        const { id, startedAt, camera = 'door', place = 'house', personId = null, stranger = null } = one;
        const { isThere = false, zones = [], probability = null, candidates = [], faces = [] } = one;
        if (stranger !== null && (await rows.strangerRow(stranger)) === null)
          await rows.putStranger({ id: stranger, createdAt: startedAt, isIgnored: false, mergedInto: null });
        const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
        await rows.putAppearance({
          ...{ id, camera, place, startedAt, lastSeenAt: after(19), endedAt: isThere ? null : after(20) },
          ...{ personId, strangerId: stranger, decidedBy: null },
          facts: {
            ...{
              track: 1,
              zones,
              candidates,
              probability,
              distance: null,
              minProbability: 0.5,
              maxDistance: 0.5,
            },
            ...{ quality: 0.8, isSpoof: false, notPersonIds: [], model, revision: '1', isCutOff: false },
          },
        });
        for (const [n, face] of faces.entries()) {
          const quality = 0.8 - n / 100;
          await rows.insertFace({
            ...{ id: face.id, appearanceId: id, takenAt: startedAt, quality, model, picture: face.picture },
            ...{
              embedding: face.embedding ?? this.embedding(),
              facts: qualityFacts({ ...NEUTRAL, score: quality }, 1),
            },
          });
        }
      }
    });
  }
}
