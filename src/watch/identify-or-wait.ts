import { isUnavailable } from '../core/is-unavailable.ts';
import type { FaceAnalyzer, FaceIdentity } from './face-analyzer.ts';

/** How long a gallery that could not be asked is left alone. */
const LEFT_ALONE_MS = 500;

/** Options of {@link IdentifyOrWait}. */
export interface IdentifyOrWaitOptions {
  /** Told once when the gallery cannot be asked, and once when it can again. @defaultValue a warning of the process */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/**
 * Asks whose faces are; a gallery that is away for a while, as its database is, does not end the watch.
 *
 * @remarks Nobody is taken for unknown because nobody could be asked: who is in view then gets a name when the gallery
 * is back.
 */
export class IdentifyOrWait {
  readonly #analyzer: Pick<FaceAnalyzer, 'identify' | 'isOpen'>;
  readonly #onProblem: (message: string) => void;
  /** Since when it is away, of the process's clock. */
  #failedAt: number | null = null;

  constructor(
    analyzer: Pick<FaceAnalyzer, 'identify' | 'isOpen'>,
    { onProblem = (message) => process.emitWarning(message) }: IdentifyOrWaitOptions = {},
  ) {
    this.#analyzer = analyzer;
    this.#onProblem = onProblem;
  }

  /**
   * @returns `null` where nobody can say it at this moment
   * @throws FaceTriggerError what `identify` throws, but for a gallery that is away
   */
  async ask(embeddings: readonly Float32Array[]): Promise<readonly FaceIdentity[] | null> {
    if (this.#failedAt !== null && performance.now() - this.#failedAt < LEFT_ALONE_MS) return null;
    try {
      const identities = await this.#analyzer.identify(embeddings);
      if (this.#failedAt !== null) this.#onProblem('people are recognized again');
      this.#failedAt = null;
      return identities;
    } catch (error) {
      if (!this.#analyzer.isOpen || !isUnavailable(error)) throw error;
      if (this.#failedAt === null)
        this.#onProblem(`nobody is recognized for now: ${(error as Error).message}`);
      this.#failedAt = performance.now();
      return null;
    }
  }
}
