import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Gallery } from '../gallery/gallery.ts';
import { galleryNetworks } from '../gallery/gallery-networks.ts';
import { identifyWithGallery } from '../watch/create-gallery-analyzer.ts';
import type { FaceAnalyzer } from '../watch/face-analyzer.ts';
import { SharedNetworks } from '../watch/shared-networks.ts';
import type { RecognizedFace } from '../watch/watch-engine.ts';
import type { WatchEvent } from '../watch/watch-event.ts';
import type { AppearanceBook } from './appearances/appearance-types.ts';
import { CameraFleet } from './cameras/camera-fleet.ts';
import type { CameraView } from './cameras/camera-view.ts';
import type { ReadHomeConfig } from './config/read-home-config.ts';
import { DoorEnrollment } from './enrollment/door-enrollment.ts';
import { EventLine } from './event-line.ts';
import type { EventTeller } from './event-teller.ts';
import { FrigateSource, type FrigateSourceOptions } from './frigate/frigate-source.ts';
import { HomeTelling } from './home-telling.ts';
import { KeptHome } from './kept-home.ts';
import { openHomeGallery } from './open-home-gallery.ts';
import { closeAll, openTellers, type TellerSurroundings } from './open-tellers.ts';
import { PeopleFollower } from './presence/follow-people.ts';
import { Presence } from './presence/presence.ts';
import { PresenceClock } from './presence/presence-clock.ts';
import { type PresenceSnapshot, snapshotFromEvents } from './presence/presence-snapshot.ts';
import type { ServedHome } from './served-home.ts';
import type { StrangerInbox } from './strangers/stranger-types.ts';

/** Options of {@link Home.open}. */
export interface HomeOptions {
  /** Told what went wrong and what changed, one line each; never a secret. */
  readonly log: (message: string) => void;
  /** Takes the JSON lines of `stdout` actions. @defaultValue standard output */
  readonly write?: ((line: string) => void) | undefined;
  /** Of this program, for those who are told. */
  readonly version?: string | undefined;
  /**
   * Opens what may be changed while the home runs, as in its page: it counts with the next frame.
   *
   * @defaultValue the file's `recognition` alone
   */
  readonly openSettings?: ((gallery: Gallery) => Promise<HomeSettings | null>) | undefined;
  /** Aborted while it opens, what was opened is closed again and the rest is left. */
  readonly signal?: AbortSignal | undefined;
}

/** What may be changed while a home runs; asked for each frame. */
export interface HomeSettings {
  /** Farther away is nobody known. */
  readonly values: { readonly maxDistance: number };
}

/**
 * All that `face-trigger run` does but for the page: it watches the cameras with the people of a gallery, keeps what
 * happened, and tells those who asked to be told.
 */
