import { nextTurn } from '../core/next-turn.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { toBase64 } from './base64.ts';
import { bytesOfEmbedding } from './embedding-bytes.ts';
import { type CheckedRecord, checkRecord } from './gallery-record.ts';
import type { ImportResult } from './gallery-types.ts';
import { isAlive, nameForms, refuseExpired } from './people.ts';
import type {
  FaceRow,
  GalleryStore,
  GalleryWrites,
  NegativeRow,
  PersonRow,
  StoredPerson,
} from './stores/gallery-store.ts';

/** Records taken in by one transaction where the store has no wish: a few milliseconds of work, one flush of the disk. */
const IMPORT_BATCH = 200;
/** Records checked before a store that waits for this process gets its turn: a few milliseconds of work. */
const CHECKED_TOGETHER = 100;

/** What became of a record: taken in as a person, face or negative example, or why not. */
type Outcome = 'people' | 'faces' | 'negatives' | 'present' | 'expired' | 'withoutPerson';

/**
 * Takes records of an exported gallery into a store, batch by batch: while one is written, the next is checked.
 *
 * @param options.onEmbeddings - called with those that will be taken in, or are there already
 * @param options.keepsThumbnails - false: takes the faces and leaves their pictures
 * @throws FaceTriggerError for the first record that is none; batches before it are kept
 */
