import { randomUUID } from 'node:crypto';
import type { Box } from '../../core/geometry/box.ts';
import { boxArea } from '../../core/geometry/box.ts';
import type { Image } from '../../core/image/image.ts';
import { faceQuality } from '../../core/quality/face-quality.ts';
import { readImage } from '../../node/image/read-image.ts';
import type { FaceAnalyzer } from '../../watch/face-analyzer.ts';
import { cropFace, SnapshotStore } from '../../watch/snapshot-store.ts';
import { redact } from '../../watch/source/redact.ts';
import type { StrangerResolver } from '../../watch/stranger-resolver.ts';
import { type LedgerSighting, TrackLedger } from '../../watch/track-ledger.ts';
import { DEFAULT_MIN_QUALITY, type RecognizedFace } from '../../watch/watch-engine.ts';
import type { FaceEvent } from '../../watch/watch-event.ts';
import { cameraKey } from '../config/home-config.ts';
import { type BrokerAccount, BrokerConnection } from '../mqtt/broker-connection.ts';
import { FrigateApi } from './frigate-api.ts';
import { type FrigateEvent, readFrigateEvent } from './frigate-event.ts';

/** Options of {@link FrigateSource.open}. */
export interface FrigateSourceOptions {
  /** Address of Frigate, such as `http://frigate.lan:5000`. */
  readonly url: string;
  /** Where Frigate tells its events. */
  readonly broker: BrokerAccount;
  /** @defaultValue `frigate/events` */
  readonly topic?: string | undefined;
  /** Frigate's names of the cameras to look at. @defaultValue all */
  readonly cameras?: readonly string[] | undefined;
  /** Cameras that are watched otherwise: one of Frigate's of the same name is passed by, which is said once. */
  readonly taken?: readonly string[] | undefined;
  /** The place of all these cameras. */
  readonly place?: string | undefined;
  /** Write names back to Frigate's events. @defaultValue true */
  readonly subLabels?: boolean | undefined;
  /** The recognition for a camera. */
  readonly analyzerFor: (camera: string) => FaceAnalyzer;
  readonly strangers?: StrangerResolver | undefined;
  /** Folder for pictures of the faces that events tell of. */
  readonly snapshots?: string | undefined;
  /** Told of each face that was recognized, before the events that come of it. */
  readonly onFace?: ((face: RecognizedFace) => void) | undefined;
  /** Told of each camera before its first event. */
  readonly onCamera?: ((camera: string) => Promise<void>) | undefined;
  /** Takes each event. */
  readonly tell: (event: FaceEvent) => Promise<void>;
  readonly log: (message: string) => void;
}

/** Pictures of one of Frigate's events that are looked at: more tell nothing new. */
const SIGHTINGS_AT_MOST = 10;
/** Events that are followed at once; the oldest is given up first, as when their ends were missed. */
const FOLLOWED_AT_MOST = 200;
/** Of these, who was told of and whose end waits to be told. */
const ENDING_AT_MOST = 200;
/** How often what is given up is said. */
const GIVEN_UP_TOLD_EVERY_MS = 60_000;
/** In a picture that is cut out around a person, a face is small, and still somebody's. */
const MIN_FACE_SIZE = 40;

/** What is followed of one of Frigate's events. */
interface Followed {
  readonly id: string;
  readonly camera: string;
  readonly track: number;
  zones: readonly string[];
  /** There is a picture that was not looked at. */
  isNew: boolean;
  isOver: boolean;
  sightings: number;
  box: Box;
  /** What Frigate was told. */
  subLabel: string | null;
}

/** One camera's state. */
interface Camera {
  readonly ledger: TrackLedger;
  readonly analyzer: FaceAnalyzer;
}

/**
 * Takes the people whom Frigate follows as a source: the snapshots of its events are recognized, without a second
 * decoding of the streams, and names are written back as sub labels.
 *
 * @remarks Each of Frigate's events of a person is one track. Boxes are in pixels of its snapshot.
 */
export class FrigateSource implements AsyncDisposable {
  readonly #options: FrigateSourceOptions;
  readonly #api: FrigateApi;
  readonly #snapshots: SnapshotStore | null;
  readonly #start = Date.now();
  readonly #cameras = new Map<string, Camera>();
  readonly #followed = new Map<string, Followed>();
  #broker!: BrokerConnection;
  #working: Promise<void> | null = null;
  /** The one that is looked at. */
  #current: Followed | null = null;
  #lastTrack = 0;
  #closing = false;
  readonly #passedBy = new Set<string>();
  readonly #taken: ReadonlySet<string>;
  #givenUp = 0;
  #givenUpToldAt = Number.NEGATIVE_INFINITY;

