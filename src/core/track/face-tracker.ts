import { type Box, boxArea, iou } from '../geometry/box.ts';

/** Options of {@link FaceTracker}. */
export interface FaceTrackerOptions {
  /** Smallest overlap of a track's expected box and a detection, 0 .. 1. @defaultValue 0.2 */
  readonly minIou?: number | undefined;
  /** Milliseconds without a sighting after which a track ends. @defaultValue {@link DEFAULT_LOST_MS} */
  readonly lostMs?: number | undefined;
  /** Detections in a row that must miss a track before it ends. @defaultValue 4 */
  readonly maxMisses?: number | undefined;
  /** Sightings before a track counts as a face, so that one false detection does not. @defaultValue 2 */
  readonly minHits?: number | undefined;
}

/** Default of {@link FaceTrackerOptions.lostMs}: a head turned away for a moment stays the same track. */
export const DEFAULT_LOST_MS = 1500;

/** One face followed through a video. */
export interface Track {
  /** 1, 2, 3 ... in order of appearance. */
  readonly id: number;
  /** Where the face was last seen. */
  readonly box: Box;
  readonly hits: number;
  /** Whether it was seen often enough to count as a face. */
  readonly confirmed: boolean;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What one call of {@link FaceTracker.update} found out. */
export interface TrackUpdate {
  /** One track for each detection, in the order of the detections. */
  readonly matched: readonly Track[];
  readonly ended: readonly Track[];
}

// Gains of the alpha-beta filter that smooths position and speed: the usual choice beta = alpha² / (2 - alpha)
// (Benedict and Bordner 1962) for alpha = 0.7.
const ALPHA = 0.7;
const BETA = ALPHA ** 2 / (2 - ALPHA);

// A face that moves further than its own size between two detections is not taken for the same.
const MAX_JUMP = 0.9;

// Beyond this time the speed says nothing any more, and the expected box stays where it is.
const MAX_COAST_MS = 700;

interface State {
  id: number;
  box: Box;
  hits: number;
  misses: number;
  firstMs: number;
  lastMs: number;
  // Center x, center y and side of the filtered box, and their speeds in pixels a millisecond.
  position: [number, number, number];
  speed: [number, number, number];
}

/**
 * Follows faces through a video by where they are: each track expects its box from its speed, and takes the detection
 * that overlaps it most.
 *
 * @remarks A pure state machine: the same detections and times give the same tracks. Pairs are taken greedily from the
 * best on, as faces rarely compete for one box; O(tracks * detections).
 */
export class FaceTracker {
  readonly #minIou: number;
  readonly #lostMs: number;
  readonly #maxMisses: number;
  readonly #minHits: number;
  #tracks: State[] = [];
  #nextId = 1;

  constructor(options: FaceTrackerOptions = {}) {
    this.#minIou = options.minIou ?? 0.2;
    this.#lostMs = options.lostMs ?? DEFAULT_LOST_MS;
    this.#maxMisses = options.maxMisses ?? 4;
    this.#minHits = options.minHits ?? 2;
  }

  /** Tracks that have not ended. */
  get tracks(): readonly Track[] {
    return this.#tracks.map((state) => this.#view(state));
  }

