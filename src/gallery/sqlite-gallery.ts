import { setTimeout as pause } from 'node:timers/promises';
import { givenCalibration } from '../classify/distance-calibration.ts';
import { isWithinDistance, SAME_PHOTO_DISTANCE } from '../core/embed/distance.ts';
import { DEFAULT_PIPELINE_QUALITY, embeddingRecipe } from '../core/embed/embedding-quality.ts';
import { type DistanceEvidence, personProbabilities } from '../core/embed/person-probability.ts';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { euclideanFromCosine, evidenceOf } from '../models/dlib/dlib-evidence.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { checkEmbedding } from './check-embedding.ts';
import { checkText } from './check-person.ts';
import type {
  AddFacesOptions,
  Candidate,
  EmbedderIdentity,
  Enrolled,
  EnrolledFace,
  Face,
  Gallery,
  GalleryMetric,
  GalleryRecord,
  GalleryStats,
  ImportResult,
  Merge,
  NearerPerson,
  NegativeExample,
  NewFace,
  NewPerson,
  Page,
  PageOptions,
  Person,
  SearchOptions,
  TrainingSet,
} from './gallery.ts';
import { exportRecords, importRecord } from './gallery-records.ts';
import { cutPage, PAGE_LIMITS, readPage } from './page-cursor.ts';
import { requireGalleryFile } from './require-gallery-file.ts';
import { reviewFace } from './review-face.ts';
import { searchPeople } from './search-people.ts';
import { readClock, writeClock } from './sqlite/clock-trust.ts';
import { eraseRemains } from './sqlite/erase-remains.ts';
import {
  checkThumbnail,
  facesAfter,
  findFace,
  insertFace,
  insertNegative,
  negativesAfter,
  readThumbnail,
  requireFaceSeq,
  type Stored,
} from './sqlite/face-rows.ts';
import { type GallerySettings, settleGallery } from './sqlite/gallery-settings.ts';
import { IndexMirror, pruneChanges } from './sqlite/index-mirror.ts';
import { deleteExpiredMerges, mergePerson, undoMerge } from './sqlite/merge-rows.ts';
import { migrate } from './sqlite/migrate.ts';
import {
  deletePeople,
  expiredPeople,
  findPerson,
  hasExpired,
  insertPerson,
  peopleAfter,
  publicPerson,
  renamePerson,
  requirePerson,
  type StoredPerson,
  updatePerson,
} from './sqlite/person-rows.ts';
import { SqliteConnection } from './sqlite/sqlite-connection.ts';

/** How a gallery file is opened. */
export interface SqliteGalleryOptions {
  /** The file; made where it does not exist. Two more files, `-wal` and `-shm`, lie beside it. */
  readonly path: string;
  /** Whether a file that does not exist is made. @defaultValue true */
  readonly createFile?: boolean;
  /** Whose embeddings the gallery holds; needed for a new file, compared with an existing one. */
  readonly embedder?: EmbedderIdentity;
  /** @defaultValue 'euclidean', or what the file was made with */
  readonly metric?: GalleryMetric;
  /** Whether pictures of faces may be kept. @defaultValue false */
  readonly thumbnails?: boolean;
  /**
   * What distances say, where it is better known than for photos in general: P(same | distance to one face) =
   * 1 / (1 + exp(scale * (distance - midpoint))), both equally likely beforehand. @defaultValue what was learnt of the
   * gallery's embedder
   */
  readonly calibration?: { readonly midpoint: number; readonly scale: number };
  /** Up to this many faces every search is exact. @defaultValue `EXACT_LIMIT` */
  readonly exactLimit?: number;
}

/** People in an answer when the caller does not say, and at most. */
const SEARCH_LIMITS = { default: 5, maximum: 100 } as const;
/** People whose distances go into each probability, at least. */
const COMPETITORS = 10;
/** How often, and after which pause, a change is tried again while another process writes: five seconds in all. */
const BUSY = { attempts: 125, pauseMs: 20 } as const;
/** Records taken in by one transaction: a few milliseconds of work, and one flush of the disk for all of them. */
const IMPORT_BATCH = 200;
/** How often, and after which pause, the log is tried to be emptied while another process reads it. */
const SCRUB = { attempts: 60, pauseMs: 50 } as const;
/** From this size on the log is emptied without a deletion: SQLite's own limit of a thousand pages. */
const LOG_LIMIT_BYTES = 4 * 2 ** 20;