export class Home implements ServedHome, AsyncDisposable {
  readonly gallery: Gallery;
  readonly presence: Presence;
  readonly enrollment: DoorEnrollment;
  readonly #options: HomeOptions;
  readonly #networks: SharedNetworks;
  readonly #kept: KeptHome;
  readonly #line: EventLine;
  readonly #fleet: CameraFleet;
  readonly #clock: PresenceClock;
  readonly #people: PeopleFollower;
  #following: NodeJS.Timeout | undefined;
  readonly #frigateParts: Pick<FrigateSourceOptions, 'analyzerFor' | 'strangers' | 'onFace' | 'snapshots'>;
  readonly #stopped = new AbortController();
  #isFollowing = false;
  #config: ReadHomeConfig;
  readonly #telling = new HomeTelling({
    openTellers: (config) => this.#openTellers(config),
    openFrigate: (config) => this.#openFrigate(config),
  });

  private constructor(
    parts: {
      config: ReadHomeConfig;
      gallery: Gallery;
      networks: SharedNetworks;
      kept: KeptHome;
      there: PresenceSnapshot;
      settings: HomeSettings | null;
    },
    options: HomeOptions,
  ) {
    this.#config = parts.config;
    this.gallery = parts.gallery;
    this.#networks = parts.networks;
    const kept = parts.kept;
    this.#kept = kept;
    this.#options = options;
    const { log } = options;
    const { gallery } = this;
    const { minProbability, maxDistance } = parts.config.recognition;
    const { embedder } = this.#networks;
    const limits = () => ({ minProbability, maxDistance, ...parts.settings?.values });
    const analyzerFor = (camera: string): FaceAnalyzer =>
      identifyWithGallery(this.#networks.stepsFor(camera), gallery, { embedder, limits });
    const { leaveAfterSeconds, motionHoldSeconds } = parts.config.presence;
    this.presence = new Presence({
      leaveAfterMs: leaveAfterSeconds * 1000,
      motionHoldMs: motionHoldSeconds * 1000,
      snapshot: parts.there,
    });
    this.#line = new EventLine({
      keep: (event) => kept.keep(event),
      follow: (event) => Promise.resolve(this.#clock.follow(event)),
      tellers: () => this.#telling.tellers,
      log,
    });
    this.#clock = new PresenceClock(this.presence, (event) => this.#line.tell(event));
    this.#people = new PeopleFollower({
      presence: this.presence,
      visitorsNow: (visits, options) => kept.visitorsNow(visits, options),
      revision: () => kept.galleryRevision(),
    });
    const { snapshots } = parts.config;
    // One for all cameras: a stranger who goes from one to the next stays the same.
    const strangers = kept.resolver;
    const onFace = (face: RecognizedFace) => kept.face(face);
    this.#frigateParts = { analyzerFor, strangers, onFace, snapshots };
    this.#fleet = new CameraFleet({
      analyzerFor,
      tell: (event) => this.#line.tell(event),
      strangers,
      onFace,
      facePictures: kept.wantsPictures,
      snapshots,
      onMotion: (camera, time) => this.#clock.motion(camera, time),
      log,
    });
    const analyzer = analyzerFor('an enrollment');
    this.enrollment = new DoorEnrollment({ cameras: () => this.cameras, gallery, analyzer });
  }

  /**
   * Opens everything that the configuration names, and begins to watch.
   *
   * @throws FaceTriggerError what opening the gallery, the networks and the tellers throws; a camera that cannot be
   * opened is no error: it is tried again; the signal's reason
   */
  static async open(config: ReadHomeConfig, options: HomeOptions): Promise<Home> {
    const { signal } = options;
    const gallery = await openHomeGallery(config);
    try {
      signal?.throwIfAborted();
      const settings = (await options.openSettings?.(gallery)) ?? null;
      const { liveness, commercial, detection, threads, workers } = config.recognition;
      const networks = await SharedNetworks.create({
        ...{ commercial, detection, threads, workers, liveness },
        ...(await galleryNetworks(gallery, config.recognition, options.log)),
      });
      try {
        signal?.throwIfAborted();
        const kept = await KeptHome.open({
          ...{ address: config.gallery, gallery, keep: config.keep, log: options.log },
          snapshots: config.snapshots,
          cameras: [...Object.keys(config.cameras), ...(config.frigate?.cameras ?? [])],
        });
        try {
          const there = await snapshotFromEvents(kept.events());
          const home = new Home({ config, gallery, networks, kept, there, settings }, options);
          try {
            signal?.throwIfAborted();
            await home.#telling.open(config);
            signal?.throwIfAborted();
            await home.#fleet.update(config.cameras);
            home.#following = setInterval(() => void home.#followPeople(), FOLLOW_MS).unref();
            return home;
          } catch (error) {
            await home.#closeParts();
            throw error;
          }
        } catch (error) {
          await kept[Symbol.asyncDispose]();
          throw error;
        }
      } catch (error) {
        await networks[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await gallery.dispose();
      throw error;
    }
  }

  /** The configuration that it goes by. */
  get config(): ReadHomeConfig {
    return this.#config;
  }

  get cameras(): readonly CameraView[] {
    return this.#fleet.views;
  }

  get appearances(): AppearanceBook {
    return this.#kept.appearances;
  }

  get strangers(): StrangerInbox {
    return this.#kept.strangers;
  }

  /** Listens to what happens, once it is kept. @returns ends it */
  subscribe(listener: (event: WatchEvent) => void): () => void {
    return this.#line.subscribe(listener);
  }

  /** Settles when no camera is watched any more, as when all of them are films and these are over. */
  async ended(): Promise<void> {
    await this.#fleet.ended();
    // Frigate never ends by itself.
    if (this.#telling.hasFrigate && !this.#stopped.signal.aborted) await once(this.#stopped.signal, 'abort');
    await this.#line.settled();
  }

  /**
   * Goes on with another configuration: what did not change is not touched.
   *
   * @returns what it means, a line each
   * @throws FaceTriggerError where what tells others cannot be opened; then the old configuration goes on
   */
  async reload(config: ReadHomeConfig): Promise<readonly string[]> {
    const before = this.#config;
    const lines: string[] = [];
    if (!isDeepStrictEqual(tellingOf(before), tellingOf(config))) {
      await this.#telling.reopen(config, before);
      lines.push('triggers and whom else it tells were read anew');
    }
    const { opened, reopened, closed } = await this.#fleet.update(config.cameras);
    if (opened.length > 0) lines.push(`new cameras: ${opened.join(', ')}`);
    if (reopened.length > 0) lines.push(`cameras opened anew: ${reopened.join(', ')}`);
    if (closed.length > 0) lines.push(`cameras that are watched no more: ${closed.join(', ')}`);
    for (const part of NEXT_START) {
      if (!isDeepStrictEqual(before[part], config[part])) lines.push(`${part} changes with the next start`);
    }
    const { gallery, recognition, keep, server, snapshots, presence } = before;
    this.#config = { ...config, gallery, recognition, keep, server, snapshots, presence };
    return lines;
  }

  /** Ends the cameras; the rest goes on. */
  async stop(): Promise<void> {
    await this.#telling.closeFrigate();
    this.#stopped.abort();
    await this.#fleet[Symbol.asyncDispose]();
  }

  /** Ends the cameras, lets what is under way be told, and frees everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#closeParts();
    } finally {
      await this.#kept[Symbol.asyncDispose]();
      await this.#networks[Symbol.asyncDispose]();
      await this.gallery.dispose();
    }
  }

  async #closeParts(): Promise<void> {
    clearInterval(this.#following);
    try {
      await this.enrollment.close();
      await this.stop();
      await this.#line.settled();
    } finally {
      this.#clock.close();
      await this.#telling.closeTellers();
    }
  }

  // One look at a time: a store that answers late is not asked again meanwhile.
  async #followPeople(): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    try {
      await this.#line.look(async () => {
        const { told, isNew } = await this.#people.look(Date.now());
        if (isNew) await Promise.all(this.#telling.tellers.map(async (teller) => teller.refresh?.()));
        return told;
      });
    } finally {
      this.#isFollowing = false;
    }
  }

  get #tellerParts(): TellerSurroundings {
    const { gallery, presence, enrollment } = this;
    return { ...this.#options, gallery, presence, enrollment, picture: this.#kept.picture };
  }

  async #openFrigate({ mqtt, frigate, cameras }: ReadHomeConfig): Promise<FrigateSource | null> {
    if (!mqtt || !frigate) return null;
    const tell = (event: WatchEvent) => this.#line.tell(event);
    const { log } = this.#options;
    return FrigateSource.open({
      ...{ ...frigate, ...this.#frigateParts, broker: mqtt, taken: Object.keys(cameras), tell, log },
      onCamera: (camera) => this.#kept.closeLeftOpen([camera]),
    });
  }

  /** Each goes on behind what it has told, also after a crash. */
  async #openTellers(config: ReadHomeConfig): Promise<readonly EventTeller[]> {
    const tellers = [...(await openTellers(config, this.#tellerParts))];
    try {
      await this.#kept.keepTellers(tellers.map(({ name }) => name));
      for (const [i, teller] of tellers.entries()) tellers[i] = await this.#kept.teller(teller);
      return tellers;
    } catch (error) {
      await closeAll(tellers);
      throw error;
    }
  }
}

/** How often what was decided about people is looked for. */
const FOLLOW_MS = 1000;

/** What goes on as it was until the next start. */
const NEXT_START = ['gallery', 'recognition', 'keep', 'server', 'snapshots', 'presence'] as const;

/** What of a configuration those go by who are told. */
function tellingOf(config: ReadHomeConfig): unknown {
  const { triggers, triggersPath, timeZone, mqtt, homeAssistant, frigate, doubleTake, enrollByMqtt } = config;
  const cameras = Object.keys(config.cameras);
  return {
    triggers: triggers && { triggers, triggersPath, timeZone, cameras },
    broker: mqtt && { mqtt, homeAssistant, frigate, doubleTake, enrollByMqtt, cameras },
  };
}
