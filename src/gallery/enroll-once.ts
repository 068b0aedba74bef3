import type { GalleryWrites } from './stores/gallery-store.ts';

/** What makes an enrollment happen once, however often it is tried and by whom. */
export interface EnrollOnce {
  /** Names the enrollment, such as a task's id. */
  readonly key: string;
  /**
   * Asked at the end of the transaction, while nobody else can change the gallery: what it throws undoes all. For
   * whoever may have lost the right to do it meanwhile.
   */
  readonly confirm: () => Promise<void>;
  /** Keys that nobody will try again: what was remembered of them goes. */
  readonly settled?: readonly string[] | undefined;
}

/** What became of an enrollment: the face is new, or the person had the photo. */
export type OnceOutcome = 'added' | 'already-there';

/** What {@link Gallery.enrollOnce} did. */
export interface EnrolledOnce {
  readonly outcome: OnceOutcome;
  /** It had been done before, and nothing was done now, even if the face was deleted since. */
  readonly repeated: boolean;
}

const noteOf = (key: string): string => `once ${key}`;

/** What became of an enrollment before; `null`: it was not done yet. */
export async function earlierOutcome(rows: GalleryWrites, { key }: EnrollOnce): Promise<OnceOutcome | null> {
  const note = await rows.note(noteOf(key));
  return note === 'added' || note === 'already-there' ? note : null;
}

/** Remembers an enrollment in its own transaction, as its last step. */
export async function rememberOutcome(
  rows: GalleryWrites,
  { key, confirm, settled = [] }: EnrollOnce,
  outcome: OnceOutcome,
): Promise<void> {
  await rows.setNote(noteOf(key), outcome);
  await forgetOnce(rows, settled);
  await confirm();
}

/** Forgets enrollments that nobody will try again. */
export async function forgetOnce(rows: GalleryWrites, keys: readonly string[]): Promise<void> {
  for (const key of keys) await rows.setNote(noteOf(key), null);
}