/**
 * A gallery in one SQLite file, with its search index in memory.
 *
 * @remarks Any number of processes may use one file. Memory: about 4 bytes x dimension a face, and above
 * {@link SqliteGalleryOptions.exactLimit} about as much again for the graph.
 */
export class SqliteGallery implements Gallery {
  readonly keepsThumbnails: boolean;
  readonly #connection: SqliteConnection;
  readonly #settings: GallerySettings;
  readonly #index: IndexMirror;
  readonly #evidence: DistanceEvidence;
  /** A distance as the evidence knows it. */
  readonly #judged: (distance: number) => number;
  /** Whether some page of the file may hold what an earlier version or a killed process left. */
  #isUnseen = true;
  #hasSaidDoubt = false;
  #logLimit = LOG_LIMIT_BYTES;
  #disposed = false;

  private constructor(parts: {
    readonly connection: SqliteConnection;
    readonly settings: GallerySettings;
    readonly index: IndexMirror;
    readonly options: SqliteGalleryOptions;
  }) {
    this.#connection = parts.connection;
    this.#settings = parts.settings;
    this.#index = parts.index;
    this.keepsThumbnails = parts.options.thumbnails ?? false;
    const { calibration } = parts.options;
    // Faces come from pipelines, which embed so.
    const recipe = embeddingRecipe({ quality: DEFAULT_PIPELINE_QUALITY });
    this.#evidence = calibration
      ? { ...givenCalibration(calibration), perReference: 0 }
      : evidenceOf(parts.settings.embedder.id, recipe);
    // A calibration that is given is one of the gallery's own distances.
    const isOwn = calibration !== undefined || parts.settings.metric === 'euclidean';
    this.#judged = isOwn ? (distance) => distance : euclideanFromCosine;
  }

