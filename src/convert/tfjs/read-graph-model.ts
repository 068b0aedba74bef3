import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';

/** Largest tensor and number of nodes that are read. */
const MAX_NODES = 10_000;
const MAX_ELEMENTS = 256 * 1024 * 1024;
/** The converter splits weights into files of 4 megabytes. */
const MAX_FILES = 1000;

const size = z.coerce.number().int().min(-1).max(MAX_ELEMENTS);
const attribute = z.object({
  /** Text in base64. */
  s: z.string().optional(),
  i: z.coerce.number().int().optional(),
  b: z.boolean().optional(),
  list: z
    .object({ i: z.array(z.coerce.number().int()).optional(), s: z.array(z.string()).optional() })
    .optional(),
  shape: z.object({ dim: z.array(z.object({ size })).optional() }).optional(),
});
const node = z.object({
  name: z.string().min(1),
  op: z.string().min(1),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), attribute).default({}),
});
const weight = z.object({
  name: z.string().min(1),
  shape: z.array(z.number().int().min(0).max(MAX_ELEMENTS)),
  dtype: z.enum(['float32', 'int32']),
  quantization: z.undefined('weights that are quantized are not read').optional(),
});

/** Schema of the `model.json` of a TensorFlow.js graph model. Source: tfjs-core, src/io/types.ts. */
const GRAPH_MODEL = z.object({
  /** Absent in files of converters before version 1. */
  format: z.literal('graph-model').optional(),
  modelTopology: z.object({ node: z.array(node).min(1).max(MAX_NODES) }),
  weightsManifest: z.array(
    z.object({
      /** Plain names: a model must not lead out of its folder. */
      paths: z
        .array(z.string().regex(/^[\w-][\w.-]*$/))
        .min(1)
        .max(MAX_FILES),
      weights: z.array(weight).max(MAX_NODES),
    }),
  ),
});

export type GraphNode = z.infer<typeof node>;

/** A constant of a graph. */
export interface GraphTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A graph of TensorFlow's operators, as `model.json` describes it. */
export interface GraphModel {
  readonly nodes: readonly GraphNode[];
  /** The constants by the names of their nodes. */
  readonly tensors: ReadonlyMap<string, GraphTensor>;
}

/** What `model.json` says: the graph, and which files hold its weights. */
export interface GraphModelText {
  readonly nodes: readonly GraphNode[];
  readonly files: readonly string[];
  /** How long they are together, as the shapes of the weights say. */
  readonly bytes: number;
  /** With the weights' bytes, those of {@link files} one after another. */
  complete(weights: Uint8Array): GraphModel;
}

/**
 * Reads the description of a TensorFlow.js graph model.
 *
 * @throws FaceTriggerError `ERR_MODEL_FORMAT`
 */
export function readGraphModel(text: string): GraphModelText {
  let parsed: z.infer<typeof GRAPH_MODEL>;
  try {
    parsed = GRAPH_MODEL.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `Not a graph model of TensorFlow.js: ${why}`, { cause });
  }
  const { modelTopology, weightsManifest } = parsed;
  const files = weightsManifest.flatMap(({ paths }) => paths);
  const twice = files.find((file, i) => files.indexOf(file) < i);
  if (twice !== undefined) throw damaged(`it names the file "${twice}" of its weights more than once`);
  if (files.length > MAX_FILES)
    throw damaged(`its weights are in ${files.length} files, more than ${MAX_FILES}`);
  return {
    nodes: modelTopology.node,
    files,
    bytes: weightsManifest
      .flatMap(({ weights }) => weights)
      .reduce((sum, { shape }) => sum + 4 * shape.reduce((product, side) => product * side, 1), 0),
    complete: (weights) => ({ nodes: modelTopology.node, tensors: readTensors(weightsManifest, weights) }),
  };
}

function readTensors(
  manifest: z.infer<typeof GRAPH_MODEL>['weightsManifest'],
  bytes: Uint8Array,
): Map<string, GraphTensor> {
  const tensors = new Map<string, GraphTensor>();
  let at = 0;
  for (const { name, shape, dtype } of manifest.flatMap(({ weights }) => weights)) {
    const length = shape.reduce((product, side) => product * side, 1);
    const end = at + 4 * length;
    if (!(end <= bytes.length)) throw damaged(`the weights end before "${name}" does`);
    // A copy begins where numbers of four bytes may begin.
    const { buffer } = new Uint8Array(bytes.subarray(at, end));
    tensors.set(name, {
      shape,
      data: dtype === 'float32' ? new Float32Array(buffer) : new Int32Array(buffer),
    });
    at = end;
  }
  if (at !== bytes.length) throw damaged(`${bytes.length - at} bytes of weights belong to nothing`);
  return tensors;
}

function damaged(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `The model of TensorFlow.js is damaged: ${why}`);
}
