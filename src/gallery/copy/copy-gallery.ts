import { FaceTriggerError } from '../../core/errors.ts';
import { CLOCK_NOTE } from '../clock-trust.ts';
import type { GalleryStore } from '../stores/gallery-store.ts';
import { copyFaces, copyMerges, copyNegatives, copyPeople } from './copy-rows.ts';
import { GalleryDigest } from './gallery-digest.ts';
import { openForCopy, requireTwo } from './open-for-copy.ts';
import { pagesOf } from './read-store.ts';

/** Rows of a gallery by kind. */
export interface GalleryRowCounts {
  readonly people: number;
  readonly faces: number;
  readonly negatives: number;
  /** What can be undone. */
  readonly merges: number;
}

/** Options of {@link copyGallery}. */
export interface CopyGalleryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with how many rows are copied or checked, of how many: each is both. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What {@link copyGallery} did. */
export interface CopyGalleryResult {
  /** Rows that the copy has, which are those of the original. */
  readonly rows: GalleryRowCounts;
  /** Those of them that this call brought; the others were there from an earlier, broken one. */
  readonly copied: GalleryRowCounts;
  /** The same number of both: the SHA-256 of every row, combined by exclusive or; 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Copies a gallery from any kind of store to any other: people (those who have expired too), faces with their pictures,
 * negative examples and what merges can be undone, all with their ids. Then both are read and compared.
 *
 * @param from - the address of a gallery that exists
 * @param to - the address of a new gallery, or of one that a broken copy of the same has left: what is there stays
 * @throws FaceTriggerError `ERR_CONFLICT` where the target has rows of its own, or the original was changed meanwhile;
 * `ERR_MODEL_MISMATCH` where it is of another embedder; `ERR_ABORTED`: the next call goes on
 * @remarks Memory: two thousand rows. Reads the original once and the copy twice.
 */
export async function copyGallery(
  from: string,
  to: string,
  { signal, onProgress }: CopyGalleryOptions = {},
): Promise<CopyGalleryResult> {
  await requireTwo(from, to);
  await using source = await openForCopy(from);
  await using target = await openForCopy(to, source.settings);
  const { people, faces, negatives } = await source.count();
  const total = 2 * (people + faces + negatives);
  let done = 0;
  const step = (rows: number): void => {
    if (signal?.aborted)
      throw new FaceTriggerError('ERR_ABORTED', 'The copy was stopped; the next call goes on');
    done += rows;
    onProgress?.(Math.min(done, total), total);
  };
  await requireNothingElse(source, target);
  const original = await readAll(source, {
    onPeople: (page) => copyPeople(target, page),
    onFaces: (page) => copyFaces(target, page),
    onNegatives: (page) => copyNegatives(target, page),
    onMerges: (page) => copyMerges(target, page),
    step,
  });
  await copyClock(source, target);
  const copy = await readAll(target, { step });
  if (copy.sha256 !== original.sha256) {
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      'The copy is not the same as the original, which was changed meanwhile: stop what changes it, and copy it to a new gallery',
    );
  }
  return { rows: copy.rows, copied: original.copied, sha256: copy.sha256 };
}

/** What the original knows of its clock, so that the copy believes it as far as the original does. */
async function copyClock(source: GalleryStore, target: GalleryStore): Promise<void> {
  const clock = await source.note(CLOCK_NOTE);
  if (clock === null || (await target.note(CLOCK_NOTE)) !== null) return;
  await target.transaction((rows) => rows.setNote(CLOCK_NOTE, clock));
}

type Page<Kind extends keyof ReturnType<typeof pagesOf>> =
  ReturnType<ReturnType<typeof pagesOf>[Kind]> extends AsyncGenerator<infer Rows> ? Rows : never;

/** Reads all rows of a store, hands them on to be copied, counts them and combines their hashes. */
async function readAll(
  store: GalleryStore,
  on: {
    readonly onPeople?: ((page: Page<'people'>) => Promise<number>) | undefined;
    readonly onFaces?: ((page: Page<'faces'>) => Promise<number>) | undefined;
    readonly onNegatives?: ((page: Page<'negatives'>) => Promise<number>) | undefined;
    readonly onMerges?: ((page: Page<'merges'>) => Promise<number>) | undefined;
    readonly step: (rows: number) => void;
  },
): Promise<{ readonly rows: GalleryRowCounts; readonly copied: GalleryRowCounts; readonly sha256: string }> {
  const pages = pagesOf(store);
  const digest = new GalleryDigest();
  const rows = { people: 0, faces: 0, negatives: 0, merges: 0 };
  const copied = { ...rows };
  for await (const page of pages.people()) {
    for (const person of page) digest.addPerson(person);
    rows.people += page.length;
    copied.people += (await on.onPeople?.(page)) ?? 0;
    on.step(page.length);
  }
  for await (const page of pages.faces()) {
    for (const { face, thumbnail } of page) digest.addFace(face, thumbnail);
    rows.faces += page.length;
    copied.faces += (await on.onFaces?.(page)) ?? 0;
    on.step(page.length);
  }
  for await (const page of pages.negatives()) {
    for (const example of page) digest.addNegative(example);
    rows.negatives += page.length;
    copied.negatives += (await on.onNegatives?.(page)) ?? 0;
    on.step(page.length);
  }
  for await (const page of pages.merges()) {
    for (const merge of page) digest.addMerge(merge);
    rows.merges += page.length;
    copied.merges += (await on.onMerges?.(page)) ?? 0;
    on.step(0);
  }
  return { rows, copied, sha256: digest.hex };
}

/** A copy beside rows of somebody else would be neither. */
async function requireNothingElse(source: GalleryStore, target: GalleryStore): Promise<void> {
  const pages = pagesOf(target);
  const refuse = (): never => {
    throw new FaceTriggerError(
      'ERR_CONFLICT',
      'The gallery to copy to has people or faces that the original does not have: copy to a new one, or export and import to bring both together',
    );
  };
  for await (const page of pages.people()) {
    const known = await source.peopleOf({ ids: page.map(({ id }) => id), names: [] }, null);
    if (known.length < page.length) refuse();
  }
  for (const kind of ['face', 'negative'] as const) {
    for await (const page of idPages(target, kind)) {
      if ((await source.knownIds(kind, page)).size < page.length) refuse();
    }
  }
}

async function* idPages(store: GalleryStore, kind: 'face' | 'negative'): AsyncGenerator<readonly string[]> {
  const limit = 2000;
  for (let after = 0; ; ) {
    const page = { after, limit, livingAt: null };
    const rows = kind === 'face' ? await store.listFaces(page) : await store.listNegatives(page);
    if (rows.length > 0) yield rows.map(({ id }) => id);
    if (rows.length < limit) return;
    after = rows.at(-1)!.seq;
  }
}
