import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { type MetricName, metricOf } from '../core/metric/metric.ts';
import type { Optional } from '../core/options/optional.ts';
import { checkEmbedding } from './check-embedding.ts';
import { checkText, newId } from './check-person.ts';
import { type DistanceScale, distanceScaleOf } from './distance-scale.ts';
import { type EnrollRequest, enrollFaces, publicItem } from './enroll-faces.ts';
import { type EnrolledOnce, type EnrollOnce, forgetOnce } from './enroll-once.ts';
import { exportRecords } from './export-records.ts';
import { checkSearch, findMatches } from './find-matches.ts';
import type { GalleryPack } from './gallery-pack.ts';
import { assertGalleryParts, type GalleryParts } from './gallery-parts.ts';
import type {
  AddFacesOptions,
  Enrolled,
  EnrolledFace,
  Face,
  GalleryEmbedder,
  GalleryMatch,
  GalleryRecord,
  GalleryStats,
  ImportResult,
  Merge,
  NegativeExample,
  NewFace,
  NewPerson,
  OwnedListOptions,
  Page,
  PageOptions,
  Person,
  SearchOptions,
  TrainingSet,
} from './gallery-types.ts';
import { importRecords } from './import-records.ts';
import type { FaceIndex, PeopleIndex } from './index/face-index.ts';
import { MemoryIndex } from './index/memory-index.ts';
import { LengthWatch } from './length-watch.ts';
import { mergePeople, undoMerge } from './merge-people.ts';
import { cutPage, readPage } from './page-cursor.ts';
import {
  deletePeople,
  insertPerson,
  personNamed,
  publicPerson,
  requirePerson,
  updatePerson,
} from './people.ts';
import { purgeExpired } from './purge-expired.ts';
import type {
  GalleryStore,
  GalleryWrites,
  OwnedPage,
  StoreConnections,
  Stored,
} from './stores/gallery-store.ts';
import { tellOnce } from './tell-once.ts';
import { readTrainingSet } from './training-set.ts';

/**
 * People and their faces, and the search for who a face is.
 *
 * @remarks Every change is durable when its promise fulfils, and counts in the next search. Methods throw
 * `ERR_NOT_FOUND` for an unknown person or face, `ERR_BUSY` where another process holds the store for too long,
 * `ERR_DISK_FULL` (nothing of the change is kept then) and `ERR_DISPOSED`.
 */
export class Gallery implements AsyncDisposable {
  readonly keepsThumbnails: boolean;
  readonly #store: GalleryStore;
  readonly #index: FaceIndex | PeopleIndex;
  /** What the index and the scale are made for. */
  readonly #embedder: GalleryEmbedder;
  readonly #scaleOf: () => DistanceScale;
  readonly #lengths: LengthWatch;
  readonly #tellDoubt: (message: () => string) => void;
  #disposing: Promise<void> | null = null;

  private constructor(parts: GalleryParts & { readonly index: FaceIndex | PeopleIndex }) {
    this.#store = parts.store;
    this.#index = parts.index;
    this.#embedder = parts.store.settings.embedder;
    const { distances } = parts;
    const { metric } = parts.store.settings;
    this.#scaleOf = distanceScaleOf(distances, metric, parts.calibration);
    const rule = typeof distances === 'function' ? null : distances.lengthRule;
    this.#lengths = new LengthWatch(rule, parts.onMixedLengths);
    this.keepsThumbnails = parts.thumbnails ?? false;
    this.#tellDoubt = tellOnce(parts.onClockDoubt);
  }

  /**
   * Opens a gallery over a store, and deletes whoever has expired.
   *
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`; what the store and the index throw, and both are disposed of then
   */
  static async open(parts: GalleryParts): Promise<Gallery> {
    const { store } = parts;
    let index = parts.index;
    assertGalleryParts(parts);
    try {
      index ??= (await store.ownIndex?.()) ?? (await MemoryIndex.create(store));
      const gallery = new Gallery({ ...parts, index });
      await gallery.purgeExpired();
      await gallery.#lengths.read(store);
      return gallery;
    } catch (error) {
      await index?.dispose();
      await store.dispose();
      throw error;
    }
  }

