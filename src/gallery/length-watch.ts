import type { LengthRule } from '../core/embed/embedder-profile.ts';
import { holdsEvenLengths, isEven, mixedLengths } from './even-length.ts';
import type { GalleryReads } from './stores/gallery-store.ts';
import { tellOnce } from './tell-once.ts';

/** Watches whether the embeddings that come to a gallery are scaled as those in it are. */
export class LengthWatch {
  readonly #rule: LengthRule | null;
  readonly #tell: (message: () => string) => void;
  #hasEven: boolean | null = null;

  /**
   * @param rule - of the gallery's embedder; `null`: there is nothing to watch
   * @param onMixed - told once, in one sentence, where both kinds meet
   */
  constructor(rule: LengthRule | null, onMixed: ((message: string) => void) | undefined) {
    this.#rule = rule;
    this.#tell = tellOnce(onMixed);
  }

  /** `null` where there is nothing to choose: see {@link holdsEvenLengths}. */
  get hasEven(): boolean | null {
    return this.#hasEven;
  }

  /** Reads off the faces of a gallery what it holds; of an empty one the next face decides. */
  async read(store: GalleryReads): Promise<void> {
    this.#hasEven = await holdsEvenLengths(store, this.#rule);
  }

  /** Looks at embeddings that are to be compared with a gallery's. */
  async watch(store: GalleryReads, faces: readonly { readonly embedding: Float32Array }[]): Promise<void> {
    const rule = this.#rule;
    if (rule?.applies !== 'when even' || faces.length === 0) return;
    if (this.#hasEven === null) await this.read(store);
    const hasEven = this.#hasEven ?? isEven(faces[0]!.embedding, rule);
    if (faces.some(({ embedding }) => isEven(embedding, rule) !== hasEven)) {
      this.#tell(() => mixedLengths(hasEven));
    }
  }
}
