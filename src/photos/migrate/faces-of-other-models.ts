import { type ClusterState, forOtherEmbeddings } from '../../cluster/cluster-state.ts';
import type { PhotoReads, PhotoStore, StoredPhotoFace } from '../../gallery/stores/photos/photo-store.ts';
import type { EmbeddingJournal } from '../../node/sqlite/embedding-journal.ts';

/** Faces that are read at a time. */
const PAGE = 1000;

/** The faces that other models than this one have embedded, photo by photo as they were scanned. */
export async function* facesOfOtherModels(rows: PhotoReads, model: string): AsyncGenerator<StoredPhotoFace> {
  for (let after = 0; ; ) {
    const page = await rows.listFaces({ after, limit: PAGE, notOfModel: model });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.seq;
  }
}

/**
 * Gives the faces what the journal has of them, all in one transaction, and lets them be grouped anew.
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
    for (let after = 0; ; ) {
      const page = await rows.listFaces({ after, limit: PAGE, notOfModel: model });
      const due = page.filter(({ id }) => journal.has(id));
      await rows.adoptEmbeddings(
        due.map(({ id }) => ({ faceId: id, embedding: journal.get(id) })),
        model,
      );
      changed += due.length;
      if (page.length < PAGE) return changed;
      after = page.at(-1)!.seq;
    }
  });
}
