import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import type { MetricName } from '../core/metric/metric.ts';
import { type ModelInfo, readModelInfo, type ValueInfo } from '../onnx/read-model-info.ts';
import { CLASSIFIER_FORMAT, CLASSIFIER_METADATA, CLASSIFIER_TENSORS } from './classifier-file.ts';

/** What a classifier file says of itself. */
export interface ClassifierFacts {
  /** 'svm', 'nearest', or 'foreign' for a file that another program made. */
  readonly kind: 'svm' | 'nearest' | 'foreign';
  readonly dimension: number;
  /** Encoded labels in the order of the columns; `null` in a foreign file, where they are 0 .. k - 1. */
  readonly classes: readonly number[] | null;
  /** The embedder that the classifier was trained on; `null` if the file does not tell. */
  readonly embedder: EmbedderIdentity | null;
  /** References that the distances of each column are measured to; `null` if the file does not tell. */
  readonly references: readonly number[] | null;
  /** How the distances are measured. */
  readonly metric: MetricName;
  /** Whether there is an output `distances`. */
  readonly hasDistances: boolean;
  /** All metadata properties as they stand in the file. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Operators of ONNX itself and of its machine learning part; all others would need libraries of unknown origin. */
const KNOWN_DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx.ml']);
/** Longest embedding that is believed. */
const MAX_DIMENSION = 65_536;

/**
 * Looks at a classifier file without running it.
 *
 * @param bytes - the whole file
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if it is no classifier that {@link OnnxClassifier} can use
 */
export function inspectClassifier(bytes: Uint8Array): ClassifierFacts {
  const info = readModelInfo(bytes);
  if (info.hasExternalData)
    throw unfit('a classifier in one file', 'the model', 'a reference to another file');
  for (const domain of info.opsets.keys()) {
    if (!KNOWN_DOMAINS.has(domain)) throw unfit('operators of ONNX and ai.onnx.ml only', 'the model', domain);
  }
  refuseZipMap(info);
  const { embeddings, label, probabilities, distances } = CLASSIFIER_TENSORS;
  const [input, ...others] = info.inputs;
  if (!input || others.length > 0) {
    const names = info.inputs.map((value) => value.name);
    throw unfit(`one input "${embeddings}" of type float32 and rank 2`, 'the model', names);
  }
  const inputNames = info.inputs.map((value) => value.name);
  requireValue(input, { name: embeddings, type: 'float32', rank: 2, what: 'input', among: inputNames });
  const outputs = new Map(info.outputs.map((value) => [value.name, value]));
  const output = { what: 'output', among: [...outputs.keys()] };
  requireValue(outputs.get(label), { ...output, name: label, type: 'int64', rank: 1 });
  requireValue(outputs.get(probabilities), { ...output, name: probabilities, type: 'float32', rank: 2 });
  const hasDistances = outputs.has(distances);
  if (hasDistances) {
    requireValue(outputs.get(distances), { ...output, name: distances, type: 'float32', rank: 2 });
  }
  if (outputs.size !== (hasDistances ? 3 : 2) || info.outputs.length !== outputs.size) {
    throw unfit(`the outputs "${label}" and "${probabilities}"`, 'the model', [...outputs.keys()]);
  }
  const dimension = input.shape[1];
  if (typeof dimension !== 'number' || !(dimension >= 1 && dimension <= MAX_DIMENSION)) {
    throw unfit(
      `a fixed dimension from 1 to ${MAX_DIMENSION}`,
      `the shape of input "${embeddings}"`,
      input.shape,
    );
  }
  return { ...readMetadata(info.metadata, dimension), dimension, hasDistances, metadata: info.metadata };
}

// skl2onnx puts ZipMap behind the probabilities unless it is told not to: a list of dictionaries, or a column each.
function refuseZipMap({ outputs }: ModelInfo): void {
  const { label, probabilities } = CLASSIFIER_TENSORS;
  const hasMaps = outputs.some(({ otherType }) => otherType === 'a sequence' || otherType === 'a map');
  const columns = outputs.filter(
    ({ name, type, shape }) =>
      ![label, probabilities].includes(name as never) && type === 'float32' && shape[1] === 1,
  );
  const isSplit = columns.length > 1 && !outputs.some(({ name }) => name === probabilities);
  if (!hasMaps && !isSplit) return;
  const form = hasMaps ? 'a list of dictionaries (ZipMap)' : 'an output for each class';
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `The classifier gives its probabilities as ${form}; export it again with ` +
      "convert_sklearn(..., options={'zipmap': False})",
  );
}

