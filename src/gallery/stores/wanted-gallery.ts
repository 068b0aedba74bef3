import type { EmbedderDistances } from '../../core/embed/distance-facts.ts';
import type { MetricName } from '../../core/metric/metric.ts';
import type { LedgerEntry } from '../../models/licence-ledger.ts';
import type { GalleryPack } from '../gallery-pack.ts';
import type { GalleryEmbedder } from '../gallery-types.ts';

/** What a gallery is opened as. */
export interface WantedGallery {
  /** Whose embeddings the gallery holds; needed for a new one, compared with an existing one. */
  readonly embedder?: GalleryEmbedder | undefined;
  /** Compared with an existing gallery's. @defaultValue what the gallery was made with, or that of its models */
  readonly metric?: MetricName | undefined;
  /** What a new gallery remembers; asked for nothing else. */
  readonly describe?: (() => Promise<NewGalleryFacts>) | undefined;
}

/** What is known of the models that a new gallery is made for. */
export interface NewGalleryFacts {
  /** Where nobody asks for another. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** What the embedder's distances mean. */
  readonly distances?: EmbedderDistances | undefined;
  /** What is known of the embedder's licenses. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The pack that the embedder is of. */
  readonly pack?: GalleryPack | undefined;
}
