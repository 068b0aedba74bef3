import type { AlignedFace } from '../../core/align/aligned-face.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import type { EmbeddingJournal, JournalEntry } from '../../node/sqlite/embedding-journal.ts';

/** Faces that go through the network at once, and into the journal. */
const BATCH = 16;

/** What {@link embedAnew} works with. */
export interface EmbedAnewParts<Item> {
  /** Where embeddings are kept as they are made. */
  readonly journal: EmbeddingJournal;
  /** The face cut out for the new embedder; `null` where there is no picture of it, which the caller has noted. */
  readonly align: (item: Item) => Promise<AlignedFace | null>;
  /** Told what is in the journal now, before more is done. */
  readonly onKept?: ((entries: readonly JournalEntry[]) => Promise<void>) | undefined;
  readonly embed: (faces: readonly AlignedFace[]) => Promise<readonly Float32Array[]>;
  /** Called after each item: embedded, left out, or there before. */
  readonly onItem?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Embeds with other models what the journal does not have yet, so that work that was cut off goes on where it was.
 *
 * @returns how many were embedded now
 * @throws FaceTriggerError `ERR_ABORTED`, and what models and disks fail with; what was done until then is kept
 */
export async function embedAnew<Item extends { readonly key: string }>(
  items: AsyncIterable<Item>,
  { journal, align, embed, onKept, onItem, signal }: EmbedAnewParts<Item>,
): Promise<number> {
  let batch: { readonly key: string; readonly face: AlignedFace }[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    const due = batch;
    batch = [];
    if (due.length === 0) return;
    const embeddings = await embed(due.map(({ face }) => face));
    const entries = due.map(({ key }, i) => ({ key, embedding: embeddings[i]! }));
    journal.add(entries);
    done += due.length;
    await onKept?.(entries);
  };
  try {
    for await (const item of items) {
      if (signal?.aborted) {
        const message =
          'Embedding anew was stopped; what is done is kept, and the same call goes on from there';
        throw new FaceTriggerError('ERR_ABORTED', message, { cause: signal.reason });
      }
      if (!journal.has(item.key)) {
        const face = await align(item);
        if (face) batch.push({ key: item.key, face });
        if (batch.length === BATCH) await flush();
      }
      onItem?.();
    }
  } catch (error) {
    // What was cut out is kept if it can be; what went wrong first is told.
    await flush().catch(() => undefined);
    throw error;
  }
  await flush();
  return done;
}