  /**
   * Opens a gallery file or makes a new one, and deletes whoever has expired.
   *
   * @throws FaceTriggerError `ERR_MODEL_MISMATCH` for a file of another embedder or metric, `ERR_FILE_FORMAT` for a
   * file that is no gallery, `ERR_FILE_NOT_FOUND` where the folder does not exist, `ERR_INVALID_ARGUMENT`
   * @remarks Reads every face: 100,000 of 128 numbers take under a second.
   */
  static async create(options: SqliteGalleryOptions): Promise<SqliteGallery> {
    if (typeof options.path !== 'string' || options.path === '' || options.path.includes('\0')) {
      throw invalidArgument('the path of a file', 'options.path', options.path);
    }
    const path = await pathOnDisk(localPath(options.path));
    await requireGalleryFile(path, { create: options.createFile ?? true });
    const connection = await SqliteConnection.open(path, {
      create: options.createFile ?? true,
    });
    try {
      await migrate(connection);
      const settings = settleGallery(connection, options);
      const index = await IndexMirror.load(connection, {
        dimension: settings.embedder.dimension,
        metric: settings.metric,
        ...(options.exactLimit === undefined ? {} : { exactLimit: options.exactLimit }),
      });
      connection.waitBriefly();
      const gallery = new SqliteGallery({ connection, settings, index, options });
      gallery.#tidy();
      await gallery.purgeExpired();
      return gallery;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get embedder(): EmbedderIdentity {
    return this.#settings.embedder;
  }

  get metric(): GalleryMetric {
    return this.#settings.metric;
  }

  async createPerson(person: NewPerson): Promise<Person> {
    await this.purgeExpired();
    return publicPerson(await this.#change((connection) => insertPerson(connection, person)));
  }

  async getPerson(id: string): Promise<Person | null> {
    const person = findPerson(this.#open(), { id: String(id) });
    return person && publicPerson(person);
  }

  async findPerson(name: string): Promise<Person | null> {
    const person = findPerson(this.#open(), { name: String(name) });
    return person && publicPerson(person);
  }

  async listPeople(options: PageOptions & { readonly query?: string } = {}): Promise<Page<Person>> {
    const { limit, after } = readPage(options);
    const found = peopleAfter(this.#open(), { after, limit: limit + 1, query: options.query });
    const { rows, nextCursor } = cutPage(found, limit);
    return { items: rows.map(publicPerson), nextCursor };
  }

  async renamePerson(id: string, name: string): Promise<Person> {
    await this.purgeExpired();
    const person = await this.#change((connection) => renamePerson(connection, id, name));
    await this.#forget();
    return publicPerson(person);
  }

  async updatePerson(id: string, changes: Partial<NewPerson>): Promise<Person> {
    if (changes.name !== undefined) await this.purgeExpired();
    const person = await this.#change((connection) => updatePerson(connection, id, changes));
    if (changes.name !== undefined || changes.consent !== undefined) await this.#forget();
    return publicPerson(person);
  }

  async mergePerson(id: string, intoId: string): Promise<Merge> {
    const merge = await this.#change((connection) => mergePerson(connection, id, intoId));
    return { ...merge, person: publicPerson(merge.person) };
  }

  async undoMerge(mergeId: string): Promise<Person> {
    await this.purgeExpired();
    return publicPerson(await this.#change((connection) => undoMerge(connection, mergeId)));
  }

  async deletePerson(id: string): Promise<number> {
    const faces = await this.#change((connection) =>
      deletePeople(connection, [requirePerson(connection, id)]),
    );
    await this.#forget();
    return faces;
  }

  async purgeExpired(): Promise<number> {
    const isIdle = !hasExpired(this.#open());
    const { isBelieved, record } = readClock(this.#open(), isIdle);
    if (record !== null) await this.#change((connection) => writeClock(connection, record));
    if (!isBelieved) this.#sayDoubt();
    if (isIdle || !isBelieved) return 0;
    const gone = await this.#change((connection) => {
      const people = expiredPeople(connection);
      deletePeople(connection, people);
      deleteExpiredMerges(connection);
      return people.length;
    });
    await this.#forget();
    return gone;
  }

  async addFaces(
    personId: string,
    faces: readonly NewFace[],
    options: AddFacesOptions = {},
  ): Promise<readonly EnrolledFace[]> {
    return this.#enrollFaces(faces, options, {
      before: requirePerson(this.#open(), personId),
      owner: (connection) => requirePerson(connection, personId),
    });
  }

  async enroll(
    person: NewPerson,
    faces: readonly NewFace[],
    options: AddFacesOptions = {},
  ): Promise<Enrolled> {
    if (faces.length === 0) throw invalidArgument('at least one face', 'faces', faces);
    const before = findPerson(this.#open(), { name: String(person.name) });
    let stored = before;
    const enrolled = await this.#enrollFaces(faces, options, {
      before,
      owner: (connection) => {
        stored = findPerson(connection, { name: String(person.name) }) ?? insertPerson(connection, person);
        return stored;
      },
    });
    // Read again: the count of faces is another now.
    const after = requirePerson(this.#open(), stored!.id);
    return { person: publicPerson(after), created: before === null, faces: enrolled };
  }

  async listFaces(
    options: PageOptions & { readonly personId?: string; readonly withEmbeddings?: boolean } = {},
  ): Promise<Page<Face>> {
    return this.#list(options, facesAfter);
  }

  async getFace(id: string): Promise<Face | null> {
    const face = findFace(this.#open(), String(id));
    return face && publicItem(face);
  }

  async getThumbnail(faceId: string): Promise<Uint8Array | null> {
    return readThumbnail(this.#open(), String(faceId));
  }

  async deleteFace(id: string): Promise<void> {
    await this.#change((connection) => {
      connection.run('DELETE FROM face WHERE seq = ?', [requireFaceSeq(connection, id)]);
    });
    await this.#forget();
  }

  async addNegative(
    personId: string,
    example: Pick<NewFace, 'embedding' | 'embedder' | 'source'>,
  ): Promise<NegativeExample> {
    this.#checkEmbedding(example.embedding, example.embedder, 'example.embedding');
    const added = await this.#change((connection) => {
      const { seq } = requirePerson(connection, personId);
      return insertNegative(connection, { ...example, personSeq: seq });
    });
    return publicItem(added);
  }

  async listNegatives(
    options: PageOptions & { readonly personId?: string; readonly withEmbeddings?: boolean } = {},
  ): Promise<Page<NegativeExample>> {
    return this.#list(options, negativesAfter);
  }

  async deleteNegative(id: string): Promise<void> {
    await this.#change((connection) => {
      const { changes } = connection.run('DELETE FROM negative WHERE id = ?', [String(id)]);
      if (changes === 0)
        throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no negative example with this id');
    });
    await this.#forget();
  }

  async search(probe: Float32Array, options: SearchOptions = {}): Promise<readonly Candidate[]> {
    this.#open();
    this.#checkEmbedding(probe, options.embedder, 'probe');
    const { limit = SEARCH_LIMITS.default, maxDistance, minProbability = 0 } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > SEARCH_LIMITS.maximum) {
      throw invalidArgument(`an integer of 1 .. ${SEARCH_LIMITS.maximum}`, 'options.limit', limit);
    }
    if (maxDistance !== undefined && !(maxDistance >= 0)) {
      throw invalidArgument('a number >= 0', 'options.maxDistance', maxDistance);
    }
    if (!(minProbability >= 0 && minProbability <= 1)) {
      throw invalidArgument('a number of 0 .. 1', 'options.minProbability', minProbability);
    }
    this.#index.refresh();
    // Whether somebody is probable depends on who else is near; how many answers are wanted shall not change it.
    const wanted = Math.max(limit, COMPETITORS);
    const found = searchPeople(this.#open(), this.#index, { probe, limit: wanted });
    const near = found.map(({ distance, references }) => ({ distance: this.#judged(distance), references }));
    const probabilities = personProbabilities(near, this.#evidence, { enrolled: this.#index.people });
    return found
      .map(({ references: _known, ...candidate }, i) => ({ ...candidate, probability: probabilities[i]! }))
      .filter(({ distance }) => maxDistance === undefined || distance <= maxDistance)
      .filter(({ probability }) => probability >= minProbability)
      .slice(0, limit);
  }

  async *export(): AsyncIterable<GalleryRecord> {
    yield* exportRecords(this, (after) => facesAfter(this.#open(), { ...after, withEmbeddings: true }));
  }

  async import(records: AsyncIterable<unknown> | Iterable<unknown>): Promise<ImportResult> {
    await this.purgeExpired();
    const counts = { people: 0, faces: 0, negatives: 0, present: 0, expired: 0, withoutPerson: 0 };
    const renamed = new Map<string, string>();
    const expired = new Set<string>();
    let batch: unknown[] = [];
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      const outcomes = await this.#change((connection) =>
        batch.map((record) =>
          importRecord(connection, {
            record,
            renamed,
            expired,
            settings: this.#settings,
            thumbnails: this.keepsThumbnails,
          }),
        ),
      );
      for (const outcome of outcomes) if (outcome !== null) counts[outcome]++;
      batch = [];
    };
    for await (const record of records) {
      batch.push(record);
      if (batch.length >= IMPORT_BATCH) await flush();
    }
    await flush();
    const { present, withoutPerson } = counts;
    return { ...counts, skipped: present + counts.expired + withoutPerson };
  }

  async trainingSet(): Promise<TrainingSet> {
    const embeddings: Float32Array[] = [];
    const labels: string[] = [];
    const names = new Map<string, string>();
    for await (const person of this.#everyone()) names.set(person.id, person.name);
    for (let after = 0; ; ) {
      const faces = facesAfter(this.#open(), { after, limit: PAGE_LIMITS.maximum, withEmbeddings: true });
      for (const face of faces) {
        const name = names.get(face.personId);
        if (name === undefined || !face.embedding) continue;
        embeddings.push(face.embedding);
        labels.push(name);
      }
      if (faces.length < PAGE_LIMITS.maximum) return { embeddings, labels };
      after = faces.at(-1)!.seq;
    }
  }

  async stats(): Promise<GalleryStats> {
    const connection = this.#open();
    this.#index.refresh();
    const count = (table: string): number =>
      Number(connection.get(`SELECT count(*) AS n FROM ${table}`)!['n']);
    return {
      people: count('person'),
      faces: count('face'),
      negatives: count('negative'),
      embedder: this.embedder,
      metric: this.metric,
      index: this.#index.mode,
      bytes: connection.size(),
    };
  }

  /** Fulfils when the search index of a large gallery is complete; searches before that are exact and slower. */
  async indexed(): Promise<void> {
    this.#open();
    this.#index.refresh();
    await this.#index.settled();
  }

  async scrub(): Promise<void> {
    for (let attempt = 0; attempt < SCRUB.attempts; attempt++) {
      if (this.#erase()) return;
      await pause(SCRUB.pauseMs);
    }
    throw new FaceTriggerError(
      'ERR_BUSY',
      'What was deleted is in no answer, but another process reads the gallery and keeps its bytes in the log; call scrub again',
    );
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    // Closing moves what is in the log into the main file.
    this.#tidy();
    this.#disposed = true;
    this.#index.dispose();
    this.#connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #open(): SqliteConnection {
    if (this.#disposed) throw new FaceTriggerError('ERR_DISPOSED', 'The gallery was used after dispose()');
    this.#connection.requireInPlace();
    return this.#connection;
  }

  /** Changes the store in one transaction; while another process writes, it waits without holding up this one. */
  async #change<Result>(work: (connection: SqliteConnection) => Result): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const connection = this.#open();
      try {
        const result = connection.transaction(() => {
          const outcome = work(connection);
          pruneChanges(connection);
          return outcome;
        });
        this.#index.invalidate();
        this.#keepLogShort();
        return result;
      } catch (error) {
        const isBusy = error instanceof FaceTriggerError && error.code === 'ERR_BUSY';
        if (!isBusy || attempt === BUSY.attempts) throw error;
      }
      await pause(BUSY.pauseMs);
    }
  }

  #keepLogShort(): void {
    const size = this.#connection.logSize();
    if (size < this.#logLimit) return;
    // While another process reads, the log can only grow: trying at each change would look at all of it again.
    this.#logLimit = this.#tidy() ? LOG_LIMIT_BYTES : size + LOG_LIMIT_BYTES;
  }

  #sayDoubt(): void {
    if (this.#hasSaidDoubt) return;
    this.#hasSaidDoubt = true;
    process.emitWarning(
      `By this machine's clock (${new Date().toISOString()}) the gallery was not used for more than a day. Whoever ` +
        'has expired is in no answer, and is deleted for good when the clock still says so in ten minutes or later',
      { code: 'FACE_TRIGGER_CLOCK' },
    );
  }

  /** Erases what nobody waits for: a full disk, say, is told by what comes next. */
  #tidy(): boolean {
    try {
      return this.#erase();
    } catch (error) {
      if (error instanceof FaceTriggerError) return false;
      throw error;
    }
  }

  /** @returns false where another process stands in the way: to be called again */
  #erase(): boolean {
    const outcome = eraseRemains(this.#open(), { everywhere: this.#isUnseen });
    if (outcome !== 'busy') this.#isUnseen = outcome === 'overtaken';
    return outcome === 'done';
  }

  /** Takes what was deleted out of the index and out of the files' old bytes. */
  async #forget(): Promise<void> {
    this.#index.refresh();
    await this.scrub();
  }

  async *#everyone(): AsyncGenerator<StoredPerson> {
    for (let after = 0; ; ) {
      const people = peopleAfter(this.#open(), { after, limit: PAGE_LIMITS.maximum });
      yield* people;
      if (people.length < PAGE_LIMITS.maximum) return;
      after = people.at(-1)!.seq;
    }
  }

  #list<Item>(
    options: PageOptions & { readonly personId?: string; readonly withEmbeddings?: boolean },
    read: (
      connection: SqliteConnection,
      page: {
        readonly after: number;
        readonly limit: number;
        readonly personSeq: number | undefined;
        readonly withEmbeddings: boolean | undefined;
      },
    ) => readonly Stored<Item>[],
  ): Page<Item> {
    const { limit, after } = readPage(options);
    const connection = this.#open();
    const { personId, withEmbeddings } = options;
    const personSeq = personId === undefined ? undefined : requirePerson(connection, personId).seq;
    const found = read(connection, { after, limit: limit + 1, personSeq, withEmbeddings });
    const { rows, nextCursor } = cutPage(found, limit);
    return { items: rows.map(publicItem), nextCursor };
  }

  #reviewNewFace(face: NewFace, { review = 'standard' }: AddFacesOptions) {
    this.#checkEmbedding(face.embedding, face.embedder, 'face.embedding');
    if (face.thumbnail && !this.keepsThumbnails) {
      throw new FaceTriggerError('ERR_UNSUPPORTED_OPTION', 'This gallery is opened without thumbnails');
    }
    checkThumbnail(face.thumbnail);
    checkText(face.source, 'source');
    const result = reviewFace(face.quality ?? {}, review);
    if (result.accepted) return result;
    const why = result.reasons.map(({ code, message }) => `${code} (${message})`).join(', ');
    throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `The photo is not fit to enroll somebody: ${why}`, {
      details: { reasons: result.reasons },
    });
  }

  /** Judges faces, leaves out what the person has already, and inserts the rest in one transaction. */
  async #enrollFaces(
    faces: readonly NewFace[],
    options: AddFacesOptions,
    person: {
      /** Who gets the faces, as far as there is anybody yet. */
      readonly before: StoredPerson | null;
      readonly owner: (connection: SqliteConnection) => StoredPerson;
    },
  ): Promise<readonly EnrolledFace[]> {
    const reviews = faces.map((face) => this.#reviewNewFace(face, options));
    this.#index.refresh();
    const near = faces.map((face) => this.#near(face.embedding, person.before));
    const keep = options.duplicates === 'keep';
    const added = await this.#change((connection) => {
      const owner = { personSeq: person.owner(connection).seq, embedderSeq: this.#settings.embedderSeq };
      const inserted: { readonly embedding: Float32Array; readonly face: Stored<Face> }[] = [];
      return faces.map((face, i) => {
        const { embedding } = face;
        const earlier = inserted.find((other) => isSamePhoto(embedding, other.embedding))?.face;
        const same = keep ? null : (near[i]!.same ?? earlier);
        if (same) return { face: same, alreadyThere: true };
        const stored = insertFace(connection, { ...face, ...owner });
        inserted.push({ embedding, face: stored });
        return { face: stored, alreadyThere: false };
      });
    });
    return added.map(({ face, alreadyThere }, i) => ({
      face: publicItem(face),
      alreadyThere,
      flags: alreadyThere ? [] : reviews[i]!.reasons,
      nearerPerson: alreadyThere ? null : near[i]!.nearerPerson,
    }));
  }

  /** Who is near a new face: a face of the own person that is the same photo, and somebody who is nearer. */
  #near(
    embedding: Float32Array,
    person: StoredPerson | null,
  ): { readonly same: Stored<Face> | null; readonly nearerPerson: NearerPerson | null } {
    const found = searchPeople(this.#connection, this.#index, { probe: embedding, limit: COMPETITORS });
    const other = found.find((candidate) => candidate.person.id !== person?.id);
    const own = found.find((candidate) => candidate.person.id === person?.id);
    const same = own ? this.#samePhoto(embedding, own.face.id) : null;
    // Where there is no own face yet, only somebody who could be the same person is worth a word.
    const hasFaces = person !== null && person.faces > 0;
    if (!other || other.distance >= (own?.distance ?? Number.POSITIVE_INFINITY)) {
      return { same, nearerPerson: null };
    }
    if (!hasFaces && this.#judged(other.distance) >= this.#evidence.midpoint)
      return { same, nearerPerson: null };
    const { distance } = other;
    const samePhoto = this.#samePhoto(embedding, other.face.id) !== null;
    const nearerPerson = { ...other.person, distance, ownDistance: own?.distance ?? null, samePhoto };
    return { same, nearerPerson };
  }

  /** The face of an id if it is of the same photo as an embedding. */
  #samePhoto(embedding: Float32Array, faceId: string): Stored<Face> | null {
    const stored = findFace(this.#connection, faceId);
    if (!stored?.embedding || !isSamePhoto(embedding, stored.embedding)) return null;
    const { embedding: _, ...face } = stored;
    return face;
  }

  #checkEmbedding(embedding: Float32Array, given: NewFace['embedder'], name: string): void {
    checkEmbedding(embedding, { expected: this.embedder, given, name });
  }
}

// Of an embedder's own scale, whatever the gallery's metric.
function isSamePhoto(a: Float32Array, b: Float32Array): boolean {
  return isWithinDistance(a, b, SAME_PHOTO_DISTANCE);
}

function publicItem<Item>({ seq: _, ...item }: Stored<Item>): Item {
  return item as unknown as Item;
}