  /** Starts listening; returns at once. */
  static async open(options: FrigateSourceOptions): Promise<FrigateSource> {
    const source = new FrigateSource(options);
    source.#broker = await BrokerConnection.open({
      ...options.broker,
      topics: [options.topic ?? 'frigate/events'],
      onMessage: ({ payload, retained }) => {
        // What was kept is over.
        if (!retained) source.#take(payload);
      },
      log: options.log,
    });
    return source;
  }

  private constructor(options: FrigateSourceOptions) {
    this.#options = options;
    this.#api = new FrigateApi({ url: options.url });
    this.#taken = new Set((options.taken ?? []).map(cameraKey));
    const { snapshots, log } = options;
    this.#snapshots = snapshots === undefined ? null : new SnapshotStore(snapshots, { onProblem: log });
  }

  /** Ends the tracks, which is told, and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    await this.#broker.close(0);
    for (const followed of this.#followed.values()) followed.isOver = true;
    this.#work();
    await this.#working;
  }

  #take(payload: Buffer): void {
    const event = readFrigateEvent(payload);
    const { cameras } = this.#options;
    const isWanted = event?.label === 'person' && (cameras?.includes(event.camera) ?? true);
    if (!event || !isWanted || this.#closing || this.#isTaken(event.camera)) return;
    const followed = this.#followed.get(event.id) ?? this.#follow(event);
    if (!followed) return;
    followed.zones = event.zones;
    followed.isNew ||= event.hasSnapshot || event.type !== 'end';
    followed.isOver ||= event.type === 'end';
    this.#work();
  }

  #follow({ id, camera, zones, type, hasSnapshot }: FrigateEvent): Followed | null {
    // One that ends is looked at as well where nothing was heard of it before.
    if (type === 'end' && !hasSnapshot) return null;
    if (this.#followed.size >= FOLLOWED_AT_MOST && !this.#giveUpOldest()) return null;
    const state = { zones, isNew: false, isOver: false, sightings: 0, subLabel: null };
    const box = { left: 0, top: 0, width: 1, height: 1 };
    const followed: Followed = { id, camera, track: ++this.#lastTrack, box, ...state };
    this.#followed.set(id, followed);
    return followed;
  }

  /** @returns whether there is room for another one */
  #giveUpOldest(): boolean {
    this.#givenUp++;
    const now = performance.now();
    if (now - this.#givenUpToldAt >= GIVEN_UP_TOLD_EVERY_MS) {
      this.#options.log(
        `frigate: more than ${FOLLOWED_AT_MOST} people are followed; ${this.#givenUp} given up so far`,
      );
      this.#givenUpToldAt = now;
    }
    for (const followed of this.#followed.values()) {
      if (followed.isOver || followed === this.#current) continue;
      // Nobody was told of whoever was never looked at.
      if (followed.sightings === 0) this.#followed.delete(followed.id);
      else followed.isOver = true;
      return this.#followed.size < FOLLOWED_AT_MOST + ENDING_AT_MOST;
    }
    return false;
  }

  /** One name is one camera, to events, topics and whoever reads them. */
  #isTaken(camera: string): boolean {
    if (!this.#taken.has(cameraKey(camera))) return false;
    if (!this.#passedBy.has(camera)) {
      this.#passedBy.add(camera);
      this.#options.log(
        `frigate: ${camera} is passed by, as a camera of this configuration has that name; rename one of the two`,
      );
    }
    return true;
  }

  /** Looks at what is new, one after the other, until nothing is. */
  #work(): void {
    this.#working ??= this.#workAll().finally(() => {
      this.#working = null;
    });
  }

  async #workAll(): Promise<void> {
    // So that what runs is known before it ends.
    await Promise.resolve();
    for (let next = this.#next(); next; next = this.#next()) {
      const followed = next;
      this.#current = followed;
      const isWanted = followed.isNew && followed.sightings < SIGHTINGS_AT_MOST && !this.#closing;
      // What comes while one looks is looked at after that.
      followed.isNew = false;
      if (isWanted) await this.#try(followed, () => this.#look(followed));
      if (followed.isOver && !followed.isNew) await this.#try(followed, () => this.#end(followed));
      this.#current = null;
    }
  }

  /** A failure is logged, and keeps nothing else from being told. @returns whether the work was done */
  async #try({ id }: Followed, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      const { url, broker, log } = this.#options;
      log(`frigate: event ${id}: ${redact((error as Error).message, [url, broker.password ?? ''])}`);
      return false;
    }
  }

  #next(): Followed | undefined {
    const wanting = [...this.#followed.values()].filter(({ isNew, isOver }) => isNew || isOver);
    // Who was looked at least comes first.
    return wanting.sort((a, b) => a.sightings - b.sightings)[0];
  }

  async #look(followed: Followed): Promise<void> {
    const bytes = await this.#api.snapshot(followed.id);
    if (bytes === null) return;
    const image = await readImage(bytes);
    const { analyzer } = await this.#camera(followed.camera);
    const found = await analyzer.detect(image, { minFaceSize: MIN_FACE_SIZE, near: null });
    const [face] = [...found].sort((a, b) => boxArea(b.box) - boxArea(a.box));
    if (!face) return;
    const aligned = await analyzer.align(image, face);
    const measured = faceQuality(aligned);
    const quality = measured.score;
    if (quality < DEFAULT_MIN_QUALITY) return;
    const liveness = await analyzer.checkLiveness?.(image, face);
    const [embedding] = await analyzer.embed([aligned]);
    const [identity] = await analyzer.identify([embedding!]);
    followed.sightings++;
    followed.box = face.box;
    const { track } = followed;
    const clock = Date.now();
    const picture = cropFace(image, face.box);
    const snapshot = this.#snapshots?.offer(picture, { track, quality, clock }) ?? null;
    const sighting = { embedding: embedding!, identity: identity!, quality, snapshot, liveness };
    await this.#commit(followed, { image, sighting, face: { quality: measured, picture } });
  }

  async #end(followed: Followed): Promise<void> {
    this.#followed.delete(followed.id);
    try {
      await this.#commit(followed, null);
    } finally {
      this.#snapshots?.forget(followed.track);
    }
  }

  async #commit(
    followed: Followed,
    seen: {
      readonly image: Image;
      readonly sighting: LedgerSighting;
      readonly face: Pick<RecognizedFace, 'quality' | 'picture'>;
    } | null,
  ): Promise<void> {
    const { track, box, zones } = followed;
    const width = seen?.image.width ?? box.width;
    const height = seen?.image.height ?? box.height;
    const { ledger } = await this.#camera(followed.camera);
    const events = ledger.commit({
      timeMs: Date.now() - this.#start,
      frame: { width, height },
      faces: seen === null ? [] : [{ track, box, confirmed: true, zones, sighting: seen.sighting }],
      ended: seen === null ? [track] : [],
    });
    const appearance = ledger.appearanceOf(track);
    if (seen !== null && appearance !== null) {
      const { embedding } = seen.sighting;
      this.#options.onFace?.({ appearance, track, time: Date.now(), embedding, ...seen.face });
    }
    for (const event of events) {
      const { snapshot } = event;
      const isWritten = snapshot !== null && (await this.#snapshots?.write(snapshot));
      const told = { ...event, snapshot: isWritten ? snapshot : null, sourceEvent: followed.id };
      await this.#options.tell(told);
      await this.#try(followed, () => this.#writeBack(followed, event));
    }
  }

  async #writeBack(followed: Followed, { type, label, ignored, probability }: FaceEvent): Promise<void> {
    const isNamed = type === 'person.recognized' || type === 'person.changed';
    const isWanted = isNamed && label !== null && !ignored && followed.subLabel !== label;
    if (!isWanted || this.#options.subLabels === false) return;
    await this.#api.setSubLabel(followed.id, label, { score: probability });
    followed.subLabel = label;
  }

  // Asked by one at a time.
  async #camera(name: string): Promise<Camera> {
    const open = this.#cameras.get(name);
    if (open) return open;
    await this.#options.onCamera?.(name);
    const analyzer = this.#options.analyzerFor(name);
    const { strangerDistance, metric, livenessThreshold } = analyzer;
    const ledger = new TrackLedger({
      ...{ limits: analyzer, strangerDistance, metric, livenessThreshold },
      ...{ source: name, place: this.#options.place, startTime: this.#start, createId: randomUUID },
      strangers: this.#options.strangers,
      // Each picture counts: there may be no second.
      batchSize: 1,
    });
    const camera = { ledger, analyzer };
    this.#cameras.set(name, camera);
    return camera;
  }
}
