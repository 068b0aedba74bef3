import { randomUUID } from 'node:crypto';
import type { Image } from '../core/image/image.ts';
import { chooseVarious } from '../gallery/choose-various.ts';
import { type FaceQualityFacts, qualityFacts } from '../gallery/review-face.ts';
import type {
  AppearanceFacts,
  AppearanceRow,
  AppearanceStore,
  AppearanceWrites,
  StoredAppearance,
} from '../gallery/stores/appearances/appearance-store.ts';
import { encodeImage } from '../node/image/encode-image.ts';
import type { RecognizedFace } from '../watch/watch-engine.ts';
import type { FaceEvent, WatchEvent } from '../watch/watch-event.ts';
import { sealPicture } from './appearances/picture-seal.ts';
import type { StrangerMemory } from './strangers/stranger-memory.ts';

/** Options of {@link Recorder}. */
export interface RecorderOptions {
  readonly store: AppearanceStore;
  readonly strangers: StrangerMemory;
  /** Id of the embedder. */
  readonly model: string;
  /** Between two embeddings. */
  readonly distance: (a: Float32Array, b: Float32Array) => number;
  /** Whether pictures of faces are kept. */
  readonly pictures: boolean;
  readonly pictureKey: Uint8Array | null;
}

/** Faces that are kept of one appearance: the best, and different from each other. */
export const FACES_OF_APPEARANCE = 4;

interface SeenFace {
  readonly id: string;
  readonly takenAt: Date;
  readonly quality: number;
  readonly facts: FaceQualityFacts;
  readonly embedding: Float32Array;
  readonly picture: Image | null;
}

interface Followed {
  faces: SeenFace[];
  written: ReadonlySet<string>;
}