  get embedder(): GalleryEmbedder {
    return this.#store.settings.embedder;
  }

  get metric(): MetricName {
    return this.#store.settings.metric;
  }

  /** The models that its faces are found and embedded with; undefined where nobody said, or the gallery is older. */
  get pack(): GalleryPack | undefined {
    return this.#store.settings.pack;
  }

  /** What the distances mean that {@link Gallery.search} tells, in the gallery's own metric. */
  get thresholds(): DistanceScale['thresholds'] {
    return this.#scale.thresholds;
  }

  /** What its distances mean, with their evidence. */
  get scale(): DistanceScale {
    return this.#scale;
  }

  /**
   * Whether new embeddings are to be scaled to even length, as those in the gallery are: the option of
   * `EmbeddingOptions`. False for galleries whose faces keep the length that they came with, as those of quantized
   * embeddings of version 0.1 do.
   */
  get evenLength(): boolean {
    return this.#lengths.hasEven ?? true;
  }

  /** Distance between two embeddings in the gallery's metric. */
  distance(a: Float32Array, b: Float32Array): number {
    return metricOf(this.metric).distance(a, b);
  }

  /** @throws FaceTriggerError `ERR_CONFLICT` where the name is taken, `ERR_INVALID_ARGUMENT` */
  async createPerson(person: NewPerson): Promise<Person> {
    await this.purgeExpired();
    return publicPerson(await this.#change((rows) => insertPerson(rows, person)));
  }

  /** Finds a person by id. @returns `null` where there is none, or the person has expired */
  async getPerson(id: string): Promise<Person | null> {
    const person = await this.#open().findPerson({ id: String(id) }, Date.now());
    return person && publicPerson(person);
  }

  /** Finds a person by the exact name. @returns `null` where there is none, or the person has expired */
  async findPerson(name: string): Promise<Person | null> {
    const person = await personNamed(this.#open(), String(name));
    return person && publicPerson(person);
  }

  /**
   * Lists people in the order of their creation.
   *
   * @param options.query - keeps people whose name contains this text
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a cursor that is none
   */
  async listPeople(
    options: PageOptions & { readonly query?: string | undefined } = {},
  ): Promise<Page<Person>> {
    const { limit, after } = readPage(options);
    const query = options.query?.normalize('NFC');
    const page = { after, limit: limit + 1, query, livingAt: Date.now() };
    const { rows, nextCursor } = cutPage(await this.#open().listPeople(page), limit);
    return { items: rows.map(publicPerson), nextCursor };
  }

  /** @throws FaceTriggerError `ERR_CONFLICT` where the new name is taken */
  async renamePerson(id: string, name: string): Promise<Person> {
    return this.updatePerson(id, { name });
  }

  /**
   * Changes name, expiry or consent, all of it or nothing; what is not given stays.
   *
   * @throws FaceTriggerError `ERR_CONFLICT` where the new name is taken
   */
  async updatePerson(id: string, changes: Optional<Omit<NewPerson, 'id'>>): Promise<Person> {
    if (changes.name !== undefined) await this.purgeExpired();
    const person = await this.#change((rows) => updatePerson(rows, id, changes));
    if (changes.name !== undefined || changes.consent !== undefined) await this.scrub();
    return publicPerson(person);
  }

  /**
   * Makes two people one: all faces and negative examples of the first go to the second, whose name stays.
   *
   * @param id - the person who disappears
   * @param intoId - the person who stays
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where both are the same
   */
  async mergePerson(id: string, intoId: string): Promise<Merge> {
    const merge = await this.#change((rows) => mergePeople(rows, id, intoId));
    return { ...merge, person: publicPerson(merge.person) };
  }

  /**
   * Takes a merge back: the person is there again with the faces that moved and still exist.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown merge or one of people who are deleted,
   * `ERR_CONFLICT` where the name is taken now or a later merge must be undone first
   */
  async undoMerge(mergeId: string): Promise<Person> {
    await this.purgeExpired();
    return publicPerson(await this.#change((rows) => undoMerge(rows, mergeId)));
  }

  /** Deletes a person with all faces, for good: see {@link Gallery.scrub}. @returns how many faces went */
  async deletePerson(id: string): Promise<number> {
    const { faces } = await this.#change(async (rows) => {
      const person = await requirePerson(rows, id);
      await deletePeople(rows, [person]);
      return person;
    });
    await this.scrub();
    return faces;
  }

  /** Deletes everybody whose time is over. @returns how many people went */
  async purgeExpired(): Promise<number> {
    const { people, hasDeleted } = await purgeExpired(this.#open(), { onDoubt: this.#tellDoubt });
    if (hasDeleted) await this.scrub();
    return people;
  }

  /**
   * Enrolls faces; all or none of them. A photo that the person has already is recognized by its embedding.
   *
   * @throws FaceTriggerError `ERR_UNSUITABLE_FACE` where the review refuses one, `ERR_SHAPE_MISMATCH` for another
   * dimension, `ERR_MODEL_MISMATCH` for another embedder, `ERR_INVALID_ARGUMENT` for NaN, infinity or all zeros
   */
  async addFaces(
    personId: string,
    faces: readonly NewFace[],
    options: AddFacesOptions = {},
  ): Promise<readonly EnrolledFace[]> {
    const recipient = {
      find: () => requirePerson(this.#store, personId),
      require: (rows: GalleryWrites) => requirePerson(rows, personId),
    };
    await this.#watchLengths(faces);
    return (await this.#enroll(faces, { options, recipient })).enrolled;
  }

  /**
   * Enrolls faces of somebody by name. Who is not there yet comes with the first face: where a face is refused, there
   * is no trace of the person.
   *
   * @param person - expiry and consent count for a new person only
   * @param faces - at least one
   * @throws FaceTriggerError as {@link Gallery.addFaces}
   */
  async enroll(
    person: NewPerson,
    faces: readonly NewFace[],
    options: AddFacesOptions = {},
  ): Promise<Enrolled> {
    if (faces.length === 0) throw invalidArgument('at least one face', 'faces', faces);
    let created = false;
    const recipient = this.#byName(person, () => {
      created = true;
    });
    await this.#watchLengths(faces);
    const { enrolled, person: before } = await this.#enroll(faces, { options, recipient });
    // Read again: the count of faces is another now.
    const after = await requirePerson(this.#open(), before.id);
    return { person: publicPerson(after), created, faces: enrolled };
  }

  /**
   * Enrolls a face of somebody by name, as {@link Gallery.enroll} does, but once for each key: for work that is begun
   * again after whoever did it ended in the middle.
   *
   * @param how.once - names the enrollment; the rest as {@link Gallery.enroll} takes it
   * @returns what became of it, now or before
   */
  async enrollOnce(
    person: NewPerson,
    face: NewFace,
    how: AddFacesOptions & { readonly once: EnrollOnce },
  ): Promise<EnrolledOnce> {
    const { once, ...options } = how;
    await this.#watchLengths([face]);
    const recipient = this.#byName(person, () => undefined);
    const result = await enrollFaces(this.#context(), [face], { options, recipient, once });
    if ('repeated' in result) return { outcome: result.repeated, repeated: true };
    return { outcome: result.enrolled[0]!.alreadyThere ? 'already-there' : 'added', repeated: false };
  }

  /** Forgets enrollments of {@link Gallery.enrollOnce} that nobody will try again. */
  async forgetOnce(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#change((rows) => forgetOnce(rows, keys));
  }

  /**
   * Lists faces in the order of their enrollment.
   *
   * @param options.personId - keeps the faces of one person
   * @param options.withEmbeddings - also gives the embeddings
   */
  async listFaces(options: OwnedListOptions = {}): Promise<Page<Face>> {
    return this.#list(options, (page) => this.#open().listFaces(page));
  }

  /** Finds a face by id, with its embedding. @returns `null` where there is none, or its person has expired */
  async getFace(id: string): Promise<Face | null> {
    const face = await this.#open().findFace(String(id), Date.now());
    return face && publicItem(face);
  }

  /** @returns the encoded picture, or `null` where the face has none */
  async getThumbnail(faceId: string): Promise<Uint8Array | null> {
    const found = await this.#open().findThumbnail(String(faceId), Date.now());
    if (found === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no face with this id');
    return found.thumbnail;
  }

  /** Deletes a face for good: see {@link Gallery.scrub}. */
  async deleteFace(id: string): Promise<void> {
    await this.#change(async (rows) => {
      const face = await rows.findFace(String(id), null);
      if (face === null) throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no face with this id');
      await rows.deleteFace(face.seq);
    });
    await this.scrub();
  }

  /** Keeps "this is not X": probes nearer to this embedding than to X's faces are no longer X. */
  async addNegative(
    personId: string,
    example: Pick<NewFace, 'id' | 'embedding' | 'embedder' | 'source'>,
  ): Promise<NegativeExample> {
    const { embedding, embedder: given } = example;
    checkEmbedding(embedding, { expected: this.embedder, given, name: 'example.embedding' });
    const source = checkText(example.source, 'source');
    await this.#watchLengths([example]);
    const added = await this.#change(async (rows) => {
      const { seq: personSeq } = await requirePerson(rows, personId);
      const id = newId(example.id);
      return rows.insertNegatives([{ id, personSeq, embedding, source, createdAt: new Date() }]);
    });
    return publicItem(added[0]!);
  }

  async listNegatives(options: OwnedListOptions = {}): Promise<Page<NegativeExample>> {
    return this.#list(options, (page) => this.#open().listNegatives(page));
  }

  async deleteNegative(id: string): Promise<void> {
    await this.#change(async (rows) => {
      if (await rows.deleteNegative(String(id))) return;
      throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no negative example with this id');
    });
    await this.scrub();
  }

