import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';
import type { Classifier, ClassifierResult } from '../core/identify/classifier.ts';
import { isKind } from '../core/is-kind.ts';
import type { Runtime, RuntimeSession, TensorValue } from '../core/runtime/runtime.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { NODE_RUNTIME } from '../node/runtime/session.ts';
import { RUN_LIMITS } from '../onnx/bound-sizes.ts';
import { CLASSIFIER_TENSORS } from './classifier-file.ts';
import { type ClassifierFacts, inspectClassifier } from './inspect-classifier.ts';

/** Options of {@link OnnxClassifier.create}. */
export interface OnnxClassifierOptions {
  /** The embedder whose embeddings will come; a classifier that names another one is refused. */
  readonly embedder?: (Partial<EmbedderIdentity> & { readonly dimension?: number | undefined }) | undefined;
  /** Largest file, in bytes. @defaultValue {@link MAX_CLASSIFIER_BYTES} */
  readonly maxBytes?: number | undefined;
  /** Threads that one prediction may use. */
  readonly threads?: number | undefined;
  /** Runs the file. @defaultValue onnxruntime-node */
  readonly runtime?: Runtime | undefined;
}

/** Room for half a million photos of as many numbers as an embedding of dlib has. */
export const MAX_CLASSIFIER_BYTES = 256 * 1024 * 1024;

/** Embeddings that go through the model at once; bounds the memory that many of them take. */
const BATCH: number = RUN_LIMITS.classifier.rows;

/**
 * A classifier file that runs in onnxruntime: one that face-trigger saved, or one exported from scikit-learn
 * (skl2onnx) whose input is `embeddings` and whose outputs are `label` and `probabilities`.
 */
export class OnnxClassifier implements Classifier {
  readonly kind: string;
  readonly dimension: number;
  readonly classes: readonly number[];
  /** What the file says of itself. */
  readonly facts: ClassifierFacts;
  readonly #session: RuntimeSession;

  private constructor(session: RuntimeSession, facts: ClassifierFacts, classes: readonly number[]) {
    this.#session = session;
    this.facts = facts;
    this.kind = facts.kind;
    this.dimension = facts.dimension;
    this.classes = classes;
  }

  /**
   * Loads a classifier and tries it once.
   *
   * @param source - path or bytes of an `.onnx` file
   * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND`, `ERR_FILE_READ`; `ERR_MODEL_FORMAT` for a file that is
   * damaged, too large, refers to other files, uses operators of unknown domains, or has other inputs and
   * outputs; `ERR_MODEL_MISMATCH` for a classifier of another embedder
   */
  static async create(
    source: string | Uint8Array,
    options: OnnxClassifierOptions = {},
  ): Promise<OnnxClassifier> {
    const { embedder, maxBytes = MAX_CLASSIFIER_BYTES, threads, runtime = NODE_RUNTIME } = options;
    const bytes = await load(source, maxBytes);
    const facts = inspectClassifier(bytes);
    requireEmbedder(facts, embedder);
    const session = await runtime.createSession(bytes, { threads, limits: RUN_LIMITS.classifier });
    try {
      const result = await tryOnce(session, facts);
      const people = result[CLASSIFIER_TENSORS.probabilities]!.dims[1]!;
      const classes = facts.classes ?? Array.from({ length: people }, (_, i) => i);
      checkShapes(result, { count: 1, people: classes.length, hasDistances: facts.hasDistances });
      return new OnnxClassifier(session, facts, classes);
    } catch (error) {
      await session.dispose();
      throw error;
    }
  }

