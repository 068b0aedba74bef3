import type { EmbeddingOptions } from '../core/embed/embedding-quality.ts';
import type { FaceEmbedder } from '../core/embed/face-embedder.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import type { ModelPrecision } from '../models/model-pack.ts';
import type { ModelSource } from '../models/model-source.ts';

/** Source: the default of the Python package's `infer`. */
export const DEFAULT_INFER_THRESHOLD = 0.2;

export interface FaceRecognizerOptions extends EmbeddingOptions {
  /** A pack of models, by its name, the path of its folder, or what gives it. @defaultValue `dlib` */
  readonly models?: string | ModelSource | undefined;
  /** A dlib .dat embedder or one that `models convert` wrote. @defaultValue the pack's; dlib's ResNet, 128-D */
  readonly dnnModelPath?: string | undefined;
  /** An embedder of the caller's, which the recognizer disposes of. @defaultValue the pack's */
  readonly embedder?: FaceEmbedder | undefined;
  /** A head that `saveHead` wrote, in place of the network's last layer. */
  readonly headModelPath?: string | undefined;
  /** A classifier that `save` or scikit-learn's skl2onnx wrote. */
  readonly classifierModelPath?: string | undefined;
  /** A label map that `saveLabelMapping` wrote. */
  readonly labelMapPath?: string | undefined;
  /**
   * Numbers that the network computes with. 'int8': twice as fast, as accurate, but another embedder: what was
   * learned with one is refused with the other. @defaultValue 'fp32'
   */
  readonly precision?: ModelPrecision | undefined;
  /** Refuse models whose license does not allow commercial use, or is not known. @defaultValue false */
  readonly commercial?: boolean | undefined;
  /** Runs the models. @defaultValue onnxruntime-node */
  readonly runtime?: Runtime | undefined;
  /** Threads of one run. @defaultValue the machine's, at most 4; 1 for 'int8' */
  readonly threads?: number | undefined;
}

export interface InferOptions {
  /** A sighting less probable than this is unknown, 0 - 1. @defaultValue {@link DEFAULT_INFER_THRESHOLD} */
  readonly threshold?: number | undefined;
  /** What `infer` returns for nobody known. @defaultValue -1 */
  readonly unknownIndex?: number | undefined;
}

/** What a batch of sightings of one face says. */
export interface InferResult {
  /** The label map's name, or the encoded label where no label map is loaded; `null`: unknown. */
  readonly label: string | number | null;
  /** Mean probability over the sightings that voted so, 0 - 1. */
  readonly probability: number;
  /** Sightings that voted so, and all of them. */
  readonly votes: number;
  readonly sightings: number;
  /** Lead over the runner-up as a share of all sightings, 0 - 1. */
  readonly margin: number;
}
