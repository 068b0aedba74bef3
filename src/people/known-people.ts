import { type LabelMap, readLabelMap, writeLabelMap } from '../classify/label-map.ts';
import { MAX_CLASSIFIER_BYTES, OnnxClassifier } from '../classify/onnx-classifier.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';

/** The people that a recognizer knows: a classifier, its file, and the names of its classes. */
export class KnownPeople implements AsyncDisposable {
  readonly #runtime: Runtime | undefined;
  #classifier: OnnxClassifier | null = null;
  #bytes: Uint8Array | null = null;
  #labelMap: LabelMap | null = null;
  #isDisposed = false;

  /** @param runtime - runs classifiers. @defaultValue onnxruntime-node */
  constructor(runtime?: Runtime) {
    this.#runtime = runtime;
  }

  /** `null` before training or loading. */
  get classifier(): OnnxClassifier | null {
    return this.#classifier;
  }

  /** Names in the order of the classifier's columns. */
  get labels(): readonly string[] {
    return this.#classifier?.classes.map((encoded) => String(this.labelOf(encoded))) ?? [];
  }

  /** The name of a class, or its number where there is no label map. */
  labelOf(encoded: number): string | number {
    return this.#labelMap?.[encoded] ?? encoded;
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_DISPOSED` */
  requireClassifier(): OnnxClassifier {
    this.#requireOpen();
    if (this.#classifier === null) throw notTrained('No classifier is trained or loaded');
    return this.#classifier;
  }

  /**
   * Takes a classifier in place of the one before.
   *
   * @param source - path or bytes of its file
   * @param profile - of the embedder whose embeddings will come
   * @param labelMap - @defaultValue the one that is loaded stays
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_MODEL_FORMAT`, `ERR_MODEL_MISMATCH`
   */
  async take(
    source: string | Uint8Array,
    { id, sha256, dimension }: EmbedderProfile,
    labelMap: LabelMap | null = this.#labelMap,
  ): Promise<void> {
    this.#requireOpen();
    const limits = {
      maxBytes: MAX_CLASSIFIER_BYTES,
      missing: 'ERR_MODEL_NOT_FOUND',
      unfit: 'ERR_MODEL_FORMAT',
    } as const;
    const bytes = typeof source === 'string' ? await readFileWithin(source, limits) : source;
    const embedder = { id, sha256, dimension };
    const classifier = await OnnxClassifier.create(bytes, { embedder, runtime: this.#runtime });
    try {
      this.#requireOpen();
      assertNamed(classifier, labelMap);
    } catch (error) {
      await classifier.dispose();
      throw error;
    }
    await this.#classifier?.dispose();
    this.#classifier = classifier;
    this.#bytes = bytes;
    this.#labelMap = labelMap;
  }

  /** Forgets the classifier; the names stay. */
  async forgetClassifier(): Promise<void> {
    await this.#classifier?.dispose();
    this.#classifier = null;
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_FILE_WRITE` */
  async save(path: string): Promise<void> {
    this.requireClassifier();
    await writeFileAtomic(path, this.#bytes!, { mode: PRIVATE_FILE_MODE });
  }

  /** @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`, `ERR_MODEL_MISMATCH` */
  async loadLabelMap(path: string): Promise<void> {
    const labelMap = await readLabelMap(path);
    assertNamed(this.#classifier, labelMap);
    this.#labelMap = labelMap;
  }

  /** @throws FaceTriggerError `ERR_NOT_TRAINED`, `ERR_FILE_WRITE` */
  async saveLabelMap(path: string): Promise<void> {
    if (this.#labelMap === null) throw notTrained('There is no label map to save');
    await writeLabelMap(path, this.#labelMap);
  }

  #requireOpen(): void {
    if (this.#isDisposed)
      throw new FaceTriggerError('ERR_DISPOSED', 'The recognizer was used after dispose()');
  }

  /** Frees the classifier. Calling it again does nothing. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.forgetClassifier();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** What is answered before anything was learned. */
export function notTrained(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_NOT_TRAINED', `${what}: call train() or load() first`);
}

/** A class without a name would be told by its number, as if it were a name. */
function assertNamed(classifier: OnnxClassifier | null, labelMap: LabelMap | null): void {
  const last = classifier?.classes.at(-1);
  if (last === undefined || labelMap === null || last < labelMap.length) return;
  const message = expectation(
    `a name for each of the classifier's classes, which go up to ${last},`,
    'the label map',
    `${labelMap.length} names`,
  );
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `${message}; load the label map that was saved with the classifier`,
  );
}