  /**
   * Takes the boxes found in a frame.
   *
   * @param timeMs - time of the frame, never before that of the last call
   */
  update(boxes: readonly Box[], timeMs: number): TrackUpdate {
    const expected = this.#tracks.map((state) => expectedBox(state, timeMs));
    const pairs = candidatePairs(expected, boxes, this.#minIou);
    const takenTracks = new Set<number>();
    const states = new Array<State | undefined>(boxes.length);
    for (const { track, box } of pairs) {
      if (takenTracks.has(track) || states[box]) continue;
      takenTracks.add(track);
      states[box] = this.#tracks[track]!;
      correct(this.#tracks[track]!, boxes[box]!, timeMs);
    }
    const ended: Track[] = [];
    this.#tracks = this.#tracks.filter((state, i) => {
      if (takenTracks.has(i)) return true;
      state.misses++;
      // A doubtful track gets no second chance: it was most likely no face.
      const maxMisses = state.hits < this.#minHits ? 1 : this.#maxMisses;
      const over =
        state.misses >= maxMisses && timeMs - state.lastMs >= (state.hits < this.#minHits ? 0 : this.#lostMs);
      if (over) ended.push(this.#view(state));
      return !over;
    });
    const matched = boxes.map((box, i) => this.#view(states[i] ?? this.#start(box, timeMs)));
    return { matched, ended };
  }

  /** Ends every track, as at the end of a film or when the camera is gone. */
  endAll(): readonly Track[] {
    const ended = this.tracks;
    this.#tracks = [];
    return ended;
  }

  /** Where each face should be now. */
  expectedBoxes(timeMs: number): Pick<Track, 'id' | 'box' | 'confirmed'>[] {
    return this.#tracks.map((state) => ({
      id: state.id,
      box: expectedBox(state, timeMs),
      confirmed: state.hits >= this.#minHits,
    }));
  }

  #start(box: Box, timeMs: number): State {
    const state: State = {
      id: this.#nextId++,
      box,
      hits: 1,
      misses: 0,
      firstMs: timeMs,
      lastMs: timeMs,
      position: measure(box),
      speed: [0, 0, 0],
    };
    this.#tracks.push(state);
    return state;
  }

  #view(state: State): Track {
    const { id, box, hits, firstMs, lastMs } = state;
    return { id, box, hits, confirmed: hits >= this.#minHits, firstMs, lastMs };
  }
}

function measure(box: Box): [number, number, number] {
  return [box.left + box.width / 2, box.top + box.height / 2, Math.sqrt(boxArea(box))];
}

function expectedBox(state: State, timeMs: number): Box {
  const dt = Math.min(timeMs - state.lastMs, MAX_COAST_MS);
  const [x, y, side] = state.position.map((value, i) => value + state.speed[i]! * dt) as [
    number,
    number,
    number,
  ];
  // A side that shrinks through zero is an artifact of the filter.
  const scale = Math.max(side, 1) / Math.max(1, Math.sqrt(boxArea(state.box)));
  const width = state.box.width * scale;
  const height = state.box.height * scale;
  return { left: x - width / 2, top: y - height / 2, width, height };
}

function correct(state: State, box: Box, timeMs: number): void {
  const dt = timeMs - state.lastMs;
  const seen = measure(box);
  for (let i = 0; i < 3; i++) {
    const expected = state.position[i]! + state.speed[i]! * Math.min(dt, MAX_COAST_MS);
    const residual = seen[i]! - expected;
    state.position[i] = expected + ALPHA * residual;
    // The second sighting sets the speed outright; later ones correct it.
    if (dt > 0) {
      state.speed[i] = state.hits === 1 ? residual / dt : state.speed[i]! + (BETA * residual) / dt;
    }
  }
  state.box = box;
  state.hits++;
  state.misses = 0;
  state.lastMs = timeMs;
}

function candidatePairs(expected: readonly Box[], boxes: readonly Box[], minIou: number) {
  const pairs: { track: number; box: number; affinity: number }[] = [];
  for (let track = 0; track < expected.length; track++) {
    for (let box = 0; box < boxes.length; box++) {
      const affinity = affinityOf(expected[track]!, boxes[box]!, minIou);
      if (affinity > 0) pairs.push({ track, box, affinity });
    }
  }
  return pairs.sort((a, b) => b.affinity - a.affinity || a.track - b.track || a.box - b.box);
}

// Overlapping boxes come first (above 1); boxes that only lie near each other and are alike in size come after.
function affinityOf(a: Box, b: Box, minIou: number): number {
  const overlap = iou(a, b);
  if (overlap >= minIou) return 1 + overlap;
  const [ax, ay, aside] = measure(a);
  const [bx, by, bside] = measure(b);
  const ratio = aside / bside;
  if (ratio < 0.6 || ratio > 1 / 0.6) return 0;
  const distance = Math.hypot(ax - bx, ay - by) / Math.max(aside, bside);
  return distance < MAX_JUMP ? 1 - distance : 0;
}