export async function importRecords(
  store: GalleryStore,
  records: AsyncIterable<unknown> | Iterable<unknown>,
  {
    keepsThumbnails,
    onEmbeddings,
  }: {
    readonly keepsThumbnails: boolean;
    readonly onEmbeddings?:
      | ((faces: readonly { readonly embedding: Float32Array }[]) => Promise<void>)
      | undefined;
  },
): Promise<ImportResult> {
  const counts = { people: 0, faces: 0, negatives: 0, present: 0, expired: 0, withoutPerson: 0 };
  const file: FileSoFar = { renamed: new Map(), expired: new Set() };
  const batchSize = store.importBatch ?? IMPORT_BATCH;
  let batch: CheckedRecord[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async (checked: readonly CheckedRecord[]): Promise<void> => {
    const outcomes = await store.transaction((rows) => importBatch(rows, checked, { file, keepsThumbnails }));
    for (const outcome of outcomes) counts[outcome]++;
  };
  const flush = async (): Promise<void> => {
    const checked = batch;
    batch = [];
    await writing;
    await onEmbeddings?.(checked.filter((record) => 'embedding' in record));
    writing = write(checked);
    // Whoever waits for it next is told of a failure.
    writing.catch(() => undefined);
  };
  try {
    for await (const record of records) {
      batch.push(checkRecord(record, store.settings));
      if (batch.length >= batchSize) await flush();
      else if (batch.length % CHECKED_TOGETHER === 0) await nextTurn();
    }
    if (batch.length > 0) await flush();
  } finally {
    // Where a record is wrong, what came before it is kept; where that could not be, this is the error to tell.
    await writing;
  }
  const { present, expired, withoutPerson } = counts;
  return { ...counts, skipped: present + expired + withoutPerson };
}

/** What earlier records of the file said. */
interface FileSoFar {
  /** Ids of the file's people who are in the gallery under another id. */
  readonly renamed: Map<string, string>;
  /** Ids of the file's people whose time is over. */
  readonly expired: Set<string>;
}

type PersonRecord = Extract<CheckedRecord, { type: 'person' }>;
type OwnedRecord = Extract<CheckedRecord, { type: 'face' | 'negative' }>;

/** Asks the store once for all that a batch needs to know, decides, and inserts all rows of a kind at once. */
async function importBatch(
  rows: GalleryWrites,
  records: readonly CheckedRecord[],
  { file, keepsThumbnails }: { readonly file: FileSoFar; readonly keepsThumbnails: boolean },
): Promise<readonly Outcome[]> {
  const known = await KnownRows.read(rows, records, file);
  const people: PersonRow[] = [];
  const owned: { readonly record: OwnedRecord; readonly owner: StoredPerson | PersonRow }[] = [];
  const outcomes: Outcome[] = [];
  for (const record of records) {
    if (record.type === 'gallery') continue;
    if (record.type === 'person') {
      const outcome = judgePerson(record, known, file);
      if (outcome === 'people') people.push(known.add(toPerson(record)));
      outcomes.push(outcome);
      continue;
    }
    const owner = known.person(file.renamed.get(record.personId) ?? record.personId);
    if (known.has(record)) outcomes.push('present');
    else if (!owner || !isAlive(owner))
      outcomes.push(file.expired.has(record.personId) ? 'expired' : 'withoutPerson');
    else if (!known.take(record, owner)) outcomes.push('present');
    else {
      owned.push({ record, owner });
      outcomes.push(record.type === 'face' ? 'faces' : 'negatives');
    }
  }
  const seqs = new Map((await rows.insertPeople(people)).map(({ id, seq }) => [id, seq]));
  const faces: FaceRow[] = [];
  const negatives: NegativeRow[] = [];
  for (const { record, owner } of owned) {
    const personSeq = 'seq' in owner ? owner.seq : seqs.get(owner.id)!;
    const { id, embedding, source } = record;
    const row = { id, personSeq, embedding, source, createdAt: new Date(record.createdAt) };
    if (record.type === 'negative') negatives.push(row);
    else
      faces.push({ ...row, quality: record.quality, thumbnail: keepsThumbnails ? record.thumbnail : null });
  }
  await rows.insertFaces(faces);
  await rows.insertNegatives(negatives);
  return outcomes;
}

function judgePerson(record: PersonRecord, known: KnownRows, file: FileSoFar): Outcome {
  const same = known.person(record.id) ?? known.personNamed(record.name);
  if (same) {
    refuseExpired(same);
    file.renamed.set(record.id, same.id);
    return 'present';
  }
  if (record.expiresAt !== null && Date.parse(record.expiresAt) <= Date.now()) {
    file.expired.add(record.id);
    return 'expired';
  }
  return 'people';
}

function toPerson({ id, name, createdAt, expiresAt, consent }: PersonRecord): PersonRow {
  return {
    id,
    name: canonicalName(name),
    createdAt: new Date(createdAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    consent: consent && { text: consent.text, at: new Date(consent.at) },
  };
}

/** What is in the store of all that a batch speaks of, and what the batch has added so far. */
class KnownRows {
  readonly #byId = new Map<string, StoredPerson | PersonRow>();
  readonly #byName = new Map<string, StoredPerson | PersonRow>();
  readonly #ids: { readonly face: Set<string>; readonly negative: Set<string> };
  /** Person and embedding of faces that are there. */
  readonly #photos = new Set<string>();

  private constructor(
    people: readonly StoredPerson[],
    ids: { readonly face: Set<string>; readonly negative: Set<string> },
  ) {
    for (const person of people) this.add(person);
    this.#ids = ids;
  }

  static async read(
    rows: GalleryWrites,
    records: readonly CheckedRecord[],
    { renamed }: FileSoFar,
  ): Promise<KnownRows> {
    const people = records.filter((record) => record.type === 'person');
    const owned = records.filter((record) => record.type === 'face' || record.type === 'negative');
    const ids = [
      ...people.map(({ id }) => id),
      ...owned.map(({ personId }) => renamed.get(personId) ?? personId),
    ];
    const names = people.flatMap(({ name }) => nameForms(name));
    const found = await rows.peopleOf({ ids: [...new Set(ids)], names: [...new Set(names)] }, null);
    const idsOf = async (kind: 'face' | 'negative') =>
      new Set(
        await rows.knownIds(
          kind,
          owned.filter(({ type }) => type === kind).map(({ id }) => id),
        ),
      );
    const known = new KnownRows(found, { face: await idsOf('face'), negative: await idsOf('negative') });
    // People of the batch whose names are there under another id.
    const others = new Map(people.map(({ id, name }) => [id, known.personNamed(name)?.id]));
    await known.#readPhotos(rows, owned, (id) => known.person(renamed.get(id) ?? others.get(id) ?? id));
    return known;
  }

  person(id: string): StoredPerson | PersonRow | undefined {
    return this.#byId.get(id);
  }

  personNamed(name: string): StoredPerson | PersonRow | undefined {
    for (const form of nameForms(name)) {
      const person = this.#byName.get(form);
      if (person) return person;
    }
    return undefined;
  }

  add<Row extends StoredPerson | PersonRow>(person: Row): Row {
    this.#byId.set(person.id, person);
    this.#byName.set(person.name, person);
    return person;
  }

  has({ type, id }: OwnedRecord): boolean {
    return this.#ids[type].has(id);
  }

  /** @returns false where the person has the same photo, under whatever id */
  take(record: OwnedRecord, owner: { readonly id: string }): boolean {
    const photo = photoOf(record, owner);
    if (record.type === 'face' && this.#photos.has(photo)) return false;
    if (record.type === 'face') this.#photos.add(photo);
    this.#ids[record.type].add(record.id);
    return true;
  }

  /** Finds out which of a batch's faces are photos that their people have already. */
  async #readPhotos(
    rows: GalleryWrites,
    owned: readonly OwnedRecord[],
    ownerOf: (personId: string) => StoredPerson | PersonRow | undefined,
  ): Promise<void> {
    const faces = owned.flatMap((record) => {
      const owner = ownerOf(record.personId);
      if (record.type !== 'face' || !owner || !('seq' in owner)) return [];
      return [{ personSeq: owner.seq, embedding: record.embedding, photo: photoOf(record, owner) }];
    });
    const there = await rows.haveEmbeddings(faces);
    for (const [i, { photo }] of faces.entries()) if (there[i]) this.#photos.add(photo);
  }
}

function photoOf({ embedding }: OwnedRecord, owner: { readonly id: string }): string {
  return owner.id + toBase64(bytesOfEmbedding(embedding));
}
