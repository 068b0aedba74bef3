import type { Face, NegativeExample } from '../gallery-types.ts';
import type { GalleryStore, MergedRows, MergeRow, Stored, StoredPerson } from '../stores/gallery-store.ts';

/** Rows read, and written by one transaction: a few megabytes. */
const PAGE = 2000;

/** A face with its embedding and its picture. */
export interface WholeFace {
  readonly face: Stored<Face>;
  readonly thumbnail: Uint8Array | null;
}

/** Rows of a gallery by kind, a page at a time: people who have expired too. */
export interface StorePages {
  people(): AsyncGenerator<readonly StoredPerson[]>;
  faces(): AsyncGenerator<readonly WholeFace[]>;
  negatives(): AsyncGenerator<readonly Stored<NegativeExample>[]>;
  merges(): AsyncGenerator<readonly (Stored<MergeRow> & MergedRows)[]>;
}

/** Reads all rows of a store. */
export function pagesOf(store: GalleryStore): StorePages {
  const page = { limit: PAGE, livingAt: null, withEmbeddings: true };
  return {
    people: () => pages((after) => store.listPeople({ ...page, after })),
    negatives: () => pages((after) => store.listNegatives({ ...page, after })),
    merges: () => pages((after) => store.listMerges({ ...page, after })),
    async *faces() {
      for await (const faces of pages((after) => store.listFaces({ ...page, after }))) {
        const whole: WholeFace[] = [];
        for (const face of faces) {
          const found = face.hasThumbnail ? await store.findThumbnail(face.id, null) : null;
          whole.push({ face, thumbnail: found?.thumbnail ?? null });
        }
        yield whole;
      }
    },
  };
}

async function* pages<Row extends Stored<object>>(
  read: (after: number) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let after = 0; ; ) {
    const rows = await read(after);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.seq;
  }
}