/** Keeps every event and what it says of an appearance, in one transaction, before anybody is told. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #followed = new Map<string, Followed>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Takes a face that was recognized; the best are kept with the next event of its appearance. */
  face({ appearance, time, embedding, quality, picture }: RecognizedFace): void {
    const followed = this.#followed.get(appearance) ?? { faces: [], written: new Set<string>() };
    const face = {
      ...{ id: randomUUID(), takenAt: new Date(time), quality: quality.score, embedding, picture },
      facts: qualityFacts(quality, 1),
    };
    followed.faces = chooseVarious([...followed.faces, face], FACES_OF_APPEARANCE, this.#options.distance);
    this.#followed.set(appearance, followed);
    // Faces of tracks that were never confirmed have no event that would end them.
    if (this.#followed.size > 1000) {
      const [oldest] = this.#followed.keys();
      this.#followed.delete(oldest!);
    }
  }

  /** Faces that are known of an appearance that is followed. */
  facesOf(appearance: string): readonly { readonly embedding: Float32Array; readonly quality: number }[] {
    return this.#followed.get(appearance)?.faces ?? [];
  }

  /**
   * Keeps an event.
   *
   * @returns the event as it is to be told, once it is on the disk
   */
  async keep(event: WatchEvent): Promise<WatchEvent> {
    const pictures = 'track' in event ? await this.#encodeNew(event) : new Map<string, Uint8Array>();
    const { strangers } = this.#options;
    const apart = [...strangers.newApart];
    let written: ReadonlySet<string> | null = null;
    const kept = await this.#options.store.transaction(async (rows) => {
      const told = await this.#complete(rows, await withoutDeleted(rows, event));
      if ('track' in told && told.appearance !== undefined)
        written = await this.#putAppearance(rows, told as FaceEvent & { appearance: string }, {
          ...{ pictures, apart },
        });
      await rows.insertEvent({
        ...{ id: told.id, at: new Date(told.time), type: told.type },
        appearanceId: ('appearance' in told ? told.appearance : null) ?? null,
        personId: ('personId' in told ? told.personId : null) ?? null,
        body: JSON.stringify(told),
      });
      return told;
    });
    // From here on it is on the disk: where the transaction fails, all of it is kept with the next event.
    if ('track' in event && event.appearance !== undefined) {
      strangers.keptApart(apart);
      const followed = this.#followed.get(event.appearance);
      if (followed && written) followed.written = written;
      if (event.type === 'face.left') this.#followed.delete(event.appearance);
    }
    return kept;
  }

  /** What the event itself does not know: the person's id, whom a stranger turned out to be, who is ignored. */
  async #complete(rows: AppearanceWrites, event: WatchEvent): Promise<WatchEvent> {
    if (!('label' in event)) return event;
    const { label } = event;
    const ids = label === null || event.personId != null ? null : await rows.personIds([label]);
    const personId = event.personId ?? ids?.get(label ?? '') ?? null;
    const stranger = event.stranger === null ? null : this.#options.strangers.idOf(event.stranger);
    const isIgnored =
      (personId !== null && (await rows.ignoredPeople()).some(({ id }) => id === personId)) ||
      (stranger !== null && this.#options.strangers.isIgnored(stranger));
    return {
      ...event,
      stranger,
      ...(personId !== null && { personId }),
      ...(isIgnored && { ignored: true as const }),
    };
  }

  /** @returns ids of the faces that are kept of it; `null` where none is known here */
  async #putAppearance(
    rows: AppearanceWrites,
    event: FaceEvent & { readonly appearance: string },
    {
      pictures,
      apart,
    }: {
      readonly pictures: ReadonlyMap<string, Uint8Array>;
      readonly apart: readonly (readonly [string, string])[];
    },
  ): Promise<ReadonlySet<string> | null> {
    const id = event.appearance;
    const known = await rows.findAppearance(id, true);
    const row = await this.#rowOf(rows, event, known);
    if (row.strangerId !== null && row.strangerId !== known?.strangerId) {
      if ((await rows.strangerRow(row.strangerId)) === null)
        await rows.putStranger({
          ...{ id: row.strangerId, createdAt: new Date(event.time) },
          ...{ isIgnored: false, mergedInto: null },
        });
    }
    await rows.putAppearance(row);
    for (const pair of apart) await rows.addApart(pair);
    const followed = this.#followed.get(id);
    if (!followed) return null;
    const gone = [...followed.written].filter((face) => !followed.faces.some((one) => one.id === face));
    if (gone.length > 0) await rows.deleteFaces(gone);
    const written = new Set([...followed.written].filter((face) => !gone.includes(face)));
    for (const { id: faceId, takenAt, quality, facts, embedding } of followed.faces) {
      if (followed.written.has(faceId) || !pictures.has(faceId)) continue;
      const picture = pictures.get(faceId)!;
      await rows.insertFace({
        ...{ id: faceId, appearanceId: id, takenAt, quality, facts, embedding, model: this.#options.model },
        picture: picture.length === 0 ? null : picture,
      });
      written.add(faceId);
    }
    return written;
  }

  async #rowOf(
    rows: AppearanceWrites,
    event: FaceEvent & { readonly appearance: string },
    known: StoredAppearance | null,
  ): Promise<AppearanceRow> {
    const time = new Date(event.time);
    const { why } = event;
    const isDecided = known !== null && known.decidedBy !== null;
    const who = isDecided
      ? { personId: known.personId, strangerId: known.strangerId, decidedBy: known.decidedBy }
      : { personId: event.personId ?? null, strangerId: event.stranger, decidedBy: null };
    const names = (why?.candidates ?? []).filter(({ personId }) => personId === undefined);
    const ids = names.length === 0 ? null : await rows.personIds(names.map(({ label }) => label));
    const candidates = (why?.candidates ?? []).flatMap(({ label, personId, probability, distance }) => {
      const candidate = personId ?? ids?.get(label);
      return candidate === undefined ? [] : [{ personId: candidate, probability, distance }];
    });
    const facts: AppearanceFacts = {
      track: event.track,
      zones: [...new Set([...(known?.facts.zones ?? []), ...(event.zones ?? [])])],
      candidates: why ? candidates : (known?.facts.candidates ?? []),
      probability: event.probability,
      distance: event.distance,
      minProbability: why?.minProbability ?? known?.facts.minProbability ?? null,
      maxDistance: why?.maxDistance ?? known?.facts.maxDistance ?? null,
      quality: event.quality,
      isSpoof: event.liveness?.live === false,
      notPersonIds: known?.facts.notPersonIds ?? [],
      model: this.#options.model,
      revision: await rows.galleryRevision(),
      isCutOff: false,
    };
    return {
      ...{ id: event.appearance, camera: event.source, place: event.place ?? null, facts, ...who },
      startedAt: known?.startedAt ?? time,
      lastSeenAt: time,
      endedAt: event.type === 'face.left' ? time : (known?.endedAt ?? null),
    };
  }

  /** JPEGs of the faces that are not kept yet; empty where no pictures are kept. */
  async #encodeNew({ appearance }: FaceEvent): Promise<Map<string, Uint8Array>> {
    const encoded = new Map<string, Uint8Array>();
    const followed = appearance === undefined ? undefined : this.#followed.get(appearance);
    const { pictures, pictureKey } = this.#options;
    for (const { id, picture } of followed?.faces ?? []) {
      if (followed!.written.has(id)) continue;
      const jpeg = pictures && picture ? await encodeImage(picture, { format: 'jpeg' }) : null;
      encoded.set(id, jpeg ? sealPicture(jpeg, id, pictureKey) : new Uint8Array());
    }
    return encoded;
  }
}

/**
 * An event without people who are in the gallery no more: whoever was deleted while their face was followed is neither
 * kept nor told.
 */
async function withoutDeleted(rows: AppearanceWrites, event: WatchEvent): Promise<WatchEvent> {
  if (!('track' in event)) return event;
  const { personId = null, why } = event;
  const ids = [personId, ...(why?.candidates ?? []).map((candidate) => candidate.personId)].filter(
    (id) => id != null,
  );
  if (ids.length === 0) return event;
  const people = await rows.peopleByIds(ids);
  const isThere = (id: string | null | undefined): boolean => id == null || people.has(id);
  const candidates = (why?.candidates ?? []).filter((candidate) => isThere(candidate.personId));
  return {
    ...event,
    ...(why && { why: { ...why, candidates } }),
    ...(!isThere(personId) && { label: null, personId: null, probability: null, distance: null }),
  };
}
