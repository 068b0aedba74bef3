import { type ClusterState, forOtherEmbeddings } from '../../cluster/cluster-state.ts';
import type { PhotoStore } from '../../gallery/stores/photos/photo-store.ts';
import type { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';
import { everyFace } from '../every-face.ts';

/** Faces that are changed by a statement or two. */
const BATCH = 1000;

/**
 * Gives faces of other models what the journal has of them, all in one transaction, and lets them be grouped anew.
 *
 * @returns how many
 */
export function switchFaces(store: PhotoStore, journal: EmbeddingJournal, model: string): Promise<number> {
  return store.transaction(async (rows) => {
    const grouping = await rows.grouping();
    if (grouping) {
      const state = JSON.stringify(forOtherEmbeddings(JSON.parse(grouping.state) as ClusterState));
      await rows.putGrouping({ ...grouping, state, suggestions: '[]' });
    }
    let changed = 0;
    let due: { readonly faceId: string; readonly embedding: Float32Array }[] = [];
    const adopt = async (): Promise<void> => {
      await rows.adoptEmbeddings(due, model);
      changed += due.length;
      due = [];
    };
    for await (const { id } of everyFace(rows, { notOfModel: model })) {
      if (journal.has(id) && due.push({ faceId: id, embedding: journal.get(id) }) === BATCH) await adopt();
    }
    await adopt();
    return changed;
  });
}