  async predict(embeddings: readonly Float32Array[]): Promise<ClassifierResult> {
    const { dimension, facts } = this;
    checkEmbeddings(embeddings, dimension);
    const count = embeddings.length;
    const people = this.classes.length;
    const known = new Set(this.classes);
    const labels = new Int32Array(count);
    const probabilities = new Float32Array(count * people);
    const distances = facts.hasDistances ? new Float32Array(count * people) : null;
    for (let start = 0; start < count; start += BATCH) {
      const rows = Math.min(BATCH, count - start);
      const data = new Float32Array(rows * dimension);
      for (let row = 0; row < rows; row++) data.set(embeddings[start + row]!, row * dimension);
      const result = await this.#session.run({
        [CLASSIFIER_TENSORS.embeddings]: { type: 'float32', dims: [rows, dimension], data },
      });
      checkShapes(result, { count: rows, people, hasDistances: facts.hasDistances });
      const found = result[CLASSIFIER_TENSORS.label]!.data as BigInt64Array;
      for (let row = 0; row < rows; row++) {
        const label = Number(found[row]);
        if (!known.has(label))
          throw badOutput(`a label from 0 to ${people - 1}`, CLASSIFIER_TENSORS.label, label);
        labels[start + row] = label;
      }
      probabilities.set(result[CLASSIFIER_TENSORS.probabilities]!.data as Float32Array, start * people);
      distances?.set(result[CLASSIFIER_TENSORS.distances]!.data as Float32Array, start * people);
    }
    return { count, labels, probabilities, distances };
  }

  async dispose(): Promise<void> {
    await this.#session.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

async function load(source: string | Uint8Array, maxBytes: number): Promise<Uint8Array> {
  if (typeof source === 'string') {
    return readFileWithin(source, { maxBytes, missing: 'ERR_MODEL_NOT_FOUND', unfit: 'ERR_MODEL_FORMAT' });
  }
  if (!isKind(source, 'Uint8Array')) throw invalidArgument('a path or a Uint8Array', 'source', source);
  if (source.byteLength > maxBytes) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation(`a classifier of at most ${maxBytes} bytes`, 'source', source.byteLength),
    );
  }
  return source;
}

function requireEmbedder(facts: ClassifierFacts, wanted: OnnxClassifierOptions['embedder']): void {
  const mismatch = (expected: string, name: string, received: unknown) =>
    new FaceTriggerError('ERR_MODEL_MISMATCH', expectation(expected, name, received));
  if (wanted?.dimension !== undefined && wanted.dimension !== facts.dimension) {
    throw mismatch(`embeddings of dimension ${wanted.dimension}`, 'the classifier', facts.dimension);
  }
  const own = facts.embedder;
  if (!own || !wanted) return;
  if (wanted.sha256 !== undefined && wanted.sha256.toLowerCase() !== own.sha256) {
    throw mismatch(
      `a classifier trained on embedder ${wanted.id ?? ''} (SHA-256 ${wanted.sha256.toLowerCase()})`,
      'the classifier',
      `${own.id} (SHA-256 ${own.sha256.slice(0, 16)}...)`,
    );
  }
  if (wanted.sha256 === undefined && wanted.id !== undefined && wanted.id !== own.id) {
    throw mismatch(`a classifier trained on embedder ${wanted.id}`, 'the classifier', own.id);
  }
}

async function tryOnce(
  session: RuntimeSession,
  { dimension }: ClassifierFacts,
): Promise<Record<string, TensorValue>> {
  try {
    return await session.run({
      [CLASSIFIER_TENSORS.embeddings]: {
        type: 'float32',
        dims: [1, dimension],
        data: new Float32Array(dimension),
      },
    });
  } catch (cause) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      `The classifier does not run: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function checkShapes(
  result: Readonly<Record<string, TensorValue>>,
  expected: { readonly count: number; readonly people: number; readonly hasDistances: boolean },
): void {
  const { count, people, hasDistances } = expected;
  const wanted: [string, string, number[]][] = [
    [CLASSIFIER_TENSORS.label, 'int64', [count]],
    [CLASSIFIER_TENSORS.probabilities, 'float32', [count, people]],
  ];
  if (hasDistances) wanted.push([CLASSIFIER_TENSORS.distances, 'float32', [count, people]]);
  for (const [name, type, dims] of wanted) {
    const value = result[name];
    if (value?.type !== type || value.dims.join() !== dims.join() || people < 1) {
      throw badOutput(`${type} [${dims}]`, `output ${name}`, `${value?.type} [${value?.dims}]`);
    }
  }
}

function badOutput(expected: string, name: string, received: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, name, received));
}

function checkEmbeddings(embeddings: readonly Float32Array[], dimension: number): void {
  if (!Array.isArray(embeddings)) throw invalidArgument('an array of Float32Array', 'embeddings', embeddings);
  for (const [i, embedding] of (embeddings as readonly unknown[]).entries()) {
    if (!isKind(embedding, 'Float32Array'))
      throw invalidArgument('a Float32Array', `embeddings[${i}]`, embedding);
    if (embedding.length !== dimension) {
      throw new FaceTriggerError(
        'ERR_SHAPE_MISMATCH',
        expectation(String(dimension), `embeddings[${i}].length`, embedding.length),
      );
    }
    if (!embedding.every(Number.isFinite))
      throw invalidArgument('finite numbers', `embeddings[${i}]`, 'NaN or infinity');
  }
}
