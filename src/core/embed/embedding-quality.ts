import { invalidArgument } from '../errors.ts';
import type { AveragingOptions } from './chip-variants.ts';

/** How much work goes into an embedding; see {@link EMBEDDING_QUALITIES}. */
export type EmbeddingQuality = 'fast' | 'balanced' | 'best';

/** How a face becomes one embedding. */
export interface EmbeddingOptions extends AveragingOptions {
  /** Sets the options below, each of which may be given as well. */
  readonly quality?: EmbeddingQuality | undefined;
  /**
   * Scale every embedding to the length of the embedder's `lengthRule`, so that only its direction counts. No effect on embedders
   * that have none.
   */
  readonly evenLength?: boolean | undefined;
}

/** {@link EmbeddingOptions} with nothing left open. */
export interface EmbeddingRecipe {
  readonly mirror: boolean;
  readonly jitter: number;
  readonly evenLength: boolean;
}

/**
 * What each quality stands for. Views of a face cost one run of the network each.
 *
 * @remarks Measured by bench/accuracy/embedding-variants.mjs; figures and reasons are in docs/accuracy.md. 'fast' is
 * what native dlib computes, number for number. More views than two cost much and give nothing that can be measured:
 * 'best' takes better networks instead, where what is new is made (see `BEST_MODELS`), and is 'balanced' with those
 * that are given.
 */
export const EMBEDDING_QUALITIES: Readonly<Record<EmbeddingQuality, EmbeddingRecipe>> = {
  fast: { mirror: false, jitter: 0, evenLength: false },
  balanced: { mirror: true, jitter: 0, evenLength: true },
  best: { mirror: true, jitter: 0, evenLength: true },
};

/** The one default of every door to an embedding, so that a face has the same one whichever it came through. */
export const DEFAULT_QUALITY: EmbeddingQuality = 'balanced';

/**
 * Fills in what is not given.
 *
 * @param options.quality - @defaultValue {@link DEFAULT_QUALITY}
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a quality that does not exist
 */
export function embeddingRecipe(options: EmbeddingOptions = {}): EmbeddingRecipe {
  const { quality = DEFAULT_QUALITY } = options;
  if (!Object.hasOwn(EMBEDDING_QUALITIES, quality)) {
    throw invalidArgument("'fast', 'balanced' or 'best'", 'options.quality', quality);
  }
  const base = EMBEDDING_QUALITIES[quality];
  const { mirror = base.mirror, jitter = base.jitter, evenLength = base.evenLength } = options;
  return { mirror, jitter, evenLength };
}

/** The quality whose distances, measured for `evidence`, are most like a recipe's: 'best' was measured with jitter. */
export function qualityOf({ mirror, jitter }: EmbeddingRecipe): EmbeddingQuality {
  if (jitter > 0) return 'best';
  return mirror ? 'balanced' : 'fast';
}
