import { USUAL_DEFAULT_FACE } from '../../core/detect/default-face-size.ts';
import type { Box } from '../../core/geometry/box.ts';
import { defaultMinProbability } from '../../core/identify/identification.ts';
import { FaceTracker, type FaceTrackerOptions } from '../../core/track/face-tracker.ts';
import { SightingPlan } from '../../core/track/sighting-plan.ts';
import {
  DEFAULT_BATCH_SIZE,
  type TrackDecision,
  TrackIdentity,
  type TrackIdentityOptions,
} from '../../core/track/track-identity.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { identifyPerson } from '../../gallery/identify-in-gallery.ts';
import type { FacePipeline } from '../face-pipeline.ts';
import type { JudgedFace, PictureOptions } from '../judge-faces.ts';
import type { PictureSource } from '../picture.ts';

/** How faces are followed and named. */
export interface FaceWatchOptions extends FaceTrackerOptions, TrackIdentityOptions {
  /** Finds and embeds. Stays the caller's. */
  readonly pipeline: Pick<FacePipeline, 'analyze' | 'profile'>;
  /** Knows people. Stays the caller's. @defaultValue none: faces are followed and not named */
  readonly gallery?: Pick<Gallery, 'search' | 'thresholds'> | undefined;
  /** Farther away is nobody known. @defaultValue the gallery's `thresholds.identify` */
  readonly maxDistance?: number | undefined;
  /** Less probable is nobody known, 0 .. 1. @defaultValue even odds */
  readonly minProbability?: number | undefined;
  /** How faces are looked for. @defaultValue upright ones, from `USUAL_DEFAULT_FACE` pixels on, as `face-trigger watch` does */
  readonly analyze?: Omit<PictureOptions, 'embeddings' | 'judge'> | undefined;
}

/** A face that is followed, in one frame. */
export interface FaceInView {
  /** 1, 2, 3 ... in order of appearance: the same for one face from frame to frame. */
  readonly track: number;
  /** In pixels of the frame. */
  readonly box: Box;
  /** Who it is by the vote of its sightings, with a `null` label for nobody known; `null`: not decided yet. */
  readonly decision: TrackDecision | null;
  /** Whether that was decided, or decided anew, in this frame. */
  readonly isNews: boolean;
}

/**
 * Follows faces from frame to frame and names them by the vote of several sightings: one bad frame names nobody.
 *
 * @remarks The rules are those of `face-trigger watch`: a face gets some embeddings at first, then fewer and fewer.
 */
export class FaceWatch {
  readonly #options: FaceWatchOptions;
  readonly #tracker: FaceTracker;
  readonly #plan: SightingPlan;
  readonly #identities = new Map<number, TrackIdentity>();

  constructor(options: FaceWatchOptions) {
    this.#options = options;
    this.#tracker = new FaceTracker(options);
    this.#plan = new SightingPlan(options.batchSize ?? DEFAULT_BATCH_SIZE);
  }

  /**
   * Takes the next frame.
   *
   * @param timeMs - of the frame, never before that of the last one. @defaultValue now
   * @returns the faces in it
   * @throws FaceTriggerError what `pipeline.analyze` and `gallery.search` throw
   */
  async look(frame: PictureSource, timeMs: number = performance.now()): Promise<FaceInView[]> {
    const { pipeline, gallery, analyze } = this.#options;
    // Whoever is new is embedded with the second sighting.
    const isDue = (track: number) => gallery !== undefined && this.#plan.due(track, timeMs);
    const embeddings = this.#tracker.tracks.some(({ id }) => isDue(id));
    const faces = await pipeline.analyze(frame, {
      turned: false,
      minFaceSize: USUAL_DEFAULT_FACE,
      ...analyze,
      embeddings,
      judge: embeddings,
    });
    const boxes = faces.map(({ box }) => box);
    const { matched, ended } = this.#tracker.update(boxes, timeMs);
    for (const { id } of ended) this.#forget(id);
    const inView: FaceInView[] = [];
    for (const [i, { id, box, confirmed }] of matched.entries()) {
      let isNews = false;
      if (embeddings && confirmed && isDue(id)) {
        isNews = await this.#vote(id, faces[i]!);
        this.#plan.done(id, timeMs);
      }
      if (confirmed) inView.push({ track: id, box, decision: this.#identityOf(id).decision, isNews });
    }
    return inView;
  }

  async #vote(track: number, { embedding, quality }: JudgedFace): Promise<boolean> {
    const {
      gallery,
      pipeline,
      maxDistance,
      minProbability = defaultMinProbability('nearest'),
    } = this.#options;
    const { id, sha256 } = pipeline.profile;
    const known = await identifyPerson(gallery!, embedding!, {
      ...{ minProbability, embedder: { id, sha256 } },
      ...(maxDistance !== undefined && { maxDistance }),
    });
    const { personId, ...identity } = known;
    const who = personId === null ? identity : { ...identity, personId };
    return this.#identityOf(track).add({ ...who, quality: quality!.score });
  }

  #identityOf(track: number): TrackIdentity {
    const known = this.#identities.get(track) ?? new TrackIdentity(this.#options);
    this.#identities.set(track, known);
    return known;
  }

  #forget(track: number): void {
    this.#plan.forget(track);
    this.#identities.delete(track);
  }
}