function requireValue(
  value: ValueInfo | undefined,
  wanted: {
    readonly name: string;
    readonly type: string;
    readonly rank: number;
    readonly what: string;
    /** Names of the values that are there instead. */
    readonly among: readonly string[];
  },
): void {
  const { name, type, rank, what, among } = wanted;
  if (value?.name === name && value.type === type && value.shape.length === rank) return;
  const received = value
    ? `"${value.name}" of type ${value.type ?? value.otherType} and rank ${value.shape.length}`
    : `only "${among.join('", "')}"`;
  throw new FaceTriggerError(
    'ERR_MODEL_FORMAT',
    `Expected ${what} "${name}" of type ${type} and rank ${rank} but received ${received}${remedy(value, wanted)}`,
  );
}

function remedy(
  value: ValueInfo | undefined,
  { name, type }: { readonly name: string; readonly type: string },
): string {
  if (value === undefined) return '';
  const found = value.type ?? value.otherType;
  if (name === CLASSIFIER_TENSORS.label && found === 'text')
    return (
      ': labels are whole numbers here, and the label map names them; encode the names with ' +
      'LabelEncoder().fit_transform(names) before fit(), or keep the classifier as a pickle and use "import classifier"'
    );
  if (value.name !== name) return `: call it "${name}" when exporting`;
  if (value.type !== type && type === 'float32') return ': export it in single precision (FloatTensorType)';
  return '';
}

function readMetadata(
  metadata: ReadonlyMap<string, string>,
  dimension: number,
): Pick<ClassifierFacts, 'kind' | 'classes' | 'references' | 'embedder' | 'metric'> {
  const format = metadata.get(CLASSIFIER_METADATA.format);
  if (format === undefined)
    return { kind: 'foreign', classes: null, references: null, embedder: null, metric: 'euclidean' };
  if (format !== CLASSIFIER_FORMAT) throw unfit(CLASSIFIER_FORMAT, CLASSIFIER_METADATA.format, format);
  const kind = metadata.get(CLASSIFIER_METADATA.kind);
  if (kind !== 'svm' && kind !== 'nearest') throw unfit("'svm' or 'nearest'", CLASSIFIER_METADATA.kind, kind);
  const stated = metadata.get(CLASSIFIER_METADATA.dimension);
  if (stated !== String(dimension)) throw unfit(String(dimension), CLASSIFIER_METADATA.dimension, stated);
  const id = metadata.get(CLASSIFIER_METADATA.embedder);
  const sha256 = metadata.get(CLASSIFIER_METADATA.embedderSha256);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw unfit('64 hexadecimal digits', CLASSIFIER_METADATA.embedderSha256, sha256);
  }
  const classes = readClasses(metadata.get(CLASSIFIER_METADATA.classes));
  const metric = metadata.get(CLASSIFIER_METADATA.metric) ?? 'euclidean';
  if (metric !== 'euclidean' && metric !== 'cosine')
    throw unfit("'euclidean' or 'cosine'", CLASSIFIER_METADATA.metric, metric);
  return {
    kind,
    classes,
    metric,
    references: readReferences(metadata, classes.length),
    embedder: sha256 === undefined ? null : { id: id ?? '', sha256 },
  };
}

function readClasses(text: string | undefined): readonly number[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = text;
  }
  const isClasses =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (label, i) =>
        Number.isInteger(label) && label >= 0 && label < 2 ** 31 && (i === 0 || label > value[i - 1]),
    );
  if (!isClasses) throw unfit('ascending integers', CLASSIFIER_METADATA.classes, text);
  return value as readonly number[];
}

/** The counts stand for the record: a file without them, or with others than these, is none the worse. */
function readReferences(metadata: ReadonlyMap<string, string>, people: number): readonly number[] | null {
  if (metadata.get(CLASSIFIER_METADATA.references) === 'centroid') return new Array<number>(people).fill(1);
  try {
    const counts: unknown = JSON.parse(metadata.get(CLASSIFIER_METADATA.counts) ?? '');
    const isList = Array.isArray(counts) && counts.length === people;
    return isList && counts.every((count) => Number.isSafeInteger(count) && count >= 1) ? counts : null;
  } catch {
    return null;
  }
}

function unfit(expected: string, name: string, received: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, name, received));
}