  /**
   * Says who a face may be.
   *
   * @param probe - float32, length of the embedder
   * @returns the nearest people, nearest first; empty where nobody is within the limits
   * @throws FaceTriggerError as {@link Gallery.addFaces}
   */
  async search(probe: Float32Array, options: SearchOptions = {}): Promise<readonly GalleryMatch[]> {
    const store = this.#open();
    checkSearch(probe, options, store);
    await this.#watchLengths([{ embedding: probe }]);
    return findMatches({ store, index: this.#index, scale: this.#scale }, probe, options);
  }

  /** Gives everything that is needed to make the same gallery again. */
  async *export(): AsyncIterable<GalleryRecord> {
    yield* exportRecords(this.#open());
  }

  /**
   * Takes records of {@link Gallery.export}. A person whose name is there already gets the faces.
   *
   * @throws FaceTriggerError `ERR_FILE_FORMAT` for a record that is none, `ERR_MODEL_MISMATCH` for faces of another
   * embedder. Records before the bad one may be kept; importing the same again skips them.
   */
  async import(records: AsyncIterable<unknown> | Iterable<unknown>): Promise<ImportResult> {
    await this.purgeExpired();
    const onEmbeddings = (faces: readonly Pick<NewFace, 'embedding'>[]) => this.#watchLengths(faces);
    const goOn = this.#index.rest?.();
    try {
      const { keepsThumbnails } = this;
      return await importRecords(this.#open(), records, { keepsThumbnails, onEmbeddings });
    } finally {
      goOn?.();
    }
  }

  /**
   * Milliseconds since all that others have changed was taken in, at most a second where all is well; `null` where each
   * search does it.
   */
  get lagMs(): number | null {
    return this.#index.lagMs ?? null;
  }

  /** When the index was made of all faces, by this process or in the database; `null` where nobody knows. */
  get indexBuiltAt(): Date | null {
    return this.#index.builtAt ?? null;
  }

  /** Connections to the database that it is in; `null` where it is in none. */
  get connections(): StoreConnections | null {
    return this.#store.connections ?? null;
  }

  /** Embeddings and names of everybody who has not expired. */
  async trainingSet(): Promise<TrainingSet> {
    return readTrainingSet(this.#open());
  }

  async stats(): Promise<GalleryStats> {
    const store = this.#open();
    await this.#index.refresh();
    const counts = await store.count();
    const { embedder, metric } = this;
    const { ledger, pack } = store.settings;
    return {
      ...counts,
      embedder,
      metric,
      ...(ledger && { ledger }),
      ...(pack && { pack }),
      index: this.#index.mode,
      bytes: await store.size(),
    };
  }

  /** Fulfils when the search index of a large gallery is complete; searches before that are exact and slower. */
  async indexed(): Promise<void> {
    this.#open();
    await this.#index.refresh();
    await this.#index.settled();
  }

  /**
   * Removes the bytes of deleted people and faces from wherever the store keeps any. Deletions do it themselves.
   *
   * @throws FaceTriggerError `ERR_BUSY` where another process reads for so long that old bytes can't be removed
   * yet; what was deleted is in no answer then, and calling this again finishes the work
   */
  async scrub(): Promise<void> {
    const store = this.#open();
    await this.#index.refresh();
    await store.forget();
    await this.#lengths.read(store);
  }

  /** Frees the store. Calling it again does nothing. */
  dispose(): Promise<void> {
    this.#disposing ??= this.#index.dispose().finally(() => this.#store.dispose());
    return this.#disposing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #open(): GalleryStore {
    if (this.#disposing) throw new FaceTriggerError('ERR_DISPOSED', 'The gallery was used after dispose()');
    const { embedder } = this.#store.settings;
    if (embedder.sha256 !== this.#embedder.sha256 || embedder.id !== this.#embedder.id) {
      const message = `The gallery was moved from ${this.#embedder.id} to ${embedder.id} while it was open: open it again`;
      throw new FaceTriggerError('ERR_MODEL_MISMATCH', message);
    }
    return this.#store;
  }

  #change<Result>(work: (rows: GalleryWrites) => Promise<Result>): Promise<Result> {
    return this.#open().transaction(work);
  }

  #byName(person: NewPerson, onCreated: () => void) {
    const name = String(person.name);
    return {
      find: () => personNamed(this.#store, name),
      require: async (rows: GalleryWrites) => {
        const known = await personNamed(rows, name);
        if (known !== null) return known;
        onCreated();
        return insertPerson(rows, person);
      },
    };
  }

  async #enroll(faces: readonly NewFace[], request: Omit<EnrollRequest, 'once'>) {
    const result = await enrollFaces(this.#context(), faces, request);
    if ('repeated' in result) throw new TypeError('only an enrollment with a key is repeated');
    return result;
  }

  #context() {
    const { keepsThumbnails } = this;
    return { store: this.#open(), index: this.#index, scale: this.#scale, keepsThumbnails };
  }

  async #list<Item>(
    options: OwnedListOptions,
    read: (page: OwnedPage) => Promise<readonly Stored<Item>[]>,
  ): Promise<Page<Item>> {
    const { limit, after } = readPage(options);
    const { personId, withEmbeddings } = options;
    const personSeq = personId === undefined ? undefined : (await requirePerson(this.#open(), personId)).seq;
    const found = await read({ after, limit: limit + 1, livingAt: Date.now(), personSeq, withEmbeddings });
    const { rows, nextCursor } = cutPage(found, limit);
    return { items: rows.map(publicItem), nextCursor };
  }

  get #scale(): DistanceScale {
    return this.#scaleOf();
  }

  async #watchLengths(faces: readonly Pick<NewFace, 'embedding'>[]): Promise<void> {
    await this.#lengths.watch(this.#open(), faces);
  }
}
