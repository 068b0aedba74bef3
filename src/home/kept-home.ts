import { modelMark } from '../core/embed/model-mark.ts';
import type { Gallery } from '../gallery/gallery.ts';
import type { AppearanceStore, StoredAppearance } from '../gallery/stores/appearances/appearance-store.ts';
import { openAppearances } from '../gallery/stores/appearances/open-appearances.ts';
import { pruneSnapshots } from '../watch/prune-snapshots.ts';
import type { StrangerResolver } from '../watch/stranger-resolver.ts';
import type { EventPicture } from '../watch/triggers/event-picture.ts';
import type { RecognizedFace } from '../watch/watch-engine.ts';
import type { WatchEvent } from '../watch/watch-event.ts';
import { Appearances } from './appearances/appearances.ts';
import { Decisions } from './appearances/decisions.ts';
import { keptPicture } from './appearances/kept-picture.ts';
import { readPictureKey } from './appearances/picture-seal.ts';
import type { KeepConfig } from './config/keep-schema.ts';
import { CursorTeller } from './cursor-teller.ts';
import type { EventTeller } from './event-teller.ts';
import { LateEvents } from './late-events.ts';
import type { Visit } from './presence/visit.ts';
import { type VisitorNow, visitorsNow } from './presence/visitors-now.ts';
import { readKeptEvent } from './read-kept-event.ts';
import { Recorder } from './recorder.ts';
import { SaidOnce } from './said-once.ts';
import { StrangerFollower } from './strangers/follow-strangers.ts';
import { StrangerMemory } from './strangers/stranger-memory.ts';
import { Strangers } from './strangers/strangers.ts';

/** Options of {@link KeptHome.open}. */
export interface KeptHomeOptions {
  /** Address of the gallery. */
  readonly address: string;
  /** Stays the caller's. */
  readonly gallery: Gallery;
  readonly keep: KeepConfig;
  /** Folder in which pictures are written as files: they go when those that are kept here would. */
  readonly snapshots?: string | undefined;
  /**
   * Cameras of this process: what an earlier one left open of them is closed, of those that turn up later by
   * {@link KeptHome.closeLeftOpen}, and of others after a day.
   */
  readonly cameras: readonly string[];
  /** @defaultValue that of the environment */
  readonly pictureKey?: Uint8Array | null | undefined;
  readonly log: (message: string) => void;
}

const DAY_MS = 86_400_000;
const EVENTS_AT_ONCE = 500;
const ROWS_AT_ONCE = 500;
/** A decision of another process that is not done after so long never will be. */
const UNDER_WAY_MS = 60_000;
/** How often what is old is removed. */
const PRUNE_MS = 3_600_000;
/** How often what other processes changed is looked for. */
const FOLLOW_MS = 1000;
/** How long what was deleted can be had back, and the events that were told are kept for whoever asks what was told. */
const GRACE_DAYS = 1;

interface Parts {
  readonly store: AppearanceStore;
  readonly memory: StrangerMemory;
  readonly follower: StrangerFollower;
  readonly recorder: Recorder;
  readonly appearances: Appearances;
  readonly strangers: Strangers;
  readonly decisions: Decisions;
  readonly picture: EventPicture;
}

/** What a home keeps of what its cameras see: beside the people of its gallery, in the same file or database. */
export class KeptHome implements AsyncDisposable {
  readonly appearances: Appearances;
  readonly strangers: Strangers;
  readonly #parts: Parts;
  readonly #options: KeptHomeOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  /** Events that the store does not have, or not yet. */
  readonly #unkept = new WeakSet<WatchEvent>();
  readonly #late: LateEvents;
  readonly #said: SaidOnce;
  #background: Promise<void> = Promise.resolve();
  #isPruning = false;

  private constructor(parts: Parts, options: KeptHomeOptions) {
    this.#parts = parts;
    this.#options = options;
    this.appearances = parts.appearances;
    this.strangers = parts.strangers;
    const { log } = options;
    this.#late = new LateEvents({ keep: (event) => this.#keep(event), log });
    this.#said = new SaidOnce(log);
    this.#timers = [
      setInterval(() => this.#later('strangers', () => parts.follower.refresh()), FOLLOW_MS).unref(),
      setInterval(() => this.#later('retention', () => this.prune()), PRUNE_MS).unref(),
      setInterval(() => this.#later('decisions', () => this.settleDecisions()), UNDER_WAY_MS).unref(),
    ];
  }

  /**
   * Opens what is kept, closes what an earlier process left open, and removes what is too old.
   *
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a gallery in memory or a key that is none; what stores throw
   */
  static async open(options: KeptHomeOptions): Promise<KeptHome> {
    const { gallery, keep, pictureKey = readPictureKey() } = options;
    const store = await openAppearances(options.address);
    try {
      const model = modelMark(gallery.embedder);
      const memory = new StrangerMemory({ scale: gallery.scale, maxStrangers: keep.strangers });
      const follower = new StrangerFollower(store, memory, gallery.embedder);
      const decisions = new Decisions(store, gallery, {
        onChange: () => follower.refresh(),
        log: options.log,
      });
      const context = { gallery, store, model, pictureKey, decisions, memory };
      const distance = (a: Float32Array, b: Float32Array) => gallery.distance(a, b);
      const recorder = new Recorder({
        ...{ store, strangers: memory, model, distance, pictureKey },
        pictures: keep.pictureDays > 0,
      });
      const parts = { store, memory, follower, recorder, decisions, picture: keptPicture(store, pictureKey) };
      const kept = new KeptHome(
        { ...parts, appearances: new Appearances(context), strangers: new Strangers(context) },
        options,
      );
      await kept.closeLeftOpen(options.cameras);
      await kept.#closeStale();
      await kept.settleDecisions();
      await kept.prune();
      await follower.refresh();
      return kept;
    } catch (error) {
      await store.dispose();
      throw error;
    }
  }

  /** Says which stranger somebody unknown is, to all cameras. */
  get resolver(): StrangerResolver {
    return this.#parts.memory;
  }

  /** Whether cameras should hand on pictures of faces. */
  get wantsPictures(): boolean {
    return this.#options.keep.pictureDays > 0;
  }

  /** Gives pictures to those who tell of events, whether they are kept in files or here. */
  get picture(): EventPicture {
    return this.#parts.picture;
  }

  /** Takes a face that a camera recognized. */
  face(face: RecognizedFace): void {
    this.#parts.recorder.face(face);
  }

  /**
   * Keeps an event and what it says of its appearance.
   *
   * @returns the event as it is to be told, once it is on the disk; where the store refuses it, that is logged, and the
   * event is told all the same, and kept when the store takes it
   */
  async keep(event: WatchEvent): Promise<WatchEvent> {
    if ('visit' in event && event.reason === 'forgotten' && event.label !== null) {
      // It names somebody of whom nothing is to be kept any more: it is told, and that is all.
      this.#unkept.add(event);
      return event;
    }
    if (this.#late.isWaiting) this.#late.add(event);
    else {
      try {
        return await this.#keep(event);
      } catch (error) {
        this.#late.add(event, error);
      }
    }
    this.#unkept.add(event);
    return event;
  }

  async #keep(event: WatchEvent): Promise<WatchEvent> {
    const { recorder } = this.#parts;
    const faces = event.type === 'face.left' && event.appearance ? recorder.facesOf(event.appearance) : [];
    const kept = await recorder.keep(event);
    if (kept.type === 'face.left' && kept.appearance !== undefined && kept.stranger !== null) {
      const { appearance, stranger } = kept;
      this.#later('strangers', () => this.#settle(appearance, stranger, faces));
    }
    return kept;
  }

  /** The events that are still kept, oldest first. */
  async *events(): AsyncGenerator<WatchEvent, void, void> {
    const { store } = this.#parts;
    for (let seq = 0; ; ) {
      const page = await store.eventsAfter(seq, EVENTS_AT_ONCE);
      for (const row of page) {
        const event = readKeptEvent(row);
        if (event !== null) yield event;
      }
      if (page.length === 0) return;
      seq = page.at(-1)!.seq;
    }
  }

  /** Whose visits these are by what is kept and decided: see {@link visitorsNow}. */
  visitorsNow(
    visits: readonly Visit[],
    { isOver }: { readonly isOver: boolean },
  ): Promise<ReadonlyMap<string, VisitorNow>> {
    const { store, memory } = this.#parts;
    return visitorsNow(visits, { store, isOver, strangerOf: (id) => memory.idOf(id) });
  }

  /** Changes with the gallery's faces. */
  galleryRevision(): Promise<string> {
    return this.#parts.store.galleryRevision();
  }

  /** Lets somebody be told all that is kept from now on, and after a restart what was not told. */
  teller(inner: EventTeller): Promise<EventTeller> {
    const { log } = this.#options;
    return CursorTeller.open(inner, {
      ...{ store: this.#parts.store, log },
      isKept: (event) => !this.#unkept.has(event),
    });
  }

  /** Forgets where somebody was who is told no more: events would wait for them. */
  async keepTellers(names: readonly string[]): Promise<void> {
    const { store } = this.#parts;
    for (const { name } of await store.tellers())
      if (!names.includes(name)) await store.transaction((rows) => rows.deleteTeller(name));
  }

  /** Removes what is older than the configuration says. */
  async prune(): Promise<void> {
    if (this.#isPruning) return;
    this.#isPruning = true;
    try {
      const { keep, snapshots } = this.#options;
      const before = (days: number) => new Date(Date.now() - days * DAY_MS);
      const { store } = this.#parts;
      const { appearances, pictures } = await store.transaction((rows) =>
        rows.prune({
          appearancesBefore: before(keep.days),
          picturesBefore: before(keep.pictureDays),
          deletedBefore: before(GRACE_DAYS),
          decisionsBefore: before(keep.days),
          eventsBefore: before(GRACE_DAYS),
          maxStrangers: keep.strangers,
        }),
      );
      if (appearances + pictures > 0) await store.forget();
      if (snapshots !== undefined) await pruneSnapshots(snapshots, before(keep.pictureDays || keep.days));
    } finally {
      this.#isPruning = false;
    }
  }

  /** Ends what a process left half done in the gallery, but for what may be under way. */
  settleDecisions(): Promise<void> {
    return this.#parts.decisions.settle(UNDER_WAY_MS);
  }

  /** Settles when what happens in the background is done. */
  settled(): Promise<void> {
    return this.#background;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#late.close();
    await this.#background;
    await this.#parts.store.dispose();
  }

  /** Closes what an earlier process left open of cameras that this one has not told anything of yet. */
  async closeLeftOpen(cameras: readonly string[]): Promise<void> {
    for (const camera of cameras) await this.#close({ camera });
  }

  /** Of cameras that are no more, nobody else would. */
  #closeStale(): Promise<void> {
    const stale = new Date(Date.now() - DAY_MS);
    return this.#close({}, ({ lastSeenAt }) => lastSeenAt < stale);
  }

  async #close(
    which: { readonly camera?: string | undefined },
    isLeft: (row: StoredAppearance) => boolean = () => true,
  ): Promise<void> {
    const { store } = this.#parts;
    for (let before: number | undefined; ; ) {
      const open = await store.listAppearances({ ...which, limit: ROWS_AT_ONCE, open: true, before });
      if (open.length === 0) return;
      before = open.at(-1)!.seq;
      const left = open.filter(isLeft);
      if (left.length === 0) continue;
      await store.transaction(async (rows) => {
        for (const row of left)
          await rows.putAppearance({
            ...{ ...row, endedAt: row.lastSeenAt },
            facts: { ...row.facts, isCutOff: true },
          });
      });
    }
  }

  /** Looks again at who an appearance was when all of it is known: evidence grows. */
  async #settle(
    appearance: string,
    stranger: string,
    faces: readonly { readonly embedding: Float32Array; readonly quality: number }[],
  ): Promise<void> {
    const { memory, strangers, store, follower } = this.#parts;
    await follower.refresh();
    const row = await store.findAppearance(appearance);
    if (row?.strangerId == null) return;
    let id = row.strangerId;
    const others = await store.appearancesOf(id);
    if (others.length > 1 && memory.isMistaken(appearance, stranger, faces))
      id = (await strangers.splitMistaken(id, appearance)).strangerId;
    const twinId = memory.twinOf(id);
    const [own, twin] = [
      await store.findStranger(id),
      twinId === null ? null : await store.findStranger(twinId),
    ];
    if (!own || !twin) return;
    // Who is known for longer keeps the id.
    const [from, into] = own.createdAt > twin.createdAt ? [own, twin] : [twin, own];
    await strangers.mergeTwins(from.id, into.id);
  }

  #later(what: string, work: () => Promise<void>): void {
    this.#background = this.#background
      .then(work)
      .then(() => this.#said.worked(what))
      .catch((error: unknown) => this.#said.failed(what, error));
  }
}
